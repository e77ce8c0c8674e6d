"""Invitations: a link, or a short code on paper. They may carry a group, or ask for a role."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.errors import Invalid
from core.sentences import say
from core.tables import Base, Copied, Owned, Retention, field
from people import accounts, appointments, audit, credentials, roles
from people.permissions import Act, Actor, Role, require

LASTS: Final = timedelta(days=30)
MOST_USES: Final = 500
MOST_AT_ONCE: Final = 200


class Invitation(Base, Owned):
    """One code that lets a number of people join."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = field(Retention.SHORT, primary_key=True, default=ids.new_secret_id)
    code_index: Mapped[bytes] = field(Retention.SHORT, unique=True)
    made_by: Mapped[UUID] = field(Retention.SHORT, personal="made_by")
    role: Mapped[Role | None] = field(Retention.SHORT, copied=Copied.YES)
    group_id: Mapped[UUID | None] = field(Retention.SHORT)
    uses_left: Mapped[int] = field(Retention.SHORT)
    created_at: Mapped[datetime] = field(Retention.SHORT, copied=Copied.YES)
    expires_at: Mapped[datetime] = field(Retention.SHORT, copied=Copied.YES)
    ended_at: Mapped[datetime | None] = field(Retention.SHORT)


class NotAnInvitation(Invalid):
    """The code was used up, ended, has expired, or never was: which of them is not told."""

    code = "invitation"
    title = say("That invitation doesn't work any more. Please ask for another.")


async def make(
    session: AsyncSession,
    actor: Actor,
    *,
    now: datetime,
    uses: int = 1,
    role: Role | None = None,
    group_id: UUID | None = None,
) -> str:
    """Return a new code; it is shown once and kept only as a keyed fingerprint.

    Raises:
        Invalid: more uses than one invitation may have, or a facilitator of no group.
    """
    require(actor, Act.INVITE)
    if role is not None:
        roles.require_group(role, group_id)
    if not 1 <= uses <= MOST_USES:
        raise Invalid(
            say("An invitation can be for 1 to %(most)s people.", most=MOST_USES), field="uses"
        )
    code = credentials.new_code()
    row = Invitation(
        code_index=_index(code), made_by=actor.account_id, role=role, group_id=group_id,
        uses_left=uses, created_at=now, expires_at=now + LASTS, id=ids.new_secret_id(),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(
        session, kind="invitation_made", actor_id=actor.account_id, subject_kind="invitation",
        subject_id=row.id, now=now,
    )  # fmt: skip
    return code


async def make_many(session: AsyncSession, actor: Actor, *, count: int, now: datetime) -> list[str]:
    """Return codes for one person each, to hand out on paper.

    Raises:
        Invalid: more than can be handed out with care.
    """
    require(actor, Act.INVITE)
    if not 1 <= count <= MOST_AT_ONCE:
        said = say("You can make 1 to %(most)s invitations at once.", most=MOST_AT_ONCE)
        raise Invalid(said, field="count")
    return [await make(session, actor, now=now) for _ in range(count)]


async def take(session: AsyncSession, code: str, account_id: UUID, *, now: datetime) -> UUID | None:
    """Use an invitation once for an account that joins now; return the group it leads to.

    Raises:
        NotAnInvitation: see the class. Nothing was changed.
    """
    row: Invitation | None = await session.scalar(
        update(Invitation)
        .where(Invitation.code_index == _index(code), Invitation.uses_left > 0)
        .where(Invitation.expires_at > now, Invitation.ended_at.is_(None))
        .values(uses_left=Invitation.uses_left - 1)
        .returning(Invitation)
    )
    if row is None:
        raise NotAnInvitation(field="invitation")
    await accounts.came_by(session, account_id, row.id)
    if row.role is not None:
        await _bring_role(session, row, account_id, now=now)
    return row.group_id


async def _bring_role(
    session: AsyncSession, row: Invitation, account_id: UUID, *, now: datetime
) -> None:
    if row.role in appointments.CONFIRMED:
        await appointments.ask(
            session, account_id=account_id, role=row.role, by_id=row.made_by, now=now
        )
    elif row.role is not None:
        scope_id = row.group_id if row.role is Role.FACILITATOR else None
        await roles.grant(
            session, account_id=account_id, role=row.role, scope_id=scope_id, by_id=row.made_by,
            now=now,
        )  # fmt: skip


async def by_code(session: AsyncSession, code: str) -> Invitation:
    """Return the invitation of this code, also one that is over.

    Raises:
        NotAnInvitation: there never was one.
    """
    query = select(Invitation).where(Invitation.code_index == _index(code))
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotAnInvitation(field="code")
    return found


async def end(session: AsyncSession, actor: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Let an invitation be used no more; idempotent."""
    require(actor, Act.INVITE)
    await session.execute(
        update(Invitation).where(Invitation.id == invitation_id).values(ended_at=now)
    )


async def end_made_by(session: AsyncSession, account_id: UUID, *, now: datetime) -> list[UUID]:
    """End what somebody's invitations could still let in; return all they ever made."""
    await session.execute(
        update(Invitation)
        .where(Invitation.made_by == account_id, Invitation.ended_at.is_(None))
        .values(ended_at=now)
    )
    return list(
        await session.scalars(select(Invitation.id).where(Invitation.made_by == account_id))
    )


async def still_open(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Invitation]:
    """Return the invitations that can still be used, newest first."""
    require(actor, Act.INVITE)
    query = (
        select(Invitation)
        .where(Invitation.uses_left > 0, Invitation.expires_at > now)
        .where(Invitation.ended_at.is_(None))
        .order_by(Invitation.created_at.desc())
    )
    return list(await session.scalars(query))


def _index(code: str) -> bytes:
    return encryption.ring().blind("invitation.code", credentials.plain_code(code))
