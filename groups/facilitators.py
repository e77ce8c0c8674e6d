"""Who looks after a group, and what they may do. Each is a person's own decision.

Nothing here is ever done by software, least of all to somebody in distress.
"""

import math
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import mutes
from chat.mutes import By
from core import limits
from core.errors import Forbidden, Invalid, NotFound
from core.sentences import Sentence, say, say_many
from groups import cards, members, rosters, stays, tidings
from groups.cards import Group
from groups.stays import GroupMember
from matching import answers
from matching.answers import Answer
from people import audit, roles
from people.permissions import Act, Actor, Role, require

# A quiet moment, not a sanction: what should last longer is a moderator's to decide.
LONGEST_MUTE: Final = timedelta(days=7)
HOUR: Final = timedelta(hours=1)


async def name(
    session: AsyncSession, actor: Actor, group_id: UUID, account_id: UUID, *, now: datetime
) -> None:
    """Ask somebody else to look after a group, alone or with others; idempotent.

    Raises:
        Forbidden: the actor may not, or names themselves.
        GroupFull: they are not in the group, and it has no place.
        Invalid: it is a group that is just us.
        NotFound: there is no such account or group here.
    """
    require(actor, Act.OPEN_GROUP)
    if account_id == actor.account_id:
        raise Forbidden(say("Nobody can give themselves a role. Please ask another administrator."))
    group = await cards.by_id(session, group_id)
    if group.is_just_us:
        raise Invalid(say("Nobody in particular looks after this group: its people do."))
    await members.let_in(session, group, account_id, now=now, is_facilitator=True)
    await _mark(session, group_id, account_id)
    is_new = await roles.grant(
        session, account_id=account_id, role=Role.FACILITATOR, scope_id=group_id,
        by_id=actor.account_id, now=now,
    )  # fmt: skip
    if not is_new:
        return
    words = say("You look after %(group)s now. Thank you.", group=group.name)
    once = f"group-facilitator:{group_id}:{account_id}:{now.isoformat()}"
    await tidings.tell(session, group_id, account_id, words, once=once, now=now)


async def share(
    session: AsyncSession, actor: Actor, group_id: UUID, account_id: UUID, *, now: datetime
) -> None:
    """Ask somebody in the group to look after it too, with the same powers; idempotent.

    Raises:
        Forbidden: the actor doesn't look after it.
        NotFound: they are not in this group.
    """
    group = await cards.by_id(session, group_id)
    require(actor, Act.LEAD_GROUP, group)
    if await stays.here(session, group_id, account_id) is None:
        raise NotFound
    await _mark(session, group_id, account_id)
    is_new = await roles.grant(
        session, account_id=account_id, role=Role.FACILITATOR, scope_id=group_id,
        by_id=actor.account_id, now=now,
    )  # fmt: skip
    if not is_new:
        return
    words = say(
        "%(name)s asks you to look after %(group)s together. You can do all that they can. If it"
        " isn't for you, the group's page lets you step back, without a reason.",
        name=actor.name,
        group=group.name,
    )
    about = f"shared:{account_id}:{now.isoformat()}"
    await _tell(session, group, account_id, words, about=about, now=now)


