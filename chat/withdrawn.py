"""Words that were changed or taken back, kept aside for a while.

Somebody who was harmed by them can still tell us: until then, or while somebody is asked to look
at them, a moderator reads them in a case about that message. Nobody else does, and then they go.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import edits, events
from chat.edits import Former
from chat.events import KEPT_ASIDE, RoomEvent
from chat.kinds import EventKind

NO_WORDS: Final[dict[str, Any]] = {
    "body_sealed": None,
    "note_sealed": None,
    "folded": [],
    "kept_until": None,
}


async def put_aside(session: AsyncSession, message_id: UUID, *, now: datetime) -> bool:
    """Take a message's words out of its talk; return whether they were still there."""
    # Two who press at once on PostgreSQL both read it as shown: one of them takes it out.
    taken = await session.scalar(
        update(RoomEvent)
        .where(RoomEvent.id == message_id, RoomEvent.erased_at.is_(None))
        .values(erased_at=now, kept_until=now + KEPT_ASIDE)
        .returning(RoomEvent.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        return False
    # What it said before it was changed is kept as long as what it said last.
    await session.execute(
        update(RoomEvent)
        .where(RoomEvent.subject_id == message_id, RoomEvent.kind == EventKind.EDITED)
        .where(RoomEvent.body_sealed.is_not(None))
        .values(kept_until=now + KEPT_ASIDE)
        .execution_options(synchronize_session=False)
    )
    return True


async def put_all_aside(
    session: AsyncSession, room_id: UUID, account_id: UUID, *, now: datetime
) -> list[UUID]:
    """Take all messages of somebody out of a talk; return which were still there.

    Their signs and what else they put there go at once: nobody is hurt by those.
    """
    theirs = RoomEvent.room_id == room_id, RoomEvent.sender_id == account_id
    standing = *theirs, RoomEvent.erased_at.is_(None), RoomEvent.kind == EventKind.MESSAGE
    taken = await session.scalars(
        update(RoomEvent)
        .where(*standing)
        .values(erased_at=now, kept_until=now + KEPT_ASIDE)
        .returning(RoomEvent.id)
        .execution_options(synchronize_session=False)
    )
    message_ids = list(taken)
    changes = RoomEvent.kind == EventKind.EDITED, RoomEvent.body_sealed.is_not(None)
    await session.execute(
        update(RoomEvent)
        .where(*theirs, *changes)
        .values(kept_until=now + KEPT_ASIDE)
        .execution_options(synchronize_session=False)
    )
    other = RoomEvent.kind.not_in((EventKind.MESSAGE, EventKind.EDITED))
    await session.execute(
        update(RoomEvent)
        .where(*theirs, other, RoomEvent.body_sealed.is_not(None))
        .values(NO_WORDS | {"erased_at": now})
        .execution_options(synchronize_session=False)
    )
    return message_ids


async def said(
    session: AsyncSession, message_ids: Collection[UUID]
) -> dict[UUID, tuple[Former, ...]]:
    """Return what these messages said before, oldest first: only for a case about them."""
    found = await edits.former(session, message_ids)
    gone = RoomEvent.id.in_(message_ids), RoomEvent.erased_at.is_not(None)
    rows = await session.execute(select(RoomEvent.id, RoomEvent.erased_at).where(*gone))
    until = {row.id: row.erased_at for row in rows}
    for one in (await events.by_ids(session, until)).values() if until else ():
        if one.body is not None:
            last = Former(one.body, one.note, until[one.id], is_taken_back=True)
            found[one.id] = (*found.get(one.id, ()), last)
    return found


async def count_due(session: AsyncSession, held: ColumnElement[bool], *, now: datetime) -> int:
    """Return of how many events the words would go now; `held` says of which they stay."""
    query = select(func.count()).select_from(RoomEvent).where(RoomEvent.kept_until <= now, ~held)
    return await session.scalar(query) or 0


async def forget(
    session: AsyncSession, held: ColumnElement[bool], *, now: datetime, most: int
) -> int:
    """Let the words of up to `most` events go; return how many went."""
    due = select(RoomEvent.id).where(RoomEvent.kept_until <= now, ~held).limit(most)
    event_ids = (await session.scalars(due)).all()
    if event_ids:
        gone = update(RoomEvent).where(RoomEvent.id.in_(event_ids)).values(NO_WORDS)
        await session.execute(gone.execution_options(synchronize_session=False))
    return len(event_ids)
