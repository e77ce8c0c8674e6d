"""Rooms and who is in them. Who may open, join or mute is decided by the caller's own rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Row,
    Select,
    UniqueConstraint,
    false,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import events, logs
from chat.kinds import EventKind, RoomKind
from chat.logs import Room
from core import encryption, ids
from core.errors import Invalid, NotFound
from core.safety import Mode
from core.sentences import say
from core.tables import ERASED, Base, Copied, Erased, Identified, Owned, Retention, field
from core.upserts import insert
from people.accounts import Account
from people.permissions import Act, Actor, require


class Membership(Base, Identified, Owned):
    """One account in one room. Leaving keeps the row, so that coming back is the same one.

    `muted_until` is a facilitator's, `silenced_until` a moderator's: see `chat.mutes`. `read_seq`
    is None until its owner asks us to keep their place: see `chat.reading`; of breaks, see
    `chat.breaks`, and of `draft`, `chat.for_later`.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("room_id", "account_id"),
        {"info": {ERASED: Erased.WORDS}},
    )

    room_id: Mapped[UUID] = field(Retention.TALK, ForeignKey("room.id"), copied=Copied.YES)
    account_id: Mapped[UUID] = field(Retention.TALK, personal="account_id", index=True)
    joined_at: Mapped[datetime] = field(Retention.TALK, personal="account_id")
    left_at: Mapped[datetime | None] = field(Retention.TALK, personal="account_id")
    muted_until: Mapped[datetime | None] = field(Retention.CASE, personal="account_id")
    silenced_until: Mapped[datetime | None] = field(Retention.CASE, personal="account_id")
    read_seq: Mapped[int | None] = field(Retention.TALK, BigInteger, personal="account_id")
    break_since: Mapped[datetime | None] = field(Retention.TALK, personal="account_id")
    break_until: Mapped[datetime | None] = field(Retention.TALK, personal="account_id")
    is_break_told: Mapped[bool] = field(
        Retention.TALK, personal="account_id", default=False, server_default=false()
    )
    draft_sealed: Mapped[bytes | None] = field(Retention.TALK, personal="account_id")
    draft_at: Mapped[datetime | None] = field(Retention.TALK, personal="account_id")

    draft = encryption.Sealed("draft_sealed")


def quiet_until(row: Membership | Row[Any], *, alone: datetime | None = None) -> datetime | None:
    """Return until when somebody can't write, by whoever asked for it.

    `alone` is until when they can't in any talk of two, where this is one.
    """
    return max(filter(None, (row.muted_until, row.silenced_until, alone)), default=None)


@dataclass(frozen=True, slots=True)
class Seat:
    """A present member's place in a room; what permissions and pages need of it."""

    room: Room
    account_id: UUID
    joined_at: datetime
    muted_until: datetime | None

    @property
    def room_id(self) -> UUID:
        """The room it is in."""
        return self.room.id


async def open_private(
    session: AsyncSession, *, account_ids: tuple[UUID, UUID], now: datetime
) -> Room:
    """Open a room for two. That a pair has only one is ensured by whoever connects them.

    Raises:
        Invalid: it is the same person twice.
    """
    if account_ids[0] == account_ids[1]:
        raise Invalid(say("A talk needs two people."))
    room = await logs.open_one(session, RoomKind.PRIVATE, now=now)
    for account_id in account_ids:
        session.add(_seat(room, account_id, now=now))
        events.tell(session, account_id, "talks", room.id)
    await session.flush()
    return room


async def open_group(
    session: AsyncSession, *, group_id: UUID, safety_mode: Mode, now: datetime
) -> Room:
    """Open a group's room, with nobody in it yet."""
    return await logs.open_one(
        session, RoomKind.GROUP, now=now, group_id=group_id, safety_mode=safety_mode
    )


def _seat(room: Room, account_id: UUID, *, now: datetime) -> Membership:
    return Membership(
        id=ids.new_id(),
        organisation_id=room.organisation_id,
        room_id=room.id,
        account_id=account_id,
        joined_at=now,
    )


