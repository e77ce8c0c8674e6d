"""Somebody's list of talks: who is in each, and whether anything new can be said there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from chat.kinds import RoomKind
from chat.logs import Room
from chat.rooms import Membership
from people import accounts, blocks
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Talk:
    """One line of somebody's list of talks. `names` are the others', a tombstone's is missing.

    `is_open` is False when nothing new can be said, for whichever reason.
    """

    room_id: UUID
    kind: RoomKind
    group_id: UUID | None
    epoch: int
    first_seq: int
    last_seq: int
    last_at: datetime
    muted_until: datetime | None
    is_open: bool
    names: dict[UUID, str]


async def read(session: AsyncSession, actor: Actor) -> list[Talk]:
    """Return the talks somebody is in, the one with the newest event first."""
    require(actor, Act.SEE_OWN)
    mine = (
        select(Membership, Room)
        .join(Room)
        .where(Membership.account_id == actor.account_id, Membership.left_at.is_(None))
        .order_by(Room.last_at.desc(), Room.id.desc())
    )
    rows = (await session.execute(mine)).all()
    others = await _others(session, actor, {room.id for _, room in rows})
    names = await accounts.names(session, {one for found in others.values() for one in found})
    unmet = await blocks.between(session, actor.account_id)
    alone = await rooms.alone_until(session, actor.account_id, *(room for _, room in rows))
    quiet = {
        room.id: rooms.quiet_until(mine, alone=alone if room.kind is RoomKind.PRIVATE else None)
        for mine, room in rows
    }
    return [_talk(room, quiet[room.id], others.get(room.id, {}), names, unmet) for _, room in rows]


async def _others(
    session: AsyncSession, actor: Actor, room_ids: set[UUID]
) -> dict[UUID, dict[UUID, bool]]:
    query = select(Membership.room_id, Membership.account_id, Membership.left_at)
    rows = await session.execute(
        query.where(Membership.room_id.in_(room_ids), Membership.account_id != actor.account_id)
    )
    found: dict[UUID, dict[UUID, bool]] = {}
    for room_id, account_id, left_at in rows:
        found.setdefault(room_id, {})[account_id] = left_at is None
    return found


def _talk(
    room: Room,
    muted_until: datetime | None,
    others: Mapping[UUID, bool],
    names: Mapping[UUID, str],
    unmet: set[UUID],
) -> Talk:
    is_private = room.kind is RoomKind.PRIVATE
    present = {one for one, is_here in others.items() if is_here}
    is_open = room.closed_at is None and (not is_private or bool(present - unmet))
    shown = others if is_private else present
    return Talk(
        room_id=room.id, kind=room.kind, group_id=room.group_id, epoch=room.epoch,
        first_seq=room.first_seq, last_seq=room.last_seq, last_at=room.last_at,
        muted_until=muted_until, is_open=is_open,
        names={one: names[one] for one in shown if one in names},
    )  # fmt: skip
