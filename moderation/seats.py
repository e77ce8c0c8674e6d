"""The one place where moderation changes who is in a group."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.database import savepoint
from core.errors import NotFound
from core.sentences import say
from groups import cards, members, partings, stays
from groups.members import GroupFull
from people import accounts, notices
from people.notices import NoticeKind


async def take_out(
    session: AsyncSession, group_id: UUID, account_id: UUID, *, now: datetime
) -> None:
    """Let somebody be in a group no longer; they may ask to come back, and a person decides.

    Those who look after the group hear that the team decided, not why: they meet who asks again.
    """
    if not await partings.part(session, group_id, account_id, now=now):
        return
    with suppress(NotFound):
        group = await cards.by_id(session, group_id)
        names = await accounts.names(session, {account_id})
        told = say(
            "The team has asked %(name)s not to be in %(group)s. If they ask to come back, please"
            " talk with the team first.",
            name=names.get(account_id, say("somebody")),
            group=group.name,
        )
        for facilitator_id in await stays.facilitators(session, group_id):
            await notices.send(
                session, account_id=facilitator_id, kind=NoticeKind.GROUP, subject_id=group_id,
                words=told, now=now,
                dedupe_key=f"group-parted:{group_id}:{account_id}:{now}:{facilitator_id}",
            )  # fmt: skip


async def give_back(
    session: AsyncSession, group_id: UUID, account_id: UUID, *, now: datetime
) -> bool:
    """Give somebody their place back; False when it has gone to somebody else, or the group is."""
    await partings.forget(session, group_id, account_id)
    try:
        async with savepoint(session):
            group = await cards.by_id(session, group_id)
            await members.let_in(session, group, account_id, now=now)
    except (GroupFull, NotFound):
        return False
    return True
