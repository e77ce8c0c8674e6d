"""A burst by one person stands on one line; nothing in it is lost, lowered, or anybody else's."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up

from core.database import Database
from core.safety import Category, Subject, Tier
from moderation import actions, telling, triage
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason
from moderation.triage import Row
from people.permissions import Actor
from tests.moderation import factories
from tests.moderation.factories import World, about, concern, raised

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
NOTHING = [Step(EffectKind.NOTHING)]
GRAVE = (Reason.THREAT, Reason.HARM, Reason.SEXUAL, Reason.STALKING)


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def tell(
    here: World,
    actor: Actor,
    subject: Subject,
    *,
    reason: Reason = Reason.UNKIND,
    now: datetime = MORNING,
) -> None:
    async with here.work() as session:
        await telling.tell(session, actor, subject, "words", reason=reason, now=now)


async def rows(here: World, now: datetime = MORNING, tier: Tier | None = None) -> list[Row]:
    """Read the queue, three lines at a time."""
    found: list[Row] = []
    after = None
    while True:
        async with here.read() as session:
            page = await triage.queue(session, here.mo, now=now, after=after, tier=tier, limit=3)
        found += page.items
        if page.next is None:
            return found
        after = page.next


async def test_promise_20_fifty_messages_of_one_person_told_by_one_are_one_line(
    here: World,
) -> None:
    for minute in range(50):
        now = MORNING + timedelta(minutes=minute)
        await tell(here, here.ana, await factories.say(here, here.ben, "w", now=now), now=now)
    later = MORNING + timedelta(hours=1)
    (line,) = await rows(here, later)
    assert line.tier_since_at == MORNING, "the first keeps its place, and its clock"
    assert len({line.id, *line.more_ids}) == 50, "each is a case, and found from there"
    async with here.read() as session:
        page = await triage.queue(session, here.mo, now=later)
    assert page.counts == {Tier.ROUTINE: 50}, "what waits is counted whole"
    async with here.work() as session:
        await actions.decide(session, here.mo, line.id, version=1, steps=NOTHING, now=later)
    (line,) = await rows(here, later)
    assert len({line.id, *line.more_ids}) == 49


async def test_promise_20_what_somebody_else_or_we_noticed_stands_on_its_own(
    here: World, database: Database, organisation_id: UUID
) -> None:
    eve = (await sign_up(database, organisation_id, "Eve", now=MORNING)).actor
    mine, both, noticed, theirs = [about(here.ben) for _ in range(4)]
    for subject in (mine, both, noticed):
        await tell(here, here.ana, subject)
    for subject in (both, theirs):
        await tell(here, eve, subject)
    await raised(here, noticed, concern(MORNING, Category.SPAM, tier=Tier.ROUTINE))
    assert [line.more_ids for line in await rows(here)] == [()] * 4


async def test_a_worry_stands_in_front_of_no_complaint_and_behind_none(here: World) -> None:
    said = await factories.say(here, here.ben, "w", now=MORNING)
    await tell(here, here.ana, said, reason=Reason.WORRIED)
    await tell(here, here.ana, said)
    await tell(here, here.ana, about(here.ben), reason=Reason.HATE)
    assert [line.more_ids for line in await rows(here)] == [()] * 2


@pytest.mark.parametrize("reason", GRAVE)
async def test_promise_20_what_is_grave_stands_on_its_own_each_time(
    here: World, reason: Reason
) -> None:
    for _ in range(2):
        await tell(here, here.ana, about(here.ben), reason=reason)
    assert [line.more_ids for line in await rows(here)] == [()] * 2


async def test_promise_20_no_tier_is_lowered_by_standing_together(here: World) -> None:
    for reason in (Reason.UNKIND, Reason.HATE, Reason.DETAILS, Reason.SELLING):
        await tell(here, here.ana, about(here.ben), reason=reason)
    soon, routine = await rows(here)
    assert (soon.tier, len(soon.more_ids)) == (Tier.SOON, 1)
    assert (routine.tier, len(routine.more_ids)) == (Tier.ROUTINE, 1)
    assert [line.id for line in await rows(here, tier=Tier.ROUTINE)] == [routine.id]


async def test_one_person_about_another_or_on_another_day_begins_a_line(here: World) -> None:
    await tell(here, here.ana, about(here.ben))
    await tell(here, here.ana, about(here.max))
    await tell(here, here.ana, about())
    await tell(here, here.ana, about(here.ben), now=MORNING + timedelta(days=1))
    now = MORNING + timedelta(days=1)
    assert [line.more_ids for line in await rows(here, now)] == [()] * 4