async def step_back(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Look after a group no longer, and stay in it; without a reason, idempotent."""
    require(actor, Act.CHANGE_OWN)
    # Counted one after another: of two who step back at once, the second knows of the first.
    await session.execute(
        update(Group).where(Group.id == group_id).values(member_count=Group.member_count)
    )
    stay_id = await session.scalar(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.account_id == actor.account_id)
        .where(GroupMember.left_at.is_(None), GroupMember.is_facilitator)
        .values(is_facilitator=False)
        .returning(GroupMember.id)
    )
    if stay_id is not None:
        await members.lay_down(session, actor.account_id, group_id, stay_id=stay_id, now=now)


async def _mark(session: AsyncSession, group_id: UUID, account_id: UUID) -> None:
    await session.execute(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.account_id == account_id)
        .where(GroupMember.left_at.is_(None))
        .values(is_facilitator=True)
    )


async def remove(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    account_id: UUID,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Let somebody go, with a reason they are told; idempotent.

    They may ask to come in again; then a person decides, and the open door doesn't.

    Raises:
        Forbidden: it is oneself, or somebody who looks after the group too.
        Invalid: there is no reason, or it is too long.
        NotFound: they never were in this group.
    """
    group = await led(session, actor, group_id, account_id, reason=reason)
    left = await members.take_out(
        session, group_id, account_id, now=now, removed_at=now, removed_by=actor.account_id
    )
    if left is None:
        return
    left.reason = reason
    await answers.keep(session, account_id, group_id, Answer.KEPT_APART, now=now)
    words = say(
        "You're not in %(group)s any more. %(name)s, who looks after it, wrote: “%(reason)s” The"
        " rest of Been There is as open to you as before, and you can ask for somebody else to"
        " look at this.",
        group=group.name,
        name=actor.name,
        reason=reason,
    )
    await _tell(session, group, account_id, words, about=f"removed:{left.id}", now=now)
    _record(session, actor, "group_member_removed", account_id, now=now)


async def mute(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    account_id: UUID,
    *,
    reason: str,
    until: datetime,
    now: datetime,
) -> None:
    """Let somebody read and not write in the group's room, with a reason they are told.

    What they write in distress still reaches a person: that is the room's own rule.

    Raises:
        Forbidden: it is oneself, or somebody who looks after the group too.
        Invalid: no reason, too long a reason, or not within a week from now.
        NotFound: they are not in this group.
    """
    group = await led(session, actor, group_id, account_id, reason=reason)
    if not now < until <= now + LONGEST_MUTE:
        raise Invalid(say("Please choose a time within a week from now."), field="until")
    is_here = await mutes.mute(
        session, room_id=group.room_id, account_id=account_id, until=until, by=By.FACILITATOR
    )
    if not is_here:
        raise NotFound
    hours = math.ceil((until - now) / HOUR)
    words = say_many(
        "For %(count)s hour you can read in %(group)s but not write. %(name)s, who looks after"
        " it, wrote: “%(reason)s” You can ask somebody else to look at this.",
        "For %(count)s hours you can read in %(group)s but not write. %(name)s, who looks after"
        " it, wrote: “%(reason)s” You can ask somebody else to look at this.",
        count=hours,
        group=group.name,
        name=actor.name,
        reason=reason,
    )
    # The second half of a double click tells nobody again.
    about = f"muted:{group_id}:{account_id}:{until.isoformat(timespec='minutes')}"
    await _tell(session, group, account_id, words, about=about, now=now)
    _record(session, actor, "group_member_muted", account_id, now=now)


async def unmute(
    session: AsyncSession, actor: Actor, group_id: UUID, account_id: UUID, *, now: datetime
) -> None:
    """Let somebody write again, unless a moderator decided otherwise; idempotent.

    Raises:
        NotFound: they are not in this group.
    """
    group = await cards.by_id(session, group_id)
    require(actor, Act.LEAD_GROUP, group)
    is_here = await mutes.unmute(
        session, room_id=group.room_id, account_id=account_id, by=By.FACILITATOR
    )
    if not is_here:
        raise NotFound
    _record(session, actor, "group_member_unmuted", account_id, now=now)


async def led(
    session: AsyncSession, actor: Actor, group_id: UUID, account_id: UUID, *, reason: str
) -> Group:
    """Return the group, whose facilitator may do something about this account for this reason.

    Raises:
        Forbidden, Invalid, NotFound: as `remove`.
    """
    group = await cards.by_id(session, group_id)
    require(actor, Act.LEAD_GROUP, group)
    if account_id == actor.account_id:
        raise Forbidden(say("This can't be done to oneself."))
    stay = await stays.here(session, group_id, account_id)
    if stay is not None and stay.is_facilitator:
        raise Forbidden(say("They look after this group too: please ask an administrator."))
    if not reason.strip():
        raise Invalid(say("Please write a reason. They will read it."), field="reason")
    if len(reason) > limits.FIELD_CHARACTERS:
        raise Invalid(
            say("Please use at most %(most)s letters.", most=limits.FIELD_CHARACTERS),
            field="reason",
        )
    if not await rosters.ever(session, group_id, account_id):
        raise NotFound
    return group


async def _tell(
    session: AsyncSession,
    group: Group,
    account_id: UUID,
    words: Sentence,
    *,
    about: str,
    now: datetime,
) -> None:
    await tidings.tell(session, group.id, account_id, words, once=f"group-{about}", now=now)


def _record(
    session: AsyncSession, actor: Actor, kind: str, subject_id: UUID, *, now: datetime
) -> None:
    audit.record(
        session, kind=kind, actor_id=actor.account_id, subject_kind="account",
        subject_id=subject_id, now=now,
    )  # fmt: skip
