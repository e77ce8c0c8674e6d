"""Who may say something in a room now, decided inside the transaction that stores it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import visibility
from chat.kinds import RoomKind
from chat.logs import Room
from chat.rooms import Membership, quiet_until
from chat.visibility import Sight, Surface
from core.errors import Conflict, Forbidden, NotFound, Problem
from core.sentences import say
from people import blocks
from people.accounts import Account
from people.permissions import Act, Actor, allows

Key = tuple[UUID, UUID]

_ROOM, _MEMBERSHIP, _ACCOUNT = (
    cast("Table", mapped.__table__) for mapped in (Room, Membership, Account)
)
# A plain statement, made once: it is asked for every batch, and mapping rows costs more than
# asking. It carries the organisation by hand.
_SEATS: Final = (
    select(
        _MEMBERSHIP.c.room_id,
        _MEMBERSHIP.c.account_id,
        _MEMBERSHIP.c.muted_until,
        _MEMBERSHIP.c.silenced_until,
        _ROOM.c.organisation_id,
        _ROOM.c.kind,
        _ROOM.c.closed_at,
        _ACCOUNT.c.standing,
        _ACCOUNT.c.private_until,
    )
    .join_from(_MEMBERSHIP, _ROOM, _ROOM.c.id == _MEMBERSHIP.c.room_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == _MEMBERSHIP.c.account_id)
    .where(_MEMBERSHIP.c.organisation_id == bindparam("organisation"))
    .where(_MEMBERSHIP.c.left_at.is_(None))
    .where(_MEMBERSHIP.c.room_id.in_(bindparam("rooms", expanding=True)))
    .where(_MEMBERSHIP.c.account_id.in_(bindparam("accounts", expanding=True)))
)


class RoomClosed(Conflict):
    """The talk has ended; it stays readable."""

    code, title = "room_closed", say("This talk has ended.")


class NotFree(Conflict):
    """The other one isn't there for this. One sentence for every reason (promise 17)."""

    code, title = "not_free", say("They're not free to talk just now.")


class Muted(Forbidden):
    """They can read, but not write, for a time."""

    code, title = "muted", say("You can read here, but you can't write here for a while.")
    passes = True


class Suspended(Forbidden):
    """Their account is suspended."""

    code, passes = "suspended", True
    title = say("You can't send messages at the moment. Urgent help is open to you.")


async def check(
    session: AsyncSession, keys: Iterable[Key], *, now: datetime
) -> dict[Key, Problem | None]:
    """Return for each (room, account) None when they may write now, else the reason.

    Somebody who isn't in the room gets the same `NotFound` as for a room there is none of.
    """
    wanted = set(keys)
    seats = await _seats(session, wanted)
    found: dict[Key, Problem | None] = {key: _fault(seat, now) for key, seat in seats.items()}
    found |= {key: NotFound() for key in wanted - seats.keys()}
    alone = await _not_free(session, {key for key, seat in seats.items() if _is_private(seat)})
    for key in alone:
        found[key] = found[key] or NotFree()
    return found


async def _seats(session: AsyncSession, keys: set[Key]) -> dict[Key, Any]:
    seats: dict[Key, Any] = {}
    wanted = {
        "rooms": list({room_id for room_id, _ in keys}),
        "accounts": list({account_id for _, account_id in keys}),
        "organisation": session.info["organisation_id"],
    }
    for row in await (await session.connection()).execute(_SEATS, wanted):
        seats[row.room_id, row.account_id] = row
    return {key: seats[key] for key in keys & seats.keys()}


def _is_private(seat: Any) -> bool:
    return bool(seat.kind is RoomKind.PRIVATE)


def _fault(seat: Any, now: datetime) -> Problem | None:
    actor = Actor(seat.account_id, seat.organisation_id, name="", standing=seat.standing)
    if not allows(actor, Act.SEND, seat):
        return Suspended()
    if seat.closed_at is not None:
        return RoomClosed()
    until = quiet_until(seat, alone=seat.private_until if _is_private(seat) else None)
    if until is not None and until > now:
        return Muted(until=until)
    return None


async def _not_free(session: AsyncSession, keys: set[Key]) -> set[Key]:
    """Return the private talks in which nobody may be reached: gone, or a block either way."""
    if not keys:
        return set()
    present = select(Membership.room_id, Membership.account_id).where(
        Membership.left_at.is_(None), Membership.room_id.in_({room_id for room_id, _ in keys})
    )
    rows = (await session.execute(present)).all()
    blocked = await blocks.among(session, {row.account_id for row in rows})
    reached = {
        (room_id, me)
        for room_id, me in keys
        for row in rows
        if row.room_id == room_id and row.account_id != me
        if _reaches(me, row.account_id, blocked)
    }
    return keys - reached


def _reaches(author: UUID, viewer: UUID, blocked: set[Key]) -> bool:
    bond = visibility.bond(
        is_own=False,
        i_blocked=(viewer, author) in blocked,
        they_blocked=(author, viewer) in blocked,
    )
    return visibility.sight(Surface.MESSAGE, bond, kind=RoomKind.PRIVATE) is not Sight.NOTHING
