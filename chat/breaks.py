"""Taking a break from a talk: one's place is kept, and nothing of it is counted meanwhile.

A break closes nothing. Whoever writes to somebody on one is heard as always, by software that
notices distress and by people; what they wrote is there on return.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chat import events, rooms
from chat.kinds import RoomKind
from chat.rooms import Membership
from core.errors import Invalid
from core.sentences import say
from people import blocks
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Break:
    """Somebody's break from a talk. `until` is None where they come back when they like."""

    until: datetime | None
    is_told: bool


async def take(
    session: AsyncSession,
    actor: Actor,
    room_id: UUID,
    *,
    until: datetime | None,
    is_told: bool,
    now: datetime,
) -> None:
    """Begin a break, or change the one there is; one's place is kept from here.

    In a talk of two the other may be told, if one likes; a group never is.

    Raises:
        Invalid: `until` is over already.
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    seat = await rooms.membership(session, actor, room_id)
    if until is not None and until <= now:
        raise Invalid(say("That time is over already."), field="until")
    is_told = is_told and seat.room.kind is RoomKind.PRIVATE
    await _set(
        session, actor, room_id,
        break_since=now, break_until=until, is_break_told=is_told,
        read_seq=func.coalesce(Membership.read_seq, seat.room.last_seq),
    )  # fmt: skip
    await _doorbells(session, actor, room_id)


async def end(session: AsyncSession, actor: Actor, room_id: UUID) -> None:
    """Come back; idempotent. One's place is where it was.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    await rooms.membership(session, actor, room_id)
    await _set(session, actor, room_id, break_since=None, break_until=None, is_break_told=False)
    await _doorbells(session, actor, room_id)


async def _set(session: AsyncSession, actor: Actor, room_id: UUID, **values: object) -> None:
    mine = and_(Membership.room_id == room_id, Membership.account_id == actor.account_id)
    changed = update(Membership).where(mine).values(values)
    await session.execute(changed.execution_options(synchronize_session=False))


async def _doorbells(session: AsyncSession, actor: Actor, room_id: UUID) -> None:
    """Ring at one's own other screens only: nobody is called to a talk because of a break."""
    events.tell(session, actor.account_id, "talks", room_id)


def _is_on(now: datetime) -> ColumnElement[bool]:
    not_over = or_(Membership.break_until.is_(None), Membership.break_until > now)
    return and_(Membership.break_since.is_not(None), Membership.left_at.is_(None), not_over)


async def mine(
    session: AsyncSession, actor: Actor, room_ids: Collection[UUID], *, now: datetime
) -> Mapping[UUID, Break]:
    """Return the breaks one is on, of these talks."""
    require(actor, Act.SEE_OWN)
    query = select(Membership.room_id, Membership.break_until, Membership.is_break_told).where(
        Membership.account_id == actor.account_id, Membership.room_id.in_(room_ids), _is_on(now)
    )
    rows = await session.execute(query)
    return {row.room_id: Break(row.break_until, row.is_break_told) for row in rows}


async def told(session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime) -> set[UUID]:
    """Return who in this talk lets the actor know that they are on a break.

    A block hides it, both ways. Nothing where one is not in the talk.
    """
    require(actor, Act.SEE_OWN)
    mine = aliased(Membership)
    is_there = exists().where(
        mine.room_id == room_id, mine.account_id == actor.account_id, mine.left_at.is_(None)
    )
    query = select(Membership.account_id).where(
        Membership.room_id == room_id, Membership.account_id != actor.account_id,
        Membership.is_break_told, _is_on(now), is_there,
    )  # fmt: skip
    found = set(await session.scalars(query))
    return found - await blocks.between(session, actor.account_id) if found else found
