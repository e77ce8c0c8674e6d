"""Being asked to leave a group by the team, and having that taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from groups import members
from groups.stays import GroupMember
from matching import answers
from matching.answers import Answer


async def part(session: AsyncSession, group_id: UUID, account_id: UUID, *, now: datetime) -> bool:
    """End somebody's stay as a facilitator's removal does; False when they weren't in."""
    left = await members.take_out(session, group_id, account_id, now=now, removed_at=now)
    if left is None:
        return False
    await answers.keep(session, account_id, group_id, Answer.KEPT_APART, now=now)
    if left.is_facilitator:
        await members.lay_down(session, account_id, group_id, stay_id=left.id, now=now)
    return True


async def forget(session: AsyncSession, group_id: UUID, account_id: UUID) -> None:
    """Let the door be for them as it is for anybody; what a facilitator decided stays."""
    await session.execute(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.account_id == account_id)
        .where(GroupMember.removed_by.is_(None))
        .values(removed_at=None)
    )
    await answers.release(session, account_id, group_id)
