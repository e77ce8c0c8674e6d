"""Blocks: silent, in pairs both ways, indistinguishable from "not free to talk" (promise 17)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import events, ids
from core.errors import Invalid
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from people import accounts
from people.accounts import AccountChanged
from people.permissions import Act, Actor, require


class Block(Base, Identified, Owned):
    """One account no longer meets another. Only who blocked can see or undo it."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("account_id", "blocked_id"),)

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="account_id", index=True)
    blocked_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="account_id", index=True)
    created_at: Mapped[datetime] = field(Retention.ACCOUNT, personal="account_id")


async def make(session: AsyncSession, actor: Actor, blocked_id: UUID, *, now: datetime) -> None:
    """Block somebody; idempotent. They are not told.

    Raises:
        Invalid: one can't block oneself.
        NotFound: there is no such account here.
    """
    require(actor, Act.CHANGE_OWN)
    if blocked_id == actor.account_id:
        raise Invalid(say("You can't block yourself."))
    await accounts.by_id(session, blocked_id)
    row = insert(session, Block).values(
        id=ids.new_id(),
        organisation_id=actor.organisation_id,
        account_id=actor.account_id,
        blocked_id=blocked_id,
        created_at=now,
    )
    await session.execute(row.on_conflict_do_nothing())
    _announce(session, actor, blocked_id)


async def undo(session: AsyncSession, actor: Actor, blocked_id: UUID) -> None:
    """Take one's own block back; idempotent."""
    require(actor, Act.CHANGE_OWN)
    mine = Block.account_id == actor.account_id
    await session.execute(delete(Block).where(mine, Block.blocked_id == blocked_id))
    _announce(session, actor, blocked_id)


async def made_by(session: AsyncSession, account_id: UUID) -> set[UUID]:
    """Return whom this account has blocked."""
    found = await session.scalars(select(Block.blocked_id).where(Block.account_id == account_id))
    return set(found)


async def made_by_all(
    session: AsyncSession, account_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return whom each of these accounts has blocked, of those who have blocked anyone."""
    query = select(Block.account_id, Block.blocked_id).where(Block.account_id.in_(account_ids))
    found: dict[UUID, frozenset[UUID]] = {}
    for account_id, blocked_id in await session.execute(query):
        found[account_id] = found.get(account_id, frozenset()) | {blocked_id}
    return found


async def between(session: AsyncSession, account_id: UUID) -> set[UUID]:
    """Return everyone this account blocked or is blocked by: they don't meet."""
    either = or_(Block.account_id == account_id, Block.blocked_id == account_id)
    rows = await session.execute(select(Block.account_id, Block.blocked_id).where(either))
    return {one if one != account_id else other for one, other in rows}


async def among(session: AsyncSession, account_ids: set[UUID]) -> set[tuple[UUID, UUID]]:
    """Return (who blocked, whom) for all pairs within `account_ids`."""
    within = Block.account_id.in_(account_ids) & Block.blocked_id.in_(account_ids)
    rows = await session.execute(select(Block.account_id, Block.blocked_id).where(within))
    return {(one, other) for one, other in rows}


def _announce(session: AsyncSession, actor: Actor, other_id: UUID) -> None:
    for account_id in (actor.account_id, other_id):
        events.after_commit(session, AccountChanged(actor.organisation_id, account_id))
