"""Sign-ins: kept by the server, so that each can be ended at once."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import events, ids
from core.tables import Base, Copied, Identified, Owned, Retention, field
from people import credentials, roles
from people.accounts import Account, AccountChanged
from people.permissions import Act, Actor, Grant, Standing, require
from people.roles import RoleGrant

# ASVS 5.0 V7.3 leaves lengths to the application; a shared phone argues for days, not months.
LASTS: Final = timedelta(days=14)
# Writing "seen" at every request would make every page a write.
SEEN_EVERY: Final = timedelta(hours=1)


class Way(StrEnum):
    """How the token is carried."""

    COOKIE = "cookie"
    BEARER = "bearer"


class SignIn(Base, Identified, Owned):
    """One device that may act for an account until it expires or is ended."""

    __tablename__ = "sign_in"

    account_id: Mapped[UUID] = field(Retention.SHORT, personal="account_id", index=True)
    token_hash: Mapped[bytes] = field(
        Retention.SHORT, copied=Copied.KEY, personal="account_id", unique=True
    )
    way: Mapped[Way] = field(Retention.SHORT, personal="account_id")
    created_at: Mapped[datetime] = field(Retention.SHORT, personal="account_id")
    seen_at: Mapped[datetime] = field(Retention.SHORT, personal="account_id")
    expires_at: Mapped[datetime] = field(Retention.SHORT, personal="account_id")
    ended_at: Mapped[datetime | None] = field(Retention.SHORT, personal="account_id")


@dataclass(frozen=True, slots=True)
class Begun:
    """A fresh sign-in; the token is told once and not kept."""

    sign_in_id: UUID
    token: str


async def begin(
    session: AsyncSession, account_id: UUID, *, now: datetime, way: Way = Way.COOKIE
) -> Begun:
    """Sign an account in on one more device. Who may is decided before."""
    token = credentials.new_token()
    row = SignIn(
        id=ids.new_id(), account_id=account_id, token_hash=credentials.fingerprint(token), way=way,
        created_at=now, seen_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return Begun(row.id, token)


async def actor_for(session: AsyncSession, token: str, *, now: datetime) -> Actor | None:
    """Return who holds this token, with roles; None when it ended, expired or never was.

    Opened over all organisations: the token decides which one it is.
    """
    return (await actors_for(session, {token}, now=now)).get(token)


async def actors_for(
    session: AsyncSession, tokens: Collection[str], *, now: datetime
) -> dict[str, Actor]:
    """Return who holds each of these tokens, as `actor_for` does: one query for all.

    Every request begins with it, so it takes the columns an actor is made of, not whole rows.
    """
    prints = {credentials.fingerprint(token): token for token in tokens}
    query = (
        select(
            SignIn.token_hash, SignIn.id, SignIn.seen_at, SignIn.account_id,
            Account.organisation_id, Account.name, Account.standing,
            RoleGrant.role, RoleGrant.scope_id,
        )
        .join(Account, Account.id == SignIn.account_id)
        .outerjoin(RoleGrant, roles.held())
        .where(SignIn.token_hash.in_(prints))
        .where(SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .where(Account.standing != Standing.ERASED)
    )  # fmt: skip
    found: dict[str, Actor] = {}
    for row in await session.execute(query):
        token = prints[row.token_hash]
        known = found.get(token) or Actor(
            account_id=row.account_id,
            organisation_id=row.organisation_id,
            name=row.name or "",
            standing=row.standing,
            sign_in_id=row.id,
            sign_in_is_stale=row.seen_at < now - SEEN_EVERY,
        )
        # A row for each role; one with none for who has none.
        held = frozenset() if row.role is None else {Grant(row.role, row.scope_id)}
        found[token] = replace(known, grants=known.grants | held)
    return found


async def renew(session: AsyncSession, sign_in_id: UUID, *, now: datetime) -> None:
    """Note that a sign-in was used and let it last from now; at most once an hour."""
    await session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .where(SignIn.seen_at < now - SEEN_EVERY)
        .values(seen_at=now, expires_at=now + LASTS)
    )


async def end(session: AsyncSession, actor: Actor, sign_in_id: UUID, *, now: datetime) -> None:
    """End one of one's own sign-ins; idempotent, silent about others'."""
    require(actor, Act.CHANGE_OWN)
    await session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.account_id == actor.account_id)
        .where(SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    _announce(session, actor.account_id)


async def end_all(
    session: AsyncSession, account_id: UUID, *, now: datetime, but: UUID | None = None
) -> None:
    """End every sign-in of an account: after a recovery, a new password, a suspension's end.

    `but` is the one that goes on, where its owner has just proved who they are.
    """
    ended = (
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    await session.execute(ended if but is None else ended.where(SignIn.id != but))
    _announce(session, account_id)


async def of(session: AsyncSession, actor: Actor, *, now: datetime) -> list[SignIn]:
    """Return one's own living sign-ins, newest first."""
    require(actor, Act.SEE_OWN)
    query = (
        select(SignIn)
        .where(SignIn.account_id == actor.account_id)
        .where(SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.created_at.desc())
    )
    return list(await session.scalars(query))


def _announce(session: AsyncSession, account_id: UUID) -> None:
    events.after_commit(session, AccountChanged(session.info["organisation_id"], account_id))