async def add_member(
    session: AsyncSession, *, room_id: UUID, account_id: UUID, now: datetime
) -> bool:
    """Let somebody in, or back in; idempotent. Return whether they were not in before.

    Raises:
        NotFound: there is no such room here.
    """
    await logs.by_id(session, room_id)
    row = insert(session, Membership).values(
        id=ids.new_id(), organisation_id=session.info["organisation_id"],
        room_id=room_id, account_id=account_id, joined_at=now,
    )  # fmt: skip
    joined = await session.scalar(
        row.on_conflict_do_update(
            index_elements=["room_id", "account_id"],
            set_={"left_at": None, "joined_at": now},
            where=Membership.left_at.is_not(None),
        ).returning(Membership.id)
    )
    if joined is None:
        return False
    await events.append(session, room_id, EventKind.JOINED, sender_id=account_id, now=now)
    events.tell(session, account_id, "talks", room_id)
    logs.announce(session, room_id)
    return True


async def remove_member(
    session: AsyncSession, *, room_id: UUID, account_id: UUID, now: datetime
) -> bool:
    """Let somebody out; idempotent. Return whether they were in."""
    left = await session.scalar(
        update(Membership)
        .where(Membership.room_id == room_id, Membership.account_id == account_id)
        .where(Membership.left_at.is_(None))
        .values(left_at=now)
        .returning(Membership.id)
    )
    if left is None:
        return False
    await events.append(session, room_id, EventKind.LEFT, sender_id=account_id, now=now)
    logs.announce(session, room_id)
    return True


async def close(session: AsyncSession, *, room_id: UUID, now: datetime) -> bool:
    """End a talk for everyone: it stays readable. Idempotent; return whether it was open."""
    if not await logs.close(session, room_id, now=now):
        return False
    await events.append(session, room_id, EventKind.CLOSED, now=now)
    logs.announce(session, room_id)
    return True


async def set_safety_mode(session: AsyncSession, *, room_id: UUID, safety_mode: Mode) -> None:
    """Make a group's safety mode hold in its room; the group's notice is the caller's matter."""
    await logs.set_safety_mode(session, room_id, safety_mode=safety_mode)
    logs.announce(session, room_id)


async def membership(session: AsyncSession, actor: Actor, room_id: UUID) -> Seat:
    """Return the actor's own place in a room they are in.

    Raises:
        NotFound: there is no such room, or they are not in it; which of the two is not told.
    """
    require(actor, Act.SEE_OWN)
    query = seat_of(room_id, actor.account_id).where(Membership.left_at.is_(None))
    found = (await session.execute(query.add_columns(Room).join(Room))).one_or_none()
    if found is None:
        raise NotFound
    row, room = found
    alone = await alone_until(session, actor.account_id, room)
    seat = Seat(room, row.account_id, row.joined_at, quiet_until(row, alone=alone))
    require(actor, Act.READ_ROOM, seat)
    return seat


async def alone_until(session: AsyncSession, account_id: UUID, *rooms: Room) -> datetime | None:
    """Return until when somebody can't write to one person alone, where any room is such."""
    if all(room.kind is not RoomKind.PRIVATE for room in rooms):
        return None
    query = select(Account.private_until).where(Account.id == account_id)
    until: datetime | None = await session.scalar(query)
    return until


def seat_of(room_id: UUID, account_id: UUID) -> Select[Membership]:
    """Return the query for one account's row in a room, also of one who has left."""
    return select(Membership).where(
        Membership.room_id == room_id, Membership.account_id == account_id
    )


async def members(session: AsyncSession, room_id: UUID) -> set[UUID]:
    """Return who is in the room now."""
    query = select(Membership.account_id).where(Membership.room_id == room_id)
    return set(await session.scalars(query.where(Membership.left_at.is_(None))))


async def among(session: AsyncSession, actor: Actor, room_ids: set[UUID]) -> dict[UUID, RoomKind]:
    """Return the kind of each of these rooms that the actor is in now."""
    require(actor, Act.SEE_OWN)
    query = (
        select(Room.id, Room.kind)
        .join(Membership, Membership.room_id == Room.id)
        .where(Membership.account_id == actor.account_id, Membership.left_at.is_(None))
    )
    rows = await session.execute(query.where(Room.id.in_(room_ids)))
    return {row.id: row.kind for row in rows}


async def present(session: AsyncSession, account_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return every (room, account) in which one of these accounts is now."""
    query = select(Membership.room_id, Membership.account_id).where(
        Membership.account_id.in_(account_ids), Membership.left_at.is_(None)
    )
    return {(room_id, account_id) for room_id, account_id in await session.execute(query)}
