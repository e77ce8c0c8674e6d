"""Opening a group: its card is judged, its room made, and somebody asked to look after it.

Or started by one of its people, with nobody in charge: a name, a purpose and a time are enough.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core import ids
from core.errors import Invalid
from core.safety import Mode, Safety, Verdict
from core.sentences import say
from groups import cards, facilitators, members, wordings
from groups.cards import Card, Group
from groups.stays import GroupMember
from matching import presences
from matching.concerns import Said
from matching.profiles import UNSCREENED
from people import audit
from people.permissions import Act, Actor, require

# Two clicks on one button lie closer together than two groups of one name.
A_MOMENT: Final = timedelta(seconds=30)
A_MONTH: Final = timedelta(days=30)
# Enough to try something; a group needs people more than another group.
MOST_STARTED: Final = 3
NEEDED: Final = {
    "purpose": say("Please say what it is for, in a few words."),
    "meets": say("Please say when you meet, in a few words."),
}


async def open_group(
    session: AsyncSession,
    actor: Actor,
    card: Card,
    *,
    facilitator_id: UUID,
    now: datetime,
    safety_mode: Mode = Mode.STANDARD,
    verdict: Verdict = UNSCREENED,
    safety: Safety | None = None,
) -> Group:
    """Open a group with its room, and ask somebody else to look after it. A double click opens one.

    Raises:
        CardHeld, NamePoses: see `wordings`. Nothing was opened.
        Forbidden: the actor may not, or names themselves (promise 31).
        Invalid: a group can't begin as self-held (promise 23).
        NotFound: there is no account of the facilitator's id here.
    """
    require(actor, Act.OPEN_GROUP)
    await wordings.admit_card(session, card.name, verdict)
    if safety_mode is Mode.SELF_HELD:
        raise Invalid(say("A group can become self-held later, when its people decide so."))
    # Two clicks at once wait for each other here, so that the second finds what the first opened.
    await presences.hold(session, actor.account_id, now=now)
    if (just_opened := await _just_opened(session, card, facilitator_id, now=now)) is not None:
        return just_opened
    group = await _write(session, actor, card, safety_mode=safety_mode, now=now)
    await facilitators.name(session, actor, group.id, facilitator_id, now=now)
    return await _opened(session, actor, group, card, verdict=verdict, safety=safety, now=now)


async def start(
    session: AsyncSession,
    actor: Actor,
    card: Card,
    *,
    now: datetime,
    verdict: Verdict = UNSCREENED,
    safety: Safety | None = None,
) -> Group:
    """Start a group that is just us, and be the first in it. A double click starts one.

    Raises:
        CardHeld, NamePoses: see `wordings`. Nothing was started.
        Invalid: it has no purpose, or no time; or one has started some lately.
    """
    require(actor, Act.TAKE_PART)
    await wordings.admit_card(session, card.name, verdict)
    for name, said in (("purpose", card.purpose), ("meets", card.meets)):
        if not said.strip():
            raise Invalid(NEEDED[name], field=name)
    await presences.hold(session, actor.account_id, now=now)
    if (just_started := await _just_opened(session, card, actor.account_id, now=now)) is not None:
        return just_started
    if await _started_lately(session, actor, now=now) >= MOST_STARTED:
        raise Invalid(
            say("You've started some groups this month. Give them time to find their people."),
            field="name",
        )
    group = await _write(session, actor, card, safety_mode=Mode.STANDARD, now=now, is_just_us=True)
    await members.let_in(session, group, actor.account_id, now=now)
    return await _opened(session, actor, group, card, verdict=verdict, safety=safety, now=now)


async def _started_lately(session: AsyncSession, actor: Actor, *, now: datetime) -> int:
    """Count the groups of that kind in which the actor has been from its first moment."""
    query = (
        select(func.count())
        .select_from(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.account_id == actor.account_id, Group.is_just_us)
        .where(GroupMember.joined_at == Group.created_at, Group.created_at > now - A_MONTH)
    )
    return await session.scalar(query) or 0


async def _opened(
    session: AsyncSession,
    actor: Actor,
    group: Group,
    card: Card,
    *,
    verdict: Verdict,
    safety: Safety | None,
    now: datetime,
) -> Group:
    opened = await cards.by_id(session, group.id)
    await cards.push(session, opened, now=now)
    if safety is not None:
        said = Said(card.own_words, verdict, safety)
        await wordings.look_at(session, actor, said, group_id=group.id, now=now)
    return opened


async def _just_opened(
    session: AsyncSession, card: Card, first_id: UUID, *, now: datetime
) -> Group | None:
    """Return the group of this card and this first person that was opened a moment ago."""
    query = (
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.account_id == first_id)
        .where(GroupMember.is_facilitator | Group.is_just_us)
        .where(GroupMember.left_at.is_(None), Group.closed_at.is_(None))
        .where(Group.name == card.name, Group.created_at > now - A_MOMENT)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def _write(
    session: AsyncSession,
    actor: Actor,
    card: Card,
    *,
    safety_mode: Mode,
    now: datetime,
    is_just_us: bool = False,
) -> Group:
    group_id = ids.new_id()
    room = await rooms.open_group(session, group_id=group_id, safety_mode=safety_mode, now=now)
    group = Group(
        id=group_id,
        room_id=room.id,
        safety_mode=safety_mode,
        is_just_us=is_just_us,
        member_count=0,
        version=1,
        created_at=now,
        **await cards.in_own_words(session, card),
    )
    session.add(group)
    await session.flush()
    audit.record(
        session, kind="group_opened", actor_id=actor.account_id, subject_kind="group",
        subject_id=group.id, now=now,
    )  # fmt: skip
    return group
