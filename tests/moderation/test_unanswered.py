"""Promise 8: whoever waits for a person, and nobody looks, hears it by itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from conftest import MORNING

from core.database import Database
from core.safety import Category, Tier
from moderation import actions, case_pages, telling
from moderation.helping import UNANSWERED_AFTER
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason
from people import notices
from people.notices import Notice
from people.permissions import Actor
from tests.moderation import factories
from tests.moderation.factories import REASON, World, concern, raised

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
THREE_AT_NIGHT = datetime(2026, 3, 3, 3, tzinfo=UTC)


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def desperate(here: World, *, now: datetime, tier: Tier = Tier.NOW) -> UUID:
    subject = await factories.say(here, here.ana, f"tonight {now}", now=now)
    words = concern(now, Category.DISTRESS, tier=tier, words=f"tonight {now}")
    return await raised(here, subject, words)


async def told(here: World, actor: Actor, *, now: datetime) -> list[Notice]:
    async with here.read() as session:
        return await notices.unread(session, actor, now=now)


async def look(here: World, case_id: UUID, *, now: datetime) -> None:
    async with here.work() as session:
        await case_pages.open_case(session, here.mo, case_id, reason=REASON, now=now)


async def test_when_nobody_looks_in_ten_minutes_the_member_is_told_by_itself(here: World) -> None:
    await desperate(here, now=MORNING)
    due_at = MORNING + UNANSWERED_AFTER
    assert await told(here, here.ana, now=due_at - timedelta(seconds=1)) == []
    (notice,) = await told(here, here.ana, now=due_at)
    said = notice.words or ""
    assert "nobody has answered yet" in said
    assert "Please don't wait for us." in said
    assert "Samaritans" in said, "with a line that answers"
    assert await told(here, here.ben, now=due_at) == []
    assert notice.subject_id == here.room_id, "it is told in the talk itself, too"


async def test_thirty_lines_that_nobody_looks_at_are_told_once(here: World) -> None:
    for minute in range(30):
        await desperate(here, now=MORNING + timedelta(minutes=minute))
    assert len(await told(here, here.ana, now=MORNING + timedelta(hours=2))) == 1


async def test_when_somebody_has_looked_nothing_of_the_kind_is_told(here: World) -> None:
    case_id = await desperate(here, now=MORNING)
    await look(here, case_id, now=MORNING + timedelta(minutes=9))
    assert await told(here, here.ana, now=MORNING + timedelta(hours=2)) == []


async def test_what_was_told_already_stays_when_somebody_looks_after_all(here: World) -> None:
    case_id = await desperate(here, now=MORNING)
    await look(here, case_id, now=MORNING + timedelta(minutes=11))
    assert len(await told(here, here.ana, now=MORNING + timedelta(hours=2))) == 1


async def test_a_decision_without_a_look_takes_it_back_too(here: World) -> None:
    case_id = await desperate(here, now=MORNING)
    async with here.work() as session:
        nothing = [Step(EffectKind.NOTHING)]
        await actions.decide(session, here.mo, case_id, version=1, steps=nothing, now=MORNING)
    assert await told(here, here.ana, now=MORNING + timedelta(hours=2)) == []


async def test_more_after_a_look_is_a_wait_of_its_own(here: World) -> None:
    case_id = await desperate(here, now=MORNING)
    await look(here, case_id, now=MORNING + timedelta(minutes=1))
    await desperate(here, now=MORNING + timedelta(minutes=30))
    assert await told(here, here.ana, now=MORNING + timedelta(minutes=39)) == []
    assert len(await told(here, here.ana, now=MORNING + timedelta(minutes=40))) == 1


async def test_whoever_was_worried_waits_too_and_is_told(here: World) -> None:
    subject = await factories.say(here, here.ben, "good night all", now=MORNING)
    async with here.work() as session:
        await telling.tell(session, here.ana, subject, "w", reason=Reason.WORRIED, now=MORNING)
    (notice,) = await told(here, here.ana, now=MORNING + UNANSWERED_AFTER)
    assert "nobody has answered yet" in (notice.words or "")
    assert await told(here, here.ben, now=MORNING + UNANSWERED_AFTER) == [], "not about them"


async def test_at_night_nobody_is_said_to_have_been_asked_a_moment_ago(here: World) -> None:
    """An empty rota is told at once, where one types and on the card; not again, not as a wait."""
    await desperate(here, now=THREE_AT_NIGHT)
    assert await told(here, here.ana, now=THREE_AT_NIGHT + timedelta(hours=1)) == []


async def test_when_the_shift_ends_in_those_ten_minutes_it_says_when_somebody_is_back(
    here: World,
) -> None:
    five_to_nine = datetime(2026, 3, 3, 20, 55, tzinfo=UTC)
    await desperate(here, now=five_to_nine)
    (notice,) = await told(here, here.ana, now=five_to_nine + UNANSWERED_AFTER)
    assert "Nobody is here until" in (notice.words or "")


@pytest.mark.parametrize("tier", [Tier.SOON, Tier.ROUTINE])
async def test_what_is_not_for_now_makes_nobody_wait_for_minutes(here: World, tier: Tier) -> None:
    await desperate(here, now=MORNING, tier=tier)
    assert await told(here, here.ana, now=MORNING + timedelta(hours=2)) == []
