"""Who may read in a room and not write, and until when.

Two may ask for it, each with a time of their own, and the later one counts: what one of them
decides neither cuts short nor lifts what the other did.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import logs, rooms
from chat.rooms import Membership


class By(StrEnum):
    """Who asks for it; the value names the column that keeps theirs."""

    FACILITATOR = "muted_until"
    MODERATOR = "silenced_until"


async def mute(
    session: AsyncSession, *, room_id: UUID, account_id: UUID, until: datetime, by: By
) -> bool:
    """Let a member read but not write until then, also one who has left and may come back.

    Return whether they are in the room.
    """
    return await _keep(session, room_id, account_id, until, by=by)


async def unmute(session: AsyncSession, *, room_id: UUID, account_id: UUID, by: By) -> bool:
    """End what `by` asked for; idempotent. Return whether they are in the room."""
    return await _keep(session, room_id, account_id, None, by=by)


async def _keep(
    session: AsyncSession, room_id: UUID, account_id: UUID, until: datetime | None, *, by: By
) -> bool:
    found = await session.execute(
        update(Membership)
        .where(Membership.room_id == room_id, Membership.account_id == account_id)
        .values({by.value: until})
        .returning(Membership.id, Membership.left_at)
    )
    logs.announce(session, room_id)
    row = found.one_or_none()
    return row is not None and row.left_at is None


async def until(session: AsyncSession, *, room_id: UUID, account_id: UUID) -> datetime | None:
    """Return until when this account can't write there, by whoever asked for it."""
    row = await session.scalar(rooms.seat_of(room_id, account_id))
    return None if row is None else rooms.quiet_until(row)
