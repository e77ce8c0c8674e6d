"""Quiet signs under what somebody said: kind ones only, no counts, and nobody is called.

Who put which is in the log alone, as its last `reacted` event says; one sign per person.
"""

from collections.abc import Collection, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import admissions, events, logs, visibility
from chat.edits import Gone
from chat.entries import Entry
from chat.events import RoomEvent
from chat.kinds import EventKind, RoomKind, Sign, Status
from chat.visibility import Sight, Surface
from core import ids
from core.errors import NotFound
from people.permissions import Act, Actor, require

Signs = dict[UUID, Sign]


async def put(
    session: AsyncSession,
    actor: Actor,
    room_id: UUID,
    message_id: UUID,
    *,
    sign: Sign | None,
    now: datetime,
) -> int:
    """Put a sign under a message in place of one's earlier one; None takes it away. Idempotent.

    Returns the message's seq.

    Raises:
        NotFound: there is no such message there, or one is not in that room.
        Gone: nobody reads it any more.
        Problem: one can't write there just now.
    """
    require(actor, Act.TAKE_PART)
    key = (room_id, actor.account_id)
    if fault := (await admissions.check(session, {key}, now=now))[key]:
        raise fault
    await logs.lock(session, [room_id])
    message = _there((await events.by_ids(session, [message_id])).get(message_id), room_id)
    known = (await under(session, room_id, [message_id])).get(message_id, {})
    if known.get(actor.account_id) is not sign:
        await _append(session, actor, message, sign, now=now)
    return message.seq


def _there(message: Entry | None, room_id: UUID) -> Entry:
    if message is None or message.kind != EventKind.MESSAGE or message.room_id != room_id:
        raise NotFound
    if message.status is not Status.SHOWN:
        raise Gone
    return message


async def _append(
    session: AsyncSession, actor: Actor, message: Entry, sign: Sign | None, *, now: datetime
) -> None:
    """Nobody is told and no talk moves up: only pages that are open show it."""
    taken = await logs.advance(session, {message.room_id: 1}, now=None)
    entry = Entry(
        room_id=message.room_id, seq=taken[message.room_id], id=ids.new_id(),
        kind=EventKind.REACTED, at=now, sender_id=actor.account_id, body=sign, written_at=now,
        subject_id=message.id,
    )  # fmt: skip
    await events.write(session, [entry])
    events.ring(session, message.room_id)


async def under(
    session: AsyncSession, room_id: UUID, message_ids: Collection[UUID]
) -> dict[UUID, Signs]:
    """Return who put which sign under these messages of a room."""
    if not message_ids:
        return {}
    rows = await session.scalars(
        select(RoomEvent.id).where(
            RoomEvent.room_id == room_id,
            RoomEvent.subject_id.in_(message_ids),
            RoomEvent.kind == EventKind.REACTED,
        )
    )
    found: dict[UUID, Signs] = {}
    changes = (await events.by_ids(session, rows)).values()
    for one in sorted(changes, key=lambda change: change.seq):
        assert one.subject_id is not None
        signs = found.setdefault(one.subject_id, {})
        if one.sender_id is not None:
            signs.pop(one.sender_id, None)
            if one.body:
                signs[one.sender_id] = Sign(one.body)
    return found


def seen(signs: Signs, account_id: UUID, kind: RoomKind, blocked: Set[UUID]) -> Signs:
    """Return those signs that this member is shown; `blocked` is whom they blocked."""
    return {one: sign for one, sign in signs.items() if _is_seen(one, account_id, kind, blocked)}


def _is_seen(by: UUID, account_id: UUID, kind: RoomKind, blocked: Set[UUID]) -> bool:
    bond = visibility.bond(is_own=by == account_id, i_blocked=by in blocked, they_blocked=False)
    return visibility.sight(Surface.SIGN, bond, kind=kind) is Sight.WORDS
