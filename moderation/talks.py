"""The one place where moderation reaches into chat.

The room is touched before the case is locked, always: chat's writer numbers a room first and
then flags, and two orders would wait for each other for ever on PostgreSQL.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import frames, logs, messages, mutes, pending, rooms, withdrawn
from chat.edits import Former
from chat.kinds import RoomKind, Status
from chat.logs import Room
from chat.mutes import By
from chat.rooms import Membership
from core.sentences import Sentence
from people import accounts


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a talk as staff read it; no text where its author took it away."""

    seq: int
    message_id: UUID
    author_id: UUID | None
    author_name: str | None
    at: datetime
    text: str | None
    note: str | None
    folds: tuple[tuple[int, int], ...]
    is_hidden: bool
    # What it said before its author changed it or took it back, oldest first.
    former: tuple[Former, ...] = ()


async def window(
    session: AsyncSession, *, room_id: UUID, seq: int, around: int, about: Collection[UUID]
) -> tuple[Said, ...]:
    """Return the messages around `seq`, in order. Reading them is a look: the caller logs it.

    What was changed or taken back is shown of the messages that somebody told us `about` alone.
    """
    said = await messages.window(session, room_id=room_id, seq=seq, around=around)
    names = await accounts.names(session, {one.sender for one in said if one.sender})
    former = await withdrawn.said(session, about) if about else {}
    return tuple(_said(frame, names, former.get(frame.id, ())) for frame in said)


def _said(frame: frames.Message, names: Mapping[UUID, str], former: tuple[Former, ...]) -> Said:
    return Said(
        seq=frame.seq,
        message_id=frame.id,
        author_id=frame.sender,
        author_name=names.get(frame.sender) if frame.sender else None,
        at=frame.at,
        text=frame.text,
        note=frame.note,
        folds=tuple(frame.folds),
        is_hidden=frame.status is Status.HIDDEN,
        former=former,
    )


async def hide(session: AsyncSession, *, message_id: UUID, now: datetime) -> None:
    """Take a message's words from its room; the log keeps a line in its place."""
    await messages.hide(session, message_id=message_id, now=now)


async def show(session: AsyncSession, *, message_id: UUID, now: datetime) -> None:
    """Put a hidden message's words back."""
    await messages.unhide(session, message_id=message_id, now=now)


async def mute(session: AsyncSession, *, room_id: UUID, account_id: UUID, until: datetime) -> None:
    """Let somebody read but not write in a room until then."""
    await mutes.mute(session, room_id=room_id, account_id=account_id, until=until, by=By.MODERATOR)


async def is_kept_from_one_person(
    session: AsyncSession, *, room_id: UUID, account_id: UUID, now: datetime
) -> bool:
    """Tell whether this is a talk of two, and somebody may not talk with one person alone."""
    until = await rooms.alone_until(session, account_id, await logs.by_id(session, room_id))
    return until is not None and until > now


async def unmute(session: AsyncSession, *, room_id: UUID, account_id: UUID, now: datetime) -> bool:
    """End it. Return False while somebody who looks after the group asks for the same."""
    await mutes.unmute(session, room_id=room_id, account_id=account_id, by=By.MODERATOR)
    until = await mutes.until(session, room_id=room_id, account_id=account_id)
    return until is None or until <= now


async def has_left(session: AsyncSession, *, room_id: UUID, account_id: UUID) -> bool:
    """Tell whether somebody was in a room once, and isn't now."""
    seat = await session.scalar(rooms.seat_of(room_id, account_id))
    return seat is not None and seat.left_at is not None


async def release(session: AsyncSession, *, pending_id: UUID, now: datetime) -> None:
    """Send a held message on; chat tells its author."""
    await pending.release(session, pending_id=pending_id, now=now)


async def refuse(
    session: AsyncSession, *, pending_id: UUID, words: Sentence, now: datetime
) -> None:
    """Keep a held message out; chat tells its author `words`."""
    await pending.refuse(session, pending_id=pending_id, words=words, now=now)


async def groups_of(session: AsyncSession, room_ids: set[UUID]) -> dict[UUID, UUID | None]:
    """Return each room's group; None for a private talk."""
    if not room_ids:
        return {}
    query = select(Room.id, Room.group_id).where(Room.id.in_(room_ids))
    return {row.id: row.group_id for row in await session.execute(query)}


def rooms_of(account_id: UUID) -> Select[UUID]:
    """Return the rooms somebody is in now, for use within a query."""
    return select(Membership.room_id).where(
        Membership.account_id == account_id, Membership.left_at.is_(None)
    )


async def peers_now(session: AsyncSession, account_id: UUID) -> set[UUID]:
    """Return with whom somebody has a private talk that goes on."""
    mine = (
        select(Membership.room_id)
        .join(Room, Room.id == Membership.room_id)
        .where(Membership.account_id == account_id, Membership.left_at.is_(None))
        .where(Room.kind == RoomKind.PRIVATE, Room.closed_at.is_(None))
    )
    query = select(Membership.account_id).where(
        Membership.room_id.in_(mine), Membership.left_at.is_(None)
    )
    return set(await session.scalars(query)) - {account_id}


def partners_of(account_id: UUID) -> Select[UUID]:
    """Return with whom somebody has a private talk, also an ended one, for use within a query."""
    mine = (
        select(Membership.room_id)
        .join(Room, Room.id == Membership.room_id)
        .where(Membership.account_id == account_id, Room.kind == RoomKind.PRIVATE)
    )
    return select(Membership.account_id).where(
        Membership.room_id.in_(mine), Membership.account_id != account_id
    )
