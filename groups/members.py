"""Who is in a group. A group is never overfilled, however many come at once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core import ids
from core.errors import Conflict
from core.sentences import say
from core.upserts import insert
from groups import cards, places, stays, tidings
from groups.cards import Door, Group
from groups.stays import GroupMember
from matching import answers
from matching.answers import Answer
from people import accounts, roles
from people.permissions import Act, Actor, Role, require

OWN: Final = "account_id"
_HERE: Final = text("left_at IS NULL")


class GroupFull(Conflict):
    """Somebody took the last place."""

    code, title = "group_full", say("This group is full just now. It may have room again later.")


class AskFirst(Conflict):
    """One comes in by asking: a person decides."""

    code, title = "ask_first", say("Please ask the people who look after this group first.")


async def join(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> Group:
    """Come in by an open door; idempotent.

    Raises:
        AskFirst: the door isn't open, or a person has to decide about this account again.
        GroupFull: there is no place.
        NotFound: there is no such group here, or it has ended.
    """
    require(actor, Act.TAKE_PART)
    group = await cards.by_id(session, group_id)
    if await stays.here(session, group_id, actor.account_id) is not None:
        return group
    if group.door is not Door.OPEN or await stays.was_removed(session, group_id, actor.account_id):
        raise AskFirst
    return await let_in(session, group, actor.account_id, now=now)


async def let_in(
    session: AsyncSession,
    group: Group,
    account_id: UUID,
    *,
    now: datetime,
    is_facilitator: bool = False,
    is_held: bool = False,
) -> Group:
    """Add somebody without asking who may: a person, an invitation or the door has decided.

    Idempotent. With `is_held` it is the place that was held for them. Whoever is to look after
    the group doesn't wait behind others.

    Raises:
        GroupFull: there is no place. Nothing may be kept of this unit of work.
        NotFound: there is no such account here.
    """
    account = await accounts.by_id(session, account_id)
    row = insert(session, GroupMember).values(
        id=ids.new_id(),
        organisation_id=session.info["organisation_id"],
        group_id=group.id,
        account_id=account_id,
        is_facilitator=is_facilitator,
        joined_at=now,
    )
    stay_id = await session.scalar(row.on_conflict_do_nothing().returning(GroupMember.id))
    if stay_id is None:
        return group
    filled = await _fill(session, group.id, is_held=is_held, waits=not is_facilitator)
    if filled is None:
        raise GroupFull
    await rooms.add_member(session, room_id=filled.room_id, account_id=account_id, now=now)
    await answers.keep(session, account_id, filled.id, Answer.JOINED, now=now)
    if not filled.has_room:
        await cards.push(session, filled, now=now)
    words = say(
        "%(name)s has come to %(group)s.",
        name=account.name or say("Somebody"),
        group=filled.name,
    )
    await tidings.tell_keepers(session, filled, words, about=account_id, but=account_id, now=now)
    return filled


async def leave(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Go, without a reason; idempotent. Coming back is as free as coming was.

    When the last one who looks after the group goes, the administrators are told.
    """
    require(actor, Act.CHANGE_OWN)
    left = await take_out(session, group_id, actor.account_id, now=now)
    if left is None:
        return
    await answers.release(session, actor.account_id, group_id)
    await answers.keep(session, actor.account_id, group_id, Answer.NOT_NOW, now=now)
    if left.is_facilitator:
        await lay_down(session, actor.account_id, group_id, stay_id=left.id, now=now)


async def take_out(
    session: AsyncSession, group_id: UUID, account_id: UUID, *, now: datetime, **values: Any
) -> GroupMember | None:
    """End somebody's stay without asking who may; None when they were not in."""
    left = await session.scalar(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.account_id == account_id)
        .where(GroupMember.left_at.is_(None))
        .values(left_at=now, **values)
        .returning(GroupMember)
        .execution_options(populate_existing=True)
    )
    if left is None:
        return None
    freed = await _free(session, group_id)
    if freed is not None:
        await rooms.remove_member(session, room_id=freed.room_id, account_id=account_id, now=now)
        if freed.member_count == freed.capacity - 1:
            await cards.push(session, freed, now=now)
        await places.offer(session, group_id, now=now)
    return left


async def _fill(
    session: AsyncSession, group_id: UUID, *, is_held: bool, waits: bool
) -> Group | None:
    """Count one more; None when there is no place, or others have waited for it longer."""
    changed = update(Group).where(Group.id == group_id, Group.closed_at.is_(None))
    if not is_held:
        changed = changed.where(Group.member_count + Group.held_count < Group.capacity)
    if not is_held and waits:
        changed = changed.where(~places.is_waited_for(Group.id))
    group: Group | None = await session.scalar(
        changed.values(
            member_count=Group.member_count + 1, held_count=Group.held_count - int(is_held)
        )
        .returning(Group)
        .execution_options(populate_existing=True)
    )
    return group


async def _free(session: AsyncSession, group_id: UUID) -> Group | None:
    group: Group | None = await session.scalar(
        update(Group)
        .where(Group.id == group_id)
        .values(member_count=Group.member_count - 1)
        .returning(Group)
        .execution_options(populate_existing=True)
    )
    return group


async def lay_down(
    session: AsyncSession, account_id: UUID, group_id: UUID, *, stay_id: UUID, now: datetime
) -> None:
    """End the looking after of somebody who has gone or stepped back.

    The group goes on. When nobody looks after it any more, the administrators are asked to find
    somebody, and its people are told so.
    """
    await roles.end(
        session, account_id=account_id, role=Role.FACILITATOR, scope_id=group_id,
        by_id=account_id, now=now,
    )  # fmt: skip
    if await stays.facilitators(session, group_id):
        return
    group = await cards.by_id(session, group_id)
    words = say("Nobody looks after %(group)s now. Please ask somebody.", group=group.name)
    await tidings.tell_administrators(session, group, words, once=f"group-alone:{stay_id}", now=now)
    here = select(GroupMember.account_id).where(GroupMember.group_id == group_id)
    said = say(
        "%(name)s doesn't look after %(group)s any more. The group goes on, and the people who run"
        " this place are asked to find somebody.",
        name=(await accounts.names(session, {account_id})).get(account_id, ""),
        group=group.name,
    )
    for member_id in (await session.scalars(here.where(GroupMember.left_at.is_(None)))).all():
        if member_id != account_id:
            once = f"group-alone:{stay_id}:{member_id}:in"
            await tidings.tell(session, group_id, member_id, said, once=once, now=now)
