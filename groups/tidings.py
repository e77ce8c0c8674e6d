"""What people hear of a group: one of them, everybody in it, or those who keep it up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.sentences import Sentence, say
from groups import stays
from groups.cards import Group
from groups.stays import GroupMember
from people import notices, roles
from people.notices import NoticeKind
from people.permissions import Role


async def tell(
    session: AsyncSession,
    group_id: UUID,
    account_id: UUID,
    words: Sentence,
    *,
    once: str,
    now: datetime,
) -> None:
    """Tell somebody something about a group; of each `once`, one time."""
    await notices.send(
        session, account_id=account_id, kind=NoticeKind.GROUP, subject_id=group_id, words=words,
        dedupe_key=once, now=now,
    )  # fmt: skip


async def tell_members(
    session: AsyncSession,
    group: Group,
    words: Sentence,
    *,
    about: str,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """Tell everybody who is in a group, once about each thing."""
    query = select(GroupMember.account_id).where(GroupMember.group_id == group.id)
    for account_id in (await session.scalars(query.where(GroupMember.left_at.is_(None)))).all():
        if account_id != but:
            once = f"group-{about}:{group.id}:{account_id}"
            await tell(session, group.id, account_id, words, once=once, now=now)


async def tell_keepers(
    session: AsyncSession,
    group: Group,
    words: Sentence,
    *,
    about: UUID,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """Tell those who keep a group up of somebody at its door, once a day per person.

    Who comes and goes all day must not be able to keep them busy with it.
    """
    once = f"group-door:{group.id}:{about}:{now.date()}"
    leading = await (stays.present if group.is_just_us else stays.facilitators)(session, group.id)
    if not leading and not group.is_just_us:
        words = say(
            "Somebody is at the door of %(group)s, and nobody looks after it now. Please ask"
            " somebody to, in Setting up.",
            group=group.name,
        )
        await tell_administrators(session, group, words, once=once, now=now)
    for facilitator_id in leading:
        if facilitator_id != but:
            told = f"{once}:{facilitator_id}"
            await tell(session, group.id, facilitator_id, words, once=told, now=now)


async def tell_administrators(
    session: AsyncSession, group: Group, words: Sentence, *, once: str, now: datetime
) -> None:
    """Tell those who run the place something about a group."""
    for administrator_id in await roles.holders(session, Role.ADMINISTRATOR):
        told = f"{once}:{administrator_id}"
        await tell(session, group.id, administrator_id, words, once=told, now=now)
