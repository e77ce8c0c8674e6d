"""Words somebody began and keeps for later, one for each talk; nobody else ever reads them.

They are not screened: nobody is alarmed over what was not said. Where they stand, help stands too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import protocol, rooms
from chat.rooms import Membership
from core import encryption
from core.errors import NotFound
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Begun:
    """What was kept, and when."""

    text: str
    at: datetime


async def keep(
    session: AsyncSession, actor: Actor, room_id: UUID, text: str, *, now: datetime
) -> None:
    """Keep what was typed in place of anything kept before; nothing typed lets it go.

    Raises:
        Invalid, TooLarge: it can't be kept, as a message couldn't.
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    await rooms.membership(session, actor, room_id)
    if not text.strip():
        await _set(session, actor, room_id, None, None)
        return
    protocol.check_words(text)
    query = rooms.seat_of(room_id, actor.account_id).with_only_columns(Membership.id)
    seat_id = await session.scalar(query)
    place = encryption.place("membership", "draft_sealed", seat_id)
    await _set(session, actor, room_id, encryption.ring().seal(place, text), now)


async def let_go(session: AsyncSession, actor: Actor, room_id: UUID) -> None:
    """Keep nothing any more: it was sent, or isn't wanted. Idempotent.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    await rooms.membership(session, actor, room_id)
    await _set(session, actor, room_id, None, None)


async def _set(
    session: AsyncSession, actor: Actor, room_id: UUID, sealed: bytes | None, at: datetime | None
) -> None:
    mine = Membership.room_id == room_id, Membership.account_id == actor.account_id
    changed = update(Membership).where(*mine).values(draft_sealed=sealed, draft_at=at)
    await session.execute(changed.execution_options(synchronize_session=False))


async def read(session: AsyncSession, actor: Actor, room_id: UUID) -> Begun | None:
    """Return what one keeps for this talk.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.SEE_OWN)
    seat = rooms.seat_of(room_id, actor.account_id).where(Membership.left_at.is_(None))
    row = await session.scalar(seat)
    if row is None:
        raise NotFound
    if row.draft is None or row.draft_at is None:
        return None
    return Begun(row.draft, row.draft_at)


async def begun(session: AsyncSession, actor: Actor, room_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these talks for which one keeps something."""
    require(actor, Act.SEE_OWN)
    query = select(Membership.room_id).where(
        Membership.account_id == actor.account_id, Membership.room_id.in_(room_ids),
        Membership.draft_sealed.is_not(None), Membership.left_at.is_(None),
    )  # fmt: skip
    return set(await session.scalars(query))
