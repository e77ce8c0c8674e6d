"""A room's log: where it begins, where it ends, and the numbers between, without a hole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat.kinds import RoomKind
from core import events as doorbells
from core import ids
from core.errors import NotFound
from core.safety import Mode
from core.tables import Base, Identified, Owned, Retention, field


class Room(Base, Identified, Owned):
    """A log of events, numbered without a hole from `first_seq` to `last_seq`.

    `epoch` changes only when a backup was restored: older cursors mean nothing then.
    """

    __tablename__ = "room"

    kind: Mapped[RoomKind] = field(Retention.TALK)
    epoch: Mapped[int] = field(Retention.TALK, BigInteger)
    first_seq: Mapped[int] = field(Retention.TALK, BigInteger, default=1)
    last_seq: Mapped[int] = field(Retention.TALK, BigInteger, default=0)
    group_id: Mapped[UUID | None] = field(Retention.TALK, index=True)
    safety_mode: Mapped[Mode] = field(Retention.TALK, default=Mode.STANDARD)
    created_at: Mapped[datetime] = field(Retention.TALK)
    last_at: Mapped[datetime] = field(Retention.TALK)
    closed_at: Mapped[datetime | None] = field(Retention.TALK)


@dataclass(frozen=True, slots=True)
class RoomChanged(doorbells.Event):
    """Who is in a room, or what holds in it, changed: whoever listens looks again."""

    room_id: UUID


@dataclass(frozen=True, slots=True)
class RoomAdvanced(doorbells.Event):
    """A room's log grew outside the writer: whoever listens reads on."""

    room_id: UUID


_ROOM: Final[Table] = Room.__table__  # type: ignore[assignment]  # declared as FromClause
_ADVANCE: Final = (
    update(_ROOM)
    .where(_ROOM.c.id == bindparam("room"), _ROOM.c.organisation_id == bindparam("organisation"))
    .values(
        last_seq=_ROOM.c.last_seq + bindparam("n"),
        last_at=func.coalesce(bindparam("at", type_=_ROOM.c.last_at.type), _ROOM.c.last_at),
    )
)
_ADVANCE_ONE: Final = _ADVANCE.returning(_ROOM.c.id, _ROOM.c.last_seq)
_LAST: Final = select(_ROOM.c.id, _ROOM.c.last_seq).where(
    _ROOM.c.id.in_(bindparam("rooms", expanding=True)),
    _ROOM.c.organisation_id == bindparam("organisation"),
)


async def open_one(
    session: AsyncSession,
    kind: RoomKind,
    *,
    now: datetime,
    group_id: UUID | None = None,
    safety_mode: Mode = Mode.STANDARD,
) -> Room:
    """Begin an empty log. Its epoch is the second it began."""
    room = Room(
        id=ids.new_id(), kind=kind, epoch=int(now.timestamp()), group_id=group_id,
        safety_mode=safety_mode, first_seq=1, last_seq=0, created_at=now, last_at=now,
    )  # fmt: skip
    session.add(room)
    await session.flush()
    return room


async def by_id(session: AsyncSession, room_id: UUID) -> Room:
    """Return the room as it stands in the database now.

    Raises:
        NotFound: there is none of that id here.
    """
    query = select(Room).where(Room.id == room_id).execution_options(populate_existing=True)
    room = await session.scalar(query)
    if room is None:
        raise NotFound
    return room


async def advance(
    session: AsyncSession, counts: Mapping[UUID, int], *, now: datetime | None
) -> dict[UUID, int]:
    """Take `counts[room]` new numbers in each room; return the last one taken.

    `now` is when something was said there last; None for what is quiet.

    Rooms are locked in the order of their ids, until this unit of work ends: so the order of
    the numbers is the order of the commits, on both databases.
    """
    if not counts:
        return {}
    organisation_id = session.info["organisation_id"]
    taken: list[dict[str, Any]] = [
        {"room": room_id, "n": counts[room_id], "at": now, "organisation": organisation_id}
        for room_id in sorted(counts)
    ]
    connection = await session.connection()
    if len(taken) == 1:
        row = (await connection.execute(_ADVANCE_ONE, taken[0])).one_or_none()
        return {} if row is None else {row.id: row.last_seq}
    await connection.execute(_ADVANCE, taken)
    found = await connection.execute(
        _LAST, {"rooms": list(counts), "organisation": organisation_id}
    )
    return {row.id: row.last_seq for row in found}


async def lock(session: AsyncSession, room_ids: Iterable[UUID]) -> None:
    """Lock rooms as `advance` does, for who changes rows of a log before adding to it."""
    query = select(Room.id).where(Room.id.in_(set(room_ids))).order_by(Room.id)
    await session.execute(query.with_for_update())


async def states(session: AsyncSession, room_ids: set[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Return (epoch, first_seq, last_seq) of each of these rooms."""
    query = select(Room.id, Room.epoch, Room.first_seq, Room.last_seq)
    rows = await session.execute(query.where(Room.id.in_(room_ids)))
    return {room_id: (epoch, first, last) for room_id, epoch, first, last in rows}


async def begin_at(session: AsyncSession, room_id: UUID, *, first_seq: int) -> None:
    """Note that events before `first_seq` are no longer kept; it never goes back."""
    await session.execute(
        update(Room)
        .where(Room.id == room_id, Room.first_seq < first_seq)
        .values(first_seq=first_seq)
    )


async def renew_epochs(session: AsyncSession, *, now: datetime) -> None:
    """After a backup was restored: every client forgets its cursors and reads anew."""
    await session.execute(update(Room).values(epoch=int(now.timestamp())))


async def close(session: AsyncSession, room_id: UUID, *, now: datetime) -> bool:
    """Close the log to new messages; return whether it was open."""
    closed = await session.scalar(
        update(Room)
        .where(Room.id == room_id, Room.closed_at.is_(None))
        .values(closed_at=now)
        .returning(Room.id)
    )
    return closed is not None


async def set_safety_mode(session: AsyncSession, room_id: UUID, *, safety_mode: Mode) -> None:
    """Set what screening does in this room from the next message on."""
    await session.execute(update(Room).where(Room.id == room_id).values(safety_mode=safety_mode))


def announce(session: AsyncSession, room_id: UUID) -> None:
    """Tell whoever listens, after the commit, that something about this room changed."""
    changed = RoomChanged(session.info["organisation_id"], room_id)
    doorbells.after_commit(session, changed)
