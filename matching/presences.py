"""How somebody wishes to be found, and whether they rest from being offered just now.

Everybody who ever saved, asked or was asked has one row; without one the defaults hold. It is
also the lock that orders one person's hellos.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from matching.documents import Person
from matching.leanings import Leaning
from people.accounts import Account
from people.permissions import Act, Actor, require
from people.sign_ins import SignIn

OWN: Final = "account_id"
# Promise 35: after that long away a person rests from being offered.
AWAY: Final = timedelta(days=21)
# As long as those are put aside who were shown before (`answers.HOLDS`).
LEANS_FOR: Final = timedelta(days=7)


class Shows(StrEnum):
    """What others read of one's own words before a hello is answered."""

    ABOUT = "about"
    WORDS_FOR_SELF = "words_for_self"
    NOTHING = "nothing"


class Presence(Base, Owned):
    """One person's wishes. They are nobody else's to see.

    `is_unlisted`: I choose, nobody is shown me (promise 16). `wants_alike`: as alike as possible
    (promise 34). `back_at`: when they last saved, asked, answered or said that they are back.
    `leaning`: whom they asked to be shown first.
    """

    __tablename__ = "presence"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    is_paused: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    is_unlisted: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    wants_alike: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN, default=False)
    shows: Mapped[Shows] = field(Retention.ACCOUNT, personal=OWN, default=Shows.ABOUT)
    leaning: Mapped[Leaning | None] = field(Retention.ACCOUNT, personal=OWN)
    leaning_since: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)
    back_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    resting_since: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)


@dataclass(frozen=True, slots=True)
class Wishes:
    """A presence as rules and pages need it."""

    is_paused: bool = False
    is_unlisted: bool = False
    wants_alike: bool = False
    is_resting: bool = False
    shows: Shows = Shows.ABOUT
    leaning: Leaning | None = None

    def shown_of(self, document: Person) -> Person:
        """Return a document with those own words only that its person shows to others."""
        if self.shows is Shows.ABOUT:
            return document
        if self.shows is Shows.WORDS_FOR_SELF:
            return document.model_copy(update={"about": ""})
        lived = (one.model_copy(update={"words": ""}) for one in document.experiences)
        nothing = {"about": "", "words_for_self": "", "experiences": tuple(lived)}
        return document.model_copy(update=nothing)


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
            shows=Shows.ABOUT,
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
    shows: Shows | None = None,
) -> None:
    """Set how one wishes to be found; idempotent. It counts from the next reading on.

    Without `shows`, what others read stays as it was.
    """
    require(actor, Act.CHANGE_OWN)
    wished = {"is_paused": is_paused, "is_unlisted": is_unlisted, "wants_alike": wants_alike}
    kept = {} if shows is None else {"shows": shows}
    await _set(session, actor, now=now, **wished, **kept)


async def lean(
    session: AsyncSession, actor: Actor, leaning: Leaning | None, *, now: datetime
) -> None:
    """Ask to be shown some people first, for a week; None takes that back. Idempotent."""
    require(actor, Act.CHANGE_OWN)
    await _set(session, actor, now=now, leaning=leaning, leaning_since=leaning and now)


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
        Presence.shows,
        Presence.leaning,
        Presence.leaning_since,
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
    return (await of_each(session, [account_id], now=now)).get(account_id, NONE_SAID)


async def of_each(
    session: AsyncSession, account_ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, Wishes]:
    """Return the wishes of those among these people who have a row: a page's worth at most."""
    query = _WISHES.where(Presence.account_id.in_(account_ids))
    return {row.account_id: _wishes(row, now) for row in await session.execute(query)}


def _wishes(row: Any, now: datetime) -> Wishes:
    last_at = max(at for at in (row.back_at, row.joined_at, row.seen_at) if at is not None)
    return Wishes(
        is_paused=row.is_paused,
        is_unlisted=row.is_unlisted,
        wants_alike=row.wants_alike,
        is_resting=row.resting_since is not None or last_at < now - AWAY,
        shows=row.shows,
        leaning=row.leaning if row.leaning and now < row.leaning_since + LEANS_FOR else None,
    )
