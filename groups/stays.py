"""One stay of one account in one group, and who is in a group now."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.tables import ERASED, Base, Erased, Identified, Owned, Retention, field
from people.accounts import Account
from people.permissions import Standing

OWN: Final = "account_id"
_HERE: Final = text("left_at IS NULL")


class GroupMember(Base, Identified, Owned):
    """One stay of one account in one group. At most one is without an end."""

    __tablename__ = "group_member"
    __table_args__ = (
        Index(
            "uq_group_member_here", "group_id", "account_id",
            unique=True, sqlite_where=_HERE, postgresql_where=_HERE,
        ),
        {"info": {ERASED: Erased.WORDS}},
    )  # fmt: skip

    group_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN)
    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN, index=True)
    is_facilitator: Mapped[bool] = field(Retention.ACCOUNT, personal=OWN)
    joined_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    # Which version of the group's agreement they accepted last.
    agreed_version: Mapped[int | None] = field(Retention.ACCOUNT, personal=OWN)
    left_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)
    removed_at: Mapped[datetime | None] = field(Retention.CASE, personal=OWN)
    removed_by: Mapped[UUID | None] = field(Retention.CASE, personal="removed_by")
    reason_sealed: Mapped[bytes | None] = field(Retention.CASE, personal=OWN)

    reason = encryption.Sealed("reason_sealed")


async def here(session: AsyncSession, group_id: UUID, account_id: UUID) -> GroupMember | None:
    """Return somebody's present stay, if they are in the group."""
    query = select(GroupMember).where(
        GroupMember.group_id == group_id, GroupMember.account_id == account_id
    )
    return (await session.scalars(query.where(GroupMember.left_at.is_(None)))).one_or_none()


async def was_removed(session: AsyncSession, group_id: UUID, account_id: UUID) -> bool:
    """Tell whether somebody's last stay ended by a facilitator: then a person decides."""
    query = (
        select(GroupMember.removed_at)
        .where(GroupMember.group_id == group_id, GroupMember.account_id == account_id)
        .order_by(GroupMember.joined_at.desc(), GroupMember.id.desc())
        .limit(1)
    )
    return await session.scalar(query) is not None


async def facilitators(session: AsyncSession, group_id: UUID) -> list[UUID]:
    """Return who looks after a group, the longest first. Whoever is suspended or gone doesn't."""
    query = (
        select(GroupMember.account_id)
        .join(Account, Account.id == GroupMember.account_id)
        .where(GroupMember.group_id == group_id, GroupMember.is_facilitator)
        .where(GroupMember.left_at.is_(None), Account.standing == Standing.ACTIVE)
        .order_by(GroupMember.joined_at, GroupMember.id)
    )
    return list(await session.scalars(query))


async def present(session: AsyncSession, group_id: UUID) -> list[UUID]:
    """Return who is in a group, the longest first. Whoever is suspended or gone isn't."""
    query = (
        select(GroupMember.account_id)
        .join(Account, Account.id == GroupMember.account_id)
        .where(GroupMember.group_id == group_id, GroupMember.left_at.is_(None))
        .where(Account.standing == Standing.ACTIVE)
        .order_by(GroupMember.joined_at, GroupMember.id)
    )
    return list(await session.scalars(query))
