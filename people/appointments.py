"""Roles that let somebody read or decide for others: one person asks, another one confirms.

Promise 31: nobody grants themselves a role, not by a second account of their own either
(docs/decisions/0007). While only one person here holds such a role, nobody else could confirm:
what they appoint counts at once. An invitation never gives such a role by itself.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.errors import Conflict, Forbidden, NotFound
from core.sentences import Sentence, say
from core.tables import Base, Copied, Identified, Owned, Retention, field
from core.upserts import insert
from people import accounts, audit, notices, roles
from people.accounts import Account
from people.notices import NoticeKind
from people.permissions import Act, Actor, Role, Standing, require
from people.roles import RoleGrant

OPEN: Final = text("settled_at IS NULL")
CONFIRMED: Final = frozenset({Role.MODERATOR, Role.ADMINISTRATOR})


class Appointment(Base, Identified, Owned):
    """A role that somebody asked for on somebody's behalf, until another person settled it."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "uq_appointment_open", "account_id", "role",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    account_id: Mapped[UUID] = field(Retention.AUDIT, personal="account_id")
    role: Mapped[Role] = field(Retention.AUDIT, personal="account_id")
    asked_by: Mapped[UUID] = field(Retention.AUDIT, personal="asked_by")
    asked_at: Mapped[datetime] = field(Retention.AUDIT, copied=Copied.YES)
    settled_by: Mapped[UUID | None] = field(Retention.AUDIT, personal="settled_by")
    settled_at: Mapped[datetime | None] = field(Retention.AUDIT, copied=Copied.YES)


async def appoint(
    session: AsyncSession, actor: Actor, account_id: UUID, role: Role, *, now: datetime
) -> bool:
    """Give somebody else a role, or ask for it; return whether it counts now. Idempotent.

    Raises:
        Forbidden: the actor may not, or it is the actor's own account.
        Invalid: a facilitator is named for a group.
        NotFound: there is no such account here.
    """
    require(actor, Act.GRANT_ROLE)
    if account_id == actor.account_id:
        raise Forbidden(say("Nobody can give themselves a role. Please ask another administrator."))
    if role not in CONFIRMED or not await _others(session, actor.account_id, account_id):
        is_new = not await _holds(session, account_id, role)
        await roles.appoint(session, actor, account_id, role, now=now)
        await _settle_open(session, account_id, role, by_id=actor.account_id, now=now)
        if is_new and role in CONFIRMED:
            await _tell_given_alone(session, actor, account_id, role, now=now)
        return True
    await accounts.by_id(session, account_id)
    if await _holds(session, account_id, role):
        return True
    query = select(Appointment).filter_by(account_id=account_id, role=role, settled_at=None)
    asked = await session.scalar(query)
    if asked is not None and may_confirm(actor, asked):
        await confirm(session, actor, asked.id, now=now)
        return True
    await ask(session, account_id=account_id, role=role, by_id=actor.account_id, now=now)
    return False


async def ask(
    session: AsyncSession, *, account_id: UUID, role: Role, by_id: UUID, now: datetime
) -> None:
    """Ask for a role on somebody's behalf, without asking who may; idempotent."""
    if await _holds(session, account_id, role):
        return
    row = insert(session, Appointment).values(
        id=ids.new_id(), organisation_id=session.info["organisation_id"], account_id=account_id,
        role=role, asked_by=by_id, asked_at=now,
    )  # fmt: skip
    written = await session.scalar(row.on_conflict_do_nothing().returning(Appointment.id))
    if written is None:
        return
    audit.record(
        session, kind="role_asked", actor_id=by_id, subject_kind="account", subject_id=account_id,
        now=now,
    )  # fmt: skip
    named = (await accounts.names(session, {account_id})).get(account_id, "")
    words = say(
        "%(name)s is to be %(role)s. It counts once one of you has confirmed it.",
        name=named,
        role=_called(role),
    )
    for holder in await _others(session, by_id, account_id):
        await notices.send(
            session, account_id=holder, kind=NoticeKind.APPOINTMENT, subject_id=written,
            dedupe_key=f"appointment:{written}:{holder}", words=words, now=now,
        )  # fmt: skip


