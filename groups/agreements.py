"""What a group agreed, as those in it read it: at leisure, and never before they can talk."""

from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from groups import cards
from groups.cards import Group
from groups.stays import GroupMember
from people.permissions import Act, Actor, require


async def accept(session: AsyncSession, actor: Actor, group_id: UUID, *, version: int) -> None:
    """Note that somebody has read and accepts what was agreed; idempotent, never goes back.

    Raises:
        NotFound: they are not in this group, or it has no such version.
    """
    require(actor, Act.CHANGE_OWN)
    group = await cards.by_id(session, group_id)
    mine = (GroupMember.group_id == group_id, GroupMember.account_id == actor.account_id)
    here = await session.scalar(select(GroupMember.id).where(*mine, GroupMember.left_at.is_(None)))
    if here is None or not 0 < version <= group.agreement_version:
        raise NotFound
    is_newer = or_(GroupMember.agreed_version.is_(None), GroupMember.agreed_version < version)
    await session.execute(
        update(GroupMember).where(GroupMember.id == here, is_newer).values(agreed_version=version)
    )


async def to_read(session: AsyncSession, actor: Actor, group_ids: set[UUID]) -> dict[UUID, Group]:
    """Return those of these groups whose agreement somebody in them has not accepted yet."""
    require(actor, Act.SEE_OWN)
    query = (
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.id.in_(group_ids), Group.agreement != "")
        .where(GroupMember.account_id == actor.account_id, GroupMember.left_at.is_(None))
        .where(
            or_(
                GroupMember.agreed_version.is_(None),
                GroupMember.agreed_version < Group.agreement_version,
            )
        )
    )
    return {group.id: group for group in await session.scalars(query)}
