"""Messages sent again: recognised by room, sender and client id, and answered as before."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from chat import frames, waiting
from chat.drafts import Key, Outcome, Refusal, TakenBack
from chat.events import RoomEvent
from chat.waiting import PendingMessage, State

_PENDING: Final = cast("Table", PendingMessage.__table__)
# A plain statement, made once: it is asked for every batch. Most people have nothing waiting.
_PUT_ASIDE: Final = (
    select(_PENDING.c.id)
    .where(_PENDING.c.organisation_id == bindparam("organisation"))
    .where(_PENDING.c.sender_id.in_(bindparam("senders", expanding=True)))
    .where(_PENDING.c.room_id.in_(bindparam("rooms", expanding=True)))
    .where(_PENDING.c.state != State.RELEASED)
)


async def put_aside(
    session: AsyncSession, keys: Collection[Key], *, now: datetime
) -> dict[Key, Outcome]:
    """Return the answers of those keys that are, or were, not in a log."""
    wanted = {
        "rooms": list({key[0] for key in keys}),
        "senders": list({key[1] for key in keys}),
        "organisation": session.info["organisation_id"],
    }
    ids = (await (await session.connection()).execute(_PUT_ASIDE, wanted)).scalars().all()
    if not ids:
        return {}
    query = select(PendingMessage).where(PendingMessage.id.in_(ids))
    rows = (await session.scalars(query)).all()
    new = await waiting.new_talks(session, {row.room_id for row in rows}, now=now)
    found = {(row.room_id, row.sender_id, row.client_id): _waiting(row, new) for row in rows}
    return {key: answer for key, answer in found.items() if key in keys}


async def in_log(session: AsyncSession, keys: Collection[Key]) -> dict[Key, Outcome]:
    """Return the first answer of every key whose message is in a log."""
    if not keys:
        return {}
    columns = (RoomEvent.room_id, RoomEvent.sender_id, RoomEvent.client_id)
    rows = await session.execute(
        select(*columns, RoomEvent.seq, RoomEvent.id, RoomEvent.at).where(
            tuple_(*columns).in_(list(keys))
        )
    )
    answers = {}
    for room, sender, client, seq, event_id, at in rows:
        assert sender is not None
        assert client is not None
        answers[room, sender, client] = frames.Sent(
            room=room, client_id=client, seq=seq, id=event_id, at=at
        )
    return dict[Key, Outcome](answers)


def _waiting(row: PendingMessage, new: Collection[UUID]) -> Outcome:
    if row.state is State.HELD:
        return frames.Held(room=row.room_id, client_id=row.client_id, id=row.id, why=row.because)
    if row.state is State.ASKED:
        return asked(row.room_id, row.client_id, row.id, row.because, is_new=row.room_id in new)
    return Refusal(TakenBack())


def asked(
    room: UUID, client_id: str, pending_id: UUID, why: tuple[str, ...], *, is_new: bool
) -> frames.Asked:
    """Return the answer that leaves the choice to the author (promise 25)."""
    choices = waiting.choices(is_new=is_new)
    return frames.Asked(room=room, client_id=client_id, id=pending_id, why=why, choices=choices)
