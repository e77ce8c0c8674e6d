"""How far others have read, where both show it (chat.md §1: read marks, opt-in both ways).

Only in talks of two, where both keep their place: in a group nobody should feel counted. A block
hides it, either way, and reads like a choice.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chat.kinds import RoomKind
from chat.logs import Room
from chat.rooms import Membership
from chat.wishes import TalkWish
from core import events as doorbells
from people import blocks
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Read(doorbells.Event):
    """Somebody has read up to `seq`, and `account_id` is to see it."""

    account_id: UUID
    room_id: UUID
    reader_id: UUID
    seq: int


async def of_others(session: AsyncSession, actor: Actor, room_id: UUID) -> dict[UUID, int]:
    """Return up to which seq the other of a talk of two has read, where both show it."""
    require(actor, Act.SEE_OWN)
    mine, theirs = aliased(Membership), aliased(Membership)
    wish, other = aliased(TalkWish), aliased(TalkWish)
    query = (
        select(theirs.account_id, theirs.read_seq)
        .join(Room, Room.id == theirs.room_id)
        .join(mine, and_(mine.room_id == Room.id, mine.account_id == actor.account_id))
        .join(wish, and_(wish.account_id == mine.account_id, wish.shows_reading))
        .join(other, and_(other.account_id == theirs.account_id, other.shows_reading))
        .where(Room.id == room_id, Room.kind == RoomKind.PRIVATE)
        .where(theirs.account_id != actor.account_id)
        .where(mine.left_at.is_(None), theirs.left_at.is_(None))
        .where(mine.read_seq.is_not(None), theirs.read_seq.is_not(None))
    )
    found = {row.account_id: row.read_seq for row in await session.execute(query)}
    unmet = await blocks.between(session, actor.account_id) if found else set()
    return {one: seq for one, seq in found.items() if one not in unmet}


async def tell(session: AsyncSession, actor: Actor, room_id: UUID, *, seq: int) -> None:
    """Ring at whoever is to see how far the actor has read."""
    require(actor, Act.SEE_OWN)
    for one in await of_others(session, actor, room_id):
        told = Read(actor.organisation_id, one, room_id, actor.account_id, seq)
        doorbells.after_commit(session, told)
