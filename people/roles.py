"""Who was appointed to what, by whom. Nobody grants themselves a role (promise 31)."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Index, and_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import events, ids
from core.errors import Conflict, Forbidden, Invalid
from core.sentences import say, together
from core.tables import Base, Copied, Identified, Owned, Retention, field
from core.upserts import insert
from people import accounts, audit, notices
from people.accounts import Account, AccountChanged
from people.notices import NoticeKind
from people.permissions import Act, Actor, Grant, Role, Standing, require

OPEN = text("ended_at IS NULL")
ENDED: Final = {
    Role.MODERATOR: say("You are no longer a moderator here."),
    Role.ADMINISTRATOR: say("You are no longer an administrator here."),
    Role.PEER_SUPPORTER: say("You are no longer a peer supporter here."),
    Role.FACILITATOR: say("You no longer look after a group here."),
}


class RoleGrant(Base, Identified, Owned):
    """A role, everywhere or in one group, from a moment until it is ended."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_open", "account_id", "role", "scope_key",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = field(Retention.AUDIT, personal="account_id", index=True)
    role: Mapped[Role] = field(Retention.AUDIT, personal="account_id")
    scope_id: Mapped[UUID | None] = field(Retention.AUDIT)
    # The scope as text, empty for everywhere: NULLs would never be equal in a unique index.
    scope_key: Mapped[str] = field(Retention.AUDIT)
    granted_by: Mapped[UUID | None] = field(Retention.AUDIT, personal="account_id")
    granted_at: Mapped[datetime] = field(Retention.AUDIT, copied=Copied.YES)
    ended_at: Mapped[datetime | None] = field(Retention.AUDIT, copied=Copied.YES)


async def appoint(
    session: AsyncSession,
    actor: Actor,
    account_id: UUID,
    role: Role,
    *,
    now: datetime,
    scope_id: UUID | None = None,
) -> None:
    """Give somebody else a role; idempotent.

    Raises:
        Forbidden: the actor may not, or it is the actor's own account.
        Invalid: a facilitator without a group would look after all of them.
        NotFound: there is no such account here.
    """
    require(actor, Act.GRANT_ROLE)
    if account_id == actor.account_id:
        raise Forbidden(say("Nobody can give themselves a role. Please ask another administrator."))
    require_group(role, scope_id)
    await accounts.by_id(session, account_id)
    await grant(
        session,
        account_id=account_id,
        role=role,
        scope_id=scope_id,
        by_id=actor.account_id,
        now=now,
    )


def require_group(role: Role, scope_id: UUID | None) -> None:
    """Refuse a facilitator of no group in particular.

    Raises:
        Invalid: see above.
    """
    if role is Role.FACILITATOR and scope_id is None:
        raise Invalid(
            say("A facilitator is named for one group, on that group's page."), field="role"
        )


async def grant(
    session: AsyncSession,
    *,
    account_id: UUID,
    role: Role,
    now: datetime,
    scope_id: UUID | None = None,
    by_id: UUID | None = None,
) -> bool:
    """Write a grant without asking who may: for set-up, and for groups naming a facilitator.

    Return False when it was held already; then nothing is written.
    """
    row = insert(session, RoleGrant).values(
        id=ids.new_id(),
        organisation_id=session.info["organisation_id"],
        account_id=account_id,
        role=role,
        scope_id=scope_id,
        scope_key=str(scope_id or ""),
        granted_by=by_id,
        granted_at=now,
    )
    granted = await session.scalar(row.on_conflict_do_nothing().returning(RoleGrant.id))
    if granted is not None:
        _announce(session, account_id, by_id=by_id, kind="role_granted", now=now)
    return granted is not None


async def end(
    session: AsyncSession,
    *,
    account_id: UUID,
    role: Role,
    now: datetime,
    scope_id: UUID | None = None,
    by_id: UUID | None = None,
) -> UUID | None:
    """End a grant without asking who may; idempotent. Return which was ended now, if any."""
    still = (RoleGrant.account_id == account_id, RoleGrant.role == role)
    ended = await session.scalar(
        update(RoleGrant)
        .where(*still, RoleGrant.scope_key == str(scope_id or ""), RoleGrant.ended_at.is_(None))
        .values(ended_at=now)
        .returning(RoleGrant.id)
    )
    if ended is not None:
        _announce(session, account_id, by_id=by_id, kind="role_ended", now=now)
    return ended


async def dismiss(
    session: AsyncSession, actor: Actor, account_id: UUID, role: Role, *, now: datetime
) -> None:
    """End somebody's role, and tell them; idempotent.

    Raises:
        Conflict: nobody would be left who can give a role.
        NotFound: there is no such account here.
    """
    require(actor, Act.GRANT_ROLE)
    await accounts.by_id(session, account_id)
    if role is Role.ADMINISTRATOR and await holders(session, role) == [account_id]:
        raise Conflict(say("Please appoint another administrator first: somebody has to be."))
    ended = await end(session, account_id=account_id, role=role, by_id=actor.account_id, now=now)
    if ended is None or account_id == actor.account_id:
        return
    await notices.send(
        session, account_id=account_id, kind=NoticeKind.ROLE, dedupe_key=f"role_ended:{ended}",
        words=together(ENDED[role], say("Your own talks and groups stay as they are.")), now=now,
    )  # fmt: skip


async def held_by(session: AsyncSession, account_id: UUID) -> frozenset[Grant]:
    """Return the roles this account holds now."""
    query = select(RoleGrant.role, RoleGrant.scope_id).where(
        RoleGrant.account_id == account_id, RoleGrant.ended_at.is_(None)
    )
    return frozenset(Grant(role, scope_id) for role, scope_id in await session.execute(query))


def held() -> ColumnElement[bool]:
    """Say, in a query of both, that the grant is the account's and hasn't ended."""
    return and_(RoleGrant.account_id == Account.id, RoleGrant.ended_at.is_(None))


async def held_by_all(
    session: AsyncSession, account_ids: Collection[UUID]
) -> dict[UUID, frozenset[Grant]]:
    """Return the roles of these accounts, of those who hold any."""
    query = select(RoleGrant.account_id, RoleGrant.role, RoleGrant.scope_id).where(
        RoleGrant.account_id.in_(account_ids), RoleGrant.ended_at.is_(None)
    )
    found: dict[UUID, frozenset[Grant]] = {}
    for account_id, role, scope_id in await session.execute(query):
        found[account_id] = found.get(account_id, frozenset()) | {Grant(role, scope_id)}
    return found


async def active_holders(session: AsyncSession, role: Role) -> list[UUID]:
    """Return who holds a role everywhere and can act now: who is paused, or gone, can't."""
    query = select(Account.id).where(
        Account.id.in_(await holders(session, role)), Account.standing == Standing.ACTIVE
    )
    return list(await session.scalars(query))


async def holders(session: AsyncSession, role: Role) -> list[UUID]:
    """Return who holds a role everywhere, the longest first."""
    query = (
        select(RoleGrant.account_id)
        .where(RoleGrant.role == role, RoleGrant.scope_key == "", RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    return list(await session.scalars(query))


def _announce(
    session: AsyncSession, account_id: UUID, *, by_id: UUID | None, kind: str, now: datetime
) -> None:
    audit.record(
        session, kind=kind, actor_id=by_id, subject_kind="account", subject_id=account_id, now=now
    )
    changed = AccountChanged(session.info["organisation_id"], account_id)
    events.after_commit(session, changed)
