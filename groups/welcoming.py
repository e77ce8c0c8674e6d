"""The group where everybody new is welcome: one to an organisation, named by an administrator.

Where people are few it stands first among the groups that somebody is offered (promise 36), so
that whoever comes when nobody else is about finds a door that is meant for them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Invalid
from core.sentences import say
from groups import cards
from groups.cards import Door, Group
from people import audit
from people.permissions import Act, Actor, require


async def name(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Let this be the group where everybody new is welcome, and no other. Idempotent.

    Raises:
        Invalid: nobody can come into it.
        NotFound: there is none of that id here, or it has ended.
    """
    require(actor, Act.OPEN_GROUP)
    # Two who name one at once wait for each other here: the second finds what the first did.
    await session.execute(select(Group.id).order_by(Group.id).with_for_update())
    group = await cards.by_id(session, group_id)
    if group.door is Door.CLOSED:
        raise Invalid(say("This group takes nobody in. Please choose another."), field="group")
    if group.is_welcome:
        return
    await _end_others(session, now=now)
    await _set(session, actor, group, is_welcome=True, now=now)


async def end(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Let it be a group like any other. Idempotent.

    Raises:
        NotFound: there is none of that id here, or it has ended.
    """
    require(actor, Act.OPEN_GROUP)
    group = await cards.by_id(session, group_id)
    if group.is_welcome:
        await _set(session, actor, group, is_welcome=False, now=now)


async def _end_others(session: AsyncSession, *, now: datetime) -> None:
    query = select(Group).where(Group.is_welcome).execution_options(populate_existing=True)
    for other in (await session.scalars(query)).all():
        other.is_welcome = False
        await session.flush()
        await cards.push(session, other, now=now)


async def _set(
    session: AsyncSession, actor: Actor, group: Group, *, is_welcome: bool, now: datetime
) -> None:
    group.is_welcome = is_welcome
    await session.flush()
    await cards.push(session, group, now=now)
    audit.record(
        session, kind="group_welcomes" if is_welcome else "group_welcome_ended",
        actor_id=actor.account_id, subject_kind="group", subject_id=group.id, now=now,
    )  # fmt: skip
