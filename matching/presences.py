"""How somebody wishes to be found, and whether they rest from being offered just now.

Everybody who ever saved, asked or was asked has one row; without one the defaults hold. It is
also the lock that orders one person's hellos.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from people.accounts import Account
from people.permissions import Act, Actor, require
from people.sign_ins import SignIn

OWN: Final = "account_id"
# Promise 35: after that long away a person rests from being offered.
AWAY: Final = timedelta(days=21)


class Presence(Base, Owned):
    """One person's wishes. They are nobody else's to see.

    `is_unlisted`: I choose, nobody is shown me (promise 16). `wants_alike`: as alike as possible
    (promise 34). `back_at`: when they last saved, asked, answered or said that they are back.
    """

    __tablename__ = "presence"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    is_paused: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    is_unlisted: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    wants_alike: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    back_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    resting_since: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)


@dataclass(frozen=True, slots=True)
class Wishes:
    """A presence as rules and pages need it."""

    is_paused: bool = False
    is_unlisted: bool = False
    wants_alike: bool = False
    is_resting: bool = False


NONE_SAID: Final = Wishes()


async def hold(session: AsyncSession, *account_ids: UUID, now: datetime) -> None:
    """Take these people's rows until this unit of work ends, made first where there is none.

    Always in one order, so that two units of work that need the same two never wait in a ring.
    """
    for account_id in sorted(account_ids):
        row = insert(session, Presence).values(
            account_id=account_id,
            organisation_id=session.info["organisation_id"],
            is_paused=False,
            is_unlisted=False,
            wants_alike=False,
            back_at=now,
        )
        await session.execute(row.on_conflict_do_nothing())
        await session.execute(
            update(Presence)
            .where(Presence.account_id == account_id)
            .values(back_at=Presence.back_at)
        )


async def come_back(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """Say "I'm here": resting ends. Idempotent."""
    require(actor, Act.CHANGE_OWN)
    await _set(session, actor, now=now)


async def choose(
    session: AsyncSession,
    actor: Actor,
    *,
    now: datetime,
    is_paused: bool,
    is_unlisted: bool,
    wants_alike: bool,
) -> None:
    """Set how one wishes to be found; idempotent. It counts from the next reading on."""
    require(actor, Act.CHANGE_OWN)
    await _set(
        session,
        actor,
        now=now,
        is_paused=is_paused,
        is_unlisted=is_unlisted,
        wants_alike=wants_alike,
    )


async def _set(session: AsyncSession, actor: Actor, *, now: datetime, **wishes: Any) -> None:
    await hold(session, actor.account_id, now=now)
    await session.execute(
        update(Presence)
        .where(Presence.account_id == actor.account_id)
        .values(back_at=now, resting_since=None, **wishes)
    )


async def rest(session: AsyncSession, account_id: UUID, *, now: datetime) -> bool:
    """Let somebody rest from being offered; return False when they were resting before."""
    rested = await session.scalar(
        update(Presence)
        .where(Presence.account_id == account_id, Presence.resting_since.is_(None))
        .values(resting_since=now)
        .returning(Presence.account_id)
    )
    return rested is not None


_SEEN: Final = (
    select(SignIn.account_id, func.max(SignIn.seen_at).label("seen_at"))
    .group_by(SignIn.account_id)
    .subquery()
)
_WISHES: Final = (
    select(
        Presence.account_id,
        Presence.is_paused,
        Presence.is_unlisted,
        Presence.wants_alike,
        Presence.resting_since,
        Presence.back_at,
        Account.joined_at,
        _SEEN.c.seen_at,
    )
    .join(Account, Account.id == Presence.account_id)
    .outerjoin(_SEEN, _SEEN.c.account_id == Presence.account_id)
)


async def everyone(session: AsyncSession, *, now: datetime) -> dict[UUID, Wishes]:
    """Return the wishes of everybody here who has a row: one query."""
    return {row.account_id: _wishes(row, now) for row in await session.execute(_WISHES)}


async def of(session: AsyncSession, account_id: UUID, *, now: datetime) -> Wishes:
    """Return one person's wishes."""
    query = _WISHES.where(Presence.account_id == account_id)
    row = (await session.execute(query)).one_or_none()
    return NONE_SAID if row is None else _wishes(row, now)


def _wishes(row: Row[Any], now: datetime) -> Wishes:
    last_at = max(at for at in (row.back_at, row.joined_at, row.seen_at) if at is not None)
    return Wishes(
        is_paused=row.is_paused,
        is_unlisted=row.is_unlisted,
        wants_alike=row.wants_alike,
        is_resting=row.resting_since is not None or last_at < now - AWAY,
    )
