"""Who is in a group. A group is never overfilled, however many come at once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import rooms
from core import encryption, ids
from core.errors import Conflict
from core.sentences import Sentence, say
from core.tables import ERASED, Base, Erased, Identified, Owned, Retention, field
from core.upserts import insert
from groups import cards, places
from groups.cards import Door, Group
from matching import answers
from matching.answers import Answer
from people import accounts, notices, roles
from people.accounts import Account
from people.notices import NoticeKind
from people.permissions import Act, Actor, Role, Standing, require

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
    if await here(session, group_id, actor.account_id) is not None:
        return group
    if group.door is not Door.OPEN or await was_removed(session, group_id, actor.account_id):
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
    await tell_facilitators(session, filled, words, about=account_id, but=account_id, now=now)
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
    if await facilitators(session, group_id):
        return
    group = await cards.by_id(session, group_id)
    words = say("Nobody looks after %(group)s now. Please ask somebody.", group=group.name)
    await _tell_administrators(session, group, words, once=f"group-alone:{stay_id}", now=now)
    here = select(GroupMember.account_id).where(GroupMember.group_id == group_id)
    said = say(
        "%(name)s doesn't look after %(group)s any more. The group goes on, and the people who run"
        " this place are asked to find somebody.",
        name=(await accounts.names(session, {account_id})).get(account_id, ""),
        group=group.name,
    )
    for member_id in (await session.scalars(here.where(GroupMember.left_at.is_(None)))).all():
        if member_id != account_id:
            await notices.send(
                session, account_id=member_id, kind=NoticeKind.GROUP, subject_id=group_id,
                words=said, dedupe_key=f"group-alone:{stay_id}:{member_id}:in", now=now,
            )  # fmt: skip


async def _tell_administrators(
    session: AsyncSession, group: Group, words: Sentence, *, once: str, now: datetime
) -> None:
    for administrator_id in await roles.holders(session, Role.ADMINISTRATOR):
        await notices.send(
            session, account_id=administrator_id, kind=NoticeKind.GROUP, subject_id=group.id,
            words=words, dedupe_key=f"{once}:{administrator_id}", now=now,
        )  # fmt: skip


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


async def tell_facilitators(
    session: AsyncSession,
    group: Group,
    words: Sentence,
    *,
    about: UUID,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """Tell those who look after a group of somebody at its door, once a day per person.

    Who comes and goes all day must not be able to keep them busy with it.
    """
    once = f"group-door:{group.id}:{about}:{now.date()}"
    leading = await facilitators(session, group.id)
    if not leading:
        words = say(
            "Somebody is at the door of %(group)s, and nobody looks after it now. Please ask"
            " somebody to, in Setting up.",
            group=group.name,
        )
        await _tell_administrators(session, group, words, once=once, now=now)
    for facilitator_id in leading:
        if facilitator_id != but:
            await notices.send(
                session, account_id=facilitator_id, kind=NoticeKind.GROUP, subject_id=group.id,
                words=words, dedupe_key=f"{once}:{facilitator_id}", now=now,
            )  # fmt: skip