async def confirm(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, now: datetime
) -> None:
    """Let a role count that somebody else asked for.

    Raises:
        Forbidden: the actor asked for it, or it is for the actor.
        Conflict: it was settled in the meantime.
    """
    row = await _settle(session, actor, appointment_id, now=now)
    await roles.grant(
        session, account_id=row.account_id, role=row.role, by_id=actor.account_id, now=now
    )


async def decline(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, now: datetime
) -> None:
    """Let a role that was asked for not come to be; whoever asked may take it back like this."""
    row = await _settle(session, actor, appointment_id, now=now, may_be_own=True)
    audit.record(
        session, kind="role_not_given", actor_id=actor.account_id, subject_kind="account",
        subject_id=row.account_id, now=now,
    )  # fmt: skip


async def waiting(session: AsyncSession, actor: Actor) -> list[Appointment]:
    """Return what waits to be confirmed, oldest first."""
    require(actor, Act.CONFIRM_ROLE)
    query = select(Appointment).where(Appointment.settled_at.is_(None))
    return list(await session.scalars(query.order_by(Appointment.asked_at, Appointment.id)))


def may_confirm(actor: Actor, row: Appointment) -> bool:
    """Tell whether this person is another one than who asked and who is asked for."""
    return actor.account_id not in {row.asked_by, row.account_id}


async def _settle(
    session: AsyncSession,
    actor: Actor,
    appointment_id: UUID,
    *,
    now: datetime,
    may_be_own: bool = False,
) -> Appointment:
    require(actor, Act.CONFIRM_ROLE)
    row = await session.get(Appointment, appointment_id)
    if row is None:
        raise NotFound
    if not may_be_own and not may_confirm(actor, row):
        raise Forbidden(
            say("Somebody else has to confirm this: not who asked, and not who it is for.")
        )
    settled = await session.scalar(
        update(Appointment)
        .where(Appointment.id == appointment_id, Appointment.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor.account_id)
        .returning(Appointment.id)
    )
    if settled is None:
        raise Conflict(say("Somebody settled this in the meantime."))
    return row


async def _settle_open(
    session: AsyncSession, account_id: UUID, role: Role, *, by_id: UUID, now: datetime
) -> None:
    await session.execute(
        update(Appointment)
        .where(Appointment.account_id == account_id, Appointment.role == role)
        .where(Appointment.settled_at.is_(None))
        .values(settled_at=now, settled_by=by_id)
    )


async def _tell_given_alone(
    session: AsyncSession, actor: Actor, account_id: UUID, role: Role, *, now: datetime
) -> None:
    """Tell whoever else has any role: one person alone decided who reads what others wrote."""
    audit.record(
        session, kind="role_given_alone", actor_id=actor.account_id, subject_kind="account",
        subject_id=account_id, now=now,
    )  # fmt: skip
    words = say(
        "%(by)s named %(name)s %(role)s. Nobody else here could confirm it yet.",
        by=actor.name,
        name=(await accounts.names(session, {account_id})).get(account_id, ""),
        role=_called(role),
    )
    for holder in await _others(session, actor.account_id, account_id, holding=frozenset(Role)):
        await notices.send(
            session, account_id=holder, kind=NoticeKind.ROLE, words=words, now=now,
            dedupe_key=f"given_alone:{account_id}:{role}:{now.isoformat()}:{holder}",
        )  # fmt: skip


async def _others(
    session: AsyncSession, *excepted: UUID, holding: frozenset[Role] = CONFIRMED
) -> list[UUID]:
    """Return who else could confirm today, or has one of other roles."""
    query = (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.role.in_(holding), RoleGrant.ended_at.is_(None))
        .where(Account.standing == Standing.ACTIVE, Account.id.not_in(excepted))
        .distinct()
    )
    return list(await session.scalars(query))


async def _holds(session: AsyncSession, account_id: UUID, role: Role) -> bool:
    return any(grant.role is role for grant in await roles.held_by(session, account_id))


def _called(role: Role) -> Sentence:
    return say("an administrator") if role is Role.ADMINISTRATOR else say("a moderator")
