"""How far somebody has read in a talk, where they asked us to keep that. Nobody else is told."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from chat.events import RoomEvent
from chat.kinds import EventKind
from chat.rooms import Membership
from people import blocks
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Place:
    """How far one has read in a talk, and how many messages are new since."""

    seq: int
    new: int


async def keep(session: AsyncSession, actor: Actor, room_id: UUID, *, seq: int) -> int:
    """Keep one's place in a talk from now on, at `seq` or further; return where it is now.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    return await _move(session, actor, room_id, seq, only_if=Membership.id.is_not(None))


async def move(session: AsyncSession, actor: Actor, room_id: UUID, *, seq: int) -> int:
    """Move one's place on to `seq`, where one is kept: a page that is open never begins it.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    return await _move(session, actor, room_id, seq, only_if=Membership.read_seq.is_not(None))


async def _move(
    session: AsyncSession, actor: Actor, room_id: UUID, seq: int, *, only_if: ColumnElement[bool]
) -> int:
    seat = await rooms.membership(session, actor, room_id)
    place = max(0, min(seq, seat.room.last_seq))
    # Of two screens, the one that is further counts, whichever is heard first.
    is_behind = or_(Membership.read_seq.is_(None), Membership.read_seq < place)
    await session.execute(
        update(Membership)
        .where(_mine(actor, room_id), only_if, is_behind)
        .values(read_seq=place)
        .execution_options(synchronize_session=False)
    )
    return place


async def stop(session: AsyncSession, actor: Actor, room_id: UUID) -> None:
    """Keep one's place in a talk no more, and forget where it was; idempotent.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    await rooms.membership(session, actor, room_id)
    gone = update(Membership).where(_mine(actor, room_id)).values(read_seq=None)
    await session.execute(gone.execution_options(synchronize_session=False))


def _mine(actor: Actor, room_id: UUID) -> ColumnElement[bool]:
    return and_(Membership.room_id == room_id, Membership.account_id == actor.account_id)


async def places(
    session: AsyncSession, actor: Actor, room_ids: Collection[UUID]
) -> dict[UUID, Place]:
    """Return one's places in those of these talks where one is kept.

    What one wrote, can't see or isn't there any more is not new.
    """
    require(actor, Act.SEE_OWN)
    shut_out = await blocks.made_by(session, actor.account_id)
    is_new = and_(
        RoomEvent.room_id == Membership.room_id,
        RoomEvent.seq > Membership.read_seq,
        RoomEvent.kind == EventKind.MESSAGE,
        RoomEvent.sender_id.not_in([*shut_out, actor.account_id]),
        RoomEvent.hidden_at.is_(None),
        RoomEvent.erased_at.is_(None),
    )
    query = (
        select(Membership.room_id, Membership.read_seq, func.count(RoomEvent.id))
        .outerjoin(RoomEvent, is_new)
        .where(Membership.account_id == actor.account_id, Membership.read_seq.is_not(None))
        .where(Membership.room_id.in_(room_ids))
        .group_by(Membership.room_id, Membership.read_seq)
    )
    rows = await session.execute(query)
    return {room_id: Place(seq, new) for room_id, seq, new in rows if seq is not None}
