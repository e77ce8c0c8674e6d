"""A group ends on the day that was told, and never on somebody who is in distress (promise 39)."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from chat.help_cards import HelpCard
from core.sentences import say
from groups import tidings
from groups.cards import Group
from groups.places import UNSETTLED, JoinRequest, State
from groups.stays import GroupMember
from matching import candidates
from people import roles
from people.permissions import Role

# Help was shown to somebody in it within this time: the group stays, and tries again after it.
A_QUIET_TIME: Final = timedelta(hours=24)


async def end_due(session: AsyncSession, *, now: datetime) -> None:
    """End what was to end by now; swept by upkeep. Idempotent."""
    # Where nobody in particular looks after a group, it ends when nobody is left.
    is_left = Group.is_just_us & (Group.member_count == 0)
    due = select(Group).where(Group.closed_at.is_(None), (Group.ends_at <= now) | is_left)
    for group in (await session.scalars(due)).all():
        if await _is_somebody_in_distress(session, group, now=now):
            later = now + A_QUIET_TIME
            await session.execute(update(Group).where(Group.id == group.id).values(ends_at=later))
        else:
            await _end(session, group, now=now)


async def _is_somebody_in_distress(session: AsyncSession, group: Group, *, now: datetime) -> bool:
    here = exists().where(
        GroupMember.group_id == group.id,
        GroupMember.account_id == HelpCard.account_id,
        GroupMember.left_at.is_(None),
    )
    query = select(HelpCard.account_id).where(HelpCard.shown_at > now - A_QUIET_TIME, here)
    return await session.scalar(query.limit(1)) is not None


async def _end(session: AsyncSession, group: Group, *, now: datetime) -> None:
    ended = await session.scalar(
        update(Group)
        .where(Group.id == group.id, Group.closed_at.is_(None))
        .values(closed_at=now, held_count=0, is_welcome=False)
        .returning(Group.id)
    )
    if ended is None:
        return
    await rooms.close(session, room_id=group.room_id, now=now)
    await candidates.remove(session, group.id, now=now)
    await _answer_who_waits(session, group, now=now)
    leading = select(GroupMember.account_id).where(
        GroupMember.group_id == group.id, GroupMember.is_facilitator, GroupMember.left_at.is_(None)
    )
    for account_id in (await session.scalars(leading)).all():
        await roles.end(
            session, account_id=account_id, role=Role.FACILITATOR, scope_id=group.id, now=now
        )
    words = say(
        "%(group)s has ended, as planned. What was said stays in your talks to read. Other groups"
        " and people are here for you.",
        group=group.name,
    )
    await tidings.tell_members(session, group, words, about="ended", now=now)


async def _answer_who_waits(session: AsyncSession, group: Group, *, now: datetime) -> None:
    waited = await session.scalars(
        update(JoinRequest)
        .where(JoinRequest.group_id == group.id, JoinRequest.state.in_(UNSETTLED))
        .values(state=State.NOT_NOW, answered_at=now)
        .returning(JoinRequest)
    )
    for request in waited.all():
        words = say(
            "%(group)s has ended, so there won't be a place in it. Other groups are here for you.",
            group=group.name,
        )
        once = f"join-request:{request.id}:ended"
        await tidings.tell(session, group.id, request.account_id, words, once=once, now=now)
