"""Whose decisions teach, and of whose words."""

from datetime import timedelta
from uuid import UUID

import pytest
from conftest import MORNING

from beenthere import erasing
from core.database import Database
from core.safety import Category, Source, Tier
from moderation import (
    actions,
    decided,
)
from moderation.desk import Desk
from moderation.kinds import EffectKind, Step
from moderation.screening import RulesScreening
from people import consents, erasures
from people.consents import Purpose
from people.permissions import Actor
from tests.moderation import factories
from tests.moderation.factories import World, about, concern

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
DISTRESS = Category.DISTRESS


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def settled(
    here: World,
    author: Actor,
    text: str,
    category: Category,
    *kinds: EffectKind,
    source: Source = Source.SCREENING,
) -> None:
    """One concern about a text, decided by Mo."""
    async with here.work() as session:
        desk = Desk(RulesScreening())
        what = concern(MORNING, category, tier=Tier.SOON, words=text, source=source)
        case_id = await desk.flag(session, about(author), what)
    async with here.work() as session:
        await actions.decide(
            session, here.mo, case_id, version=1, steps=[Step(kind) for kind in kinds],
            rule="kind", reason_words="A word about this.", now=MORNING,
        )  # fmt: skip


async def material(here: World) -> dict[str, bool]:
    async with here.read() as session:
        return {one.text: one.is_so for one in await decided.read(session, now=MORNING)}


@SQLITE_ONLY
async def test_only_what_people_said_of_a_text_teaches(here: World) -> None:
    await settled(here, here.ana, "warned", Category.HARASSMENT, EffectKind.WARN)
    await settled(here, here.ana, "written to", DISTRESS, EffectKind.REACHED_OUT)
    await settled(here, here.ana, "mistaken", Category.HATE, EffectKind.MISTAKEN)
    await settled(here, here.ben, "distress mistaken", DISTRESS, EffectKind.MISTAKEN)
    await settled(here, here.ana, "nothing needed", Category.HATE, EffectKind.NOTHING)
    await settled(here, here.max, "calm by now", DISTRESS, EffectKind.NOTHING)
    assert await material(here) == {
        "warned": True, "written to": True, "mistaken": False, "distress mistaken": False,
    }  # fmt: skip


@SQLITE_ONLY
async def test_what_is_still_open_is_old_or_of_somebody_gone_teaches_nothing(here: World) -> None:
    await settled(here, here.ana, "gone", Category.HATE, EffectKind.WARN)
    await settled(here, here.ben, "stays", Category.HATE, EffectKind.WARN)
    async with here.work() as session:
        desk = Desk(RulesScreening())
        await desk.flag(session, about(here.ben), concern(MORNING, Category.HATE, words="open"))
    async with here.work() as session:
        await erasures.ask(session, here.ana, keeps=(), now=MORNING)
    async with here.work() as session:
        await erasing.erase_due(session, now=MORNING + timedelta(days=30))
    assert await material(here) == {"stays": True}
    async with here.read() as session:
        later = MORNING + decided.WITHIN + timedelta(days=1)
        assert await decided.read(session, now=later) == []


@SQLITE_ONLY
async def test_promise_11_who_withdrew_noticing_teaches_nothing_about_distress(
    here: World,
) -> None:
    await settled(here, here.ana, "hers", DISTRESS, EffectKind.REACHED_OUT, source=Source.MEMBER)
    await settled(here, here.ana, "harm", Category.HATE, EffectKind.WARN)
    assert await material(here) == {"hers": True, "harm": True}
    async with here.work() as session:
        await consents.change(
            session, here.ana, Purpose.NOTICE_DISTRESS, is_given=False, now=MORNING
        )
    assert await material(here) == {"harm": True}


@SQLITE_ONLY
async def test_it_was_mistaken_goes_with_nothing_else(here: World) -> None:
    with pytest.raises(actions.rulings.NotOnOffer):
        await settled(here, here.ana, "x", Category.HATE, EffectKind.MISTAKEN, EffectKind.WARN)


@SQLITE_ONLY
async def test_that_screening_was_mistaken_can_only_be_said_of_screening(here: World) -> None:
    with pytest.raises(actions.rulings.NotOnOffer):
        await settled(here, here.ana, "x", Category.HATE, EffectKind.MISTAKEN, source=Source.MEMBER)
