"""What those who look after a group keep up: its standing line, what it agreed, its ending.

An agreement that changed is a banner and never a locked door (promise 39): nobody has to accept
anything before they can say how they are.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.errors import Invalid
from core.safety import Safety, Verdict
from core.sentences import When, say
from groups import cards, keepers, tidings, wordings
from groups.cards import ChangedElsewhere, Group
from matching.concerns import Said
from people import audit
from people.permissions import Actor

LINE_CHARACTERS: Final = 300
# An ending that is planned: time to say goodbye, and to find another place to talk.
SOONEST_ENDING: Final = timedelta(days=7)
LATEST_ENDING: Final = timedelta(days=365)


async def announce(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    words: str,
    *,
    verdict: Verdict,
    safety: Safety,
    now: datetime,
) -> None:
    """Put up one standing line that everybody in the group sees; empty words take it down.

    Raises:
        CardHeld: see `wordings`. Nothing was changed.
        Invalid: it is more than a line.
    """
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    line = " ".join(words.split())
    if len(line) > LINE_CHARACTERS:
        raise Invalid(
            say("Please use at most %(most)s letters.", most=LINE_CHARACTERS), field="announcement"
        )
    wordings.admit(verdict)
    if line == group.announcement:
        return
    group.announcement = line
    _record(session, actor, "group_announced", group_id, now=now)
    said = Said(line, verdict, safety)
    await wordings.look_at(session, actor, said, group_id=group_id, now=now)


async def write_agreement(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    words: str,
    *,
    over_version: int,
    verdict: Verdict,
    safety: Safety,
    now: datetime,
) -> int:
    """Put an agreement in place of version `over_version`; everybody is told. Return the version.

    Raises:
        CardHeld: see `wordings`. Nothing was changed.
        ChangedElsewhere: somebody else wrote one meanwhile. Nothing was changed.
        Invalid: it is too long.
    """
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    if len(words) > limits.FIELD_CHARACTERS:
        most = limits.FIELD_CHARACTERS
        raise Invalid(say("Please use at most %(most)s letters.", most=most), field="agreement")
    wordings.admit(verdict)
    if words.strip() == group.agreement:
        return group.agreement_version
    version: int | None = await session.scalar(
        update(Group)
        .where(Group.id == group_id, Group.agreement_version == over_version)
        .values(agreement=words.strip(), agreement_version=Group.agreement_version + 1)
        .returning(Group.agreement_version)
    )
    if version is None:
        raise ChangedElsewhere
    _record(session, actor, "group_agreement_changed", group_id, now=now)
    said = Said(words, verdict, safety)
    await wordings.look_at(session, actor, said, group_id=group_id, now=now)
    told = say(
        "What %(group)s agreed has changed. It stands on the group's page, to read when you like.",
        group=group.name,
    )
    about = f"agreement:{version}"
    await tidings.tell_members(session, group, told, about=about, but=actor.account_id, now=now)
    return version


async def plan_ending(
    session: AsyncSession, actor: Actor, group_id: UUID, *, ends_at: datetime, now: datetime
) -> None:
    """Let a group end, a week from now at the earliest; everybody in it is told.

    Raises:
        Invalid: it is sooner, or further away than a year.
    """
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    if not now + SOONEST_ENDING <= ends_at <= now + LATEST_ENDING:
        raise Invalid(
            say("Please choose a day between a week and a year from now."), field="ending"
        )
    is_new = or_(Group.ends_at.is_(None), Group.ends_at != ends_at)
    planned = await session.scalar(
        update(Group)
        .where(Group.id == group_id, is_new)
        .values(ends_at=ends_at)
        .returning(Group.id)
    )
    if planned is None:
        return
    _record(session, actor, "group_ending_planned", group_id, now=now)
    words = say(
        "%(group)s is going to end on %(day)s. Until then all stays as it is; afterwards you can"
        " still read what was said, and there are other groups and people here.",
        group=group.name,
        day=When(ends_at, shape="date"),
    )
    about = f"ending:{ends_at.date()}:{now.date()}"
    await tidings.tell_members(session, group, words, about=about, but=actor.account_id, now=now)


async def call_off_ending(
    session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime
) -> None:
    """Let a group go on; idempotent."""
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    planned = await session.scalar(
        update(Group)
        .where(Group.id == group_id, Group.ends_at.is_not(None))
        .values(ends_at=None)
        .returning(Group.id)
    )
    if planned is None:
        return
    _record(session, actor, "group_ending_called_off", group_id, now=now)
    words = say("%(group)s goes on: it isn't going to end.", group=group.name)
    about = f"goes-on:{now.isoformat(timespec='minutes')}"
    await tidings.tell_members(session, group, words, about=about, but=actor.account_id, now=now)


def _record(
    session: AsyncSession, actor: Actor, kind: str, group_id: UUID, *, now: datetime
) -> None:
    audit.record(
        session, kind=kind, actor_id=actor.account_id, subject_kind="group", subject_id=group_id,
        now=now,
    )  # fmt: skip
