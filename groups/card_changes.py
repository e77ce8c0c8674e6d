"""Putting another card up: over the version that was read, and never for fewer than are in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict
from core.safety import Safety, Verdict
from core.sentences import say
from groups import cards, keepers, wordings
from groups.cards import Card, ChangedElsewhere, Group, TooFewPlaces
from matching.concerns import Said
from matching.profiles import UNSCREENED
from people import audit
from people.permissions import Actor


async def change(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    card: Card,
    *,
    over_version: int,
    now: datetime,
    verdict: Verdict = UNSCREENED,
    safety: Safety | None = None,
) -> int:
    """Put a card in place of version `over_version`; return the new version.

    How safe the group is kept is no part of the card: only the group changes that, with notice.

    Raises:
        CardHeld, NamePoses: see `wordings`. Nothing was changed.
        ChangedElsewhere: somebody else saved one meanwhile. Nothing was changed.
        TooFewPlaces: fewer places than people. Nothing was changed.
    """
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    await wordings.admit_card(session, card.name, verdict)
    said = await cards.in_own_words(session, card)
    changed = await session.scalar(
        update(Group)
        .where(Group.id == group_id, Group.version == over_version)
        .where(Group.member_count + Group.held_count <= card.capacity)
        .values(version=Group.version + 1, **said)
        .returning(Group)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise await _why_not(session, group_id, over_version)
    audit.record(
        session, kind="group_card_changed", actor_id=actor.account_id, subject_kind="group",
        subject_id=group_id, now=now,
    )  # fmt: skip
    await cards.push(session, changed, now=now)
    if safety is not None:
        said_now = Said(card.own_words, verdict, safety)
        await wordings.look_at(session, actor, said_now, group_id=group_id, now=now)
    return changed.version


async def _why_not(session: AsyncSession, group_id: UUID, over_version: int) -> Conflict:
    group = await cards.by_id(session, group_id)
    if group.version != over_version:
        return ChangedElsewhere()
    count = group.member_count + group.held_count
    return TooFewPlaces(
        say(
            "There are %(count)s people in this group or promised a place: it can't be for fewer.",
            count=count,
        ),
        field="capacity",
    )
