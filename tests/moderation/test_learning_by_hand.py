"""What was learned judges by a person's hand alone: proposed, watched beside, used, taken back."""

from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.errors import Conflict, Forbidden
from core.safety import Category, Context, House, Tier, Verdict
from moderation import (
    corrections,
    learned,
    learning,
    retraining,
    standings,
    tallies,
)
from moderation.desk import Desk
from moderation.documents import Screening
from moderation.screening import RulesScreening
from people import documents, organisations
from people.permissions import Actor, Role
from tests.moderation import factories
from tests.moderation.decisions_of_a_hall import (
    ABOVE,
    BUDGET,
    HEADS,
    SOLD_KINDLY,
    SPAM,
    after,
    correction,
    hall,
    words_of,
)
from tests.moderation.factories import World
from web.forms import Form
from web.paper_fields import screening_read

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
DISTRESS = Category.DISTRESS


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


@pytest.fixture
async def ada(here: World) -> Actor:
    held = (Role.ADMINISTRATOR,)
    person = await sign_up(here.database, here.organisation_id, "Ada", now=MORNING, roles_held=held)
    return person.actor


async def version(here: World) -> int:
    async with here.read() as session:
        return await documents.version(session, Screening)


async def propose(
    session: AsyncSession, ada: Actor, found: retraining.Learned, base: str = HEADS.digest
) -> None:
    known = await learned.newest(session)
    newest = known.id if known else None
    assert await learning.propose(session, ada, found, base=base, after=newest, now=MORNING)


async def step(here: World, ada: Actor, do: str) -> None:
    over = await version(here)
    async with here.work() as session:
        if do == "propose":
            await propose(session, ada, hall())
        elif do == "beside":
            await learning.put_beside(session, ada, HEADS, over_version=over, now=MORNING)
        elif do == "use":
            await learning.use(session, ada, HEADS, over_version=over, now=MORNING)
        else:
            await learning.step_back(session, ada, over_version=over, now=MORNING)


async def house(here: World, desk: Desk) -> House:
    async with here.read() as session:
        return await desk.house(session)


async def say_much(here: World, desk: Desk, *texts: str, times: int = 200) -> None:
    """Let texts be judged, and what is counted be stored."""
    context = Context(house=await house(here, desk))
    for at in range(times):
        desk.screen(texts[at % len(texts)], context)
    async with here.work() as session:
        await tallies.keep(session, desk.tally.take(here.organisation_id), now=MORNING)


async def test_from_a_proposal_to_its_use_and_one_step_back(here: World, ada: Actor) -> None:
    desk = Desk(RulesScreening(heads=HEADS))
    looks = Screening.model_validate(
        {"review": "", "looks": {"spam": BUDGET}, "watched": []}, strict=False
    )
    async with here.work() as session:
        await documents.change(session, ada, looks, over_version=0, now=MORNING)
    wrong = next(
        text for text in SOLD_KINDLY
        if HEADS.scores(words_of(text))[SPAM] > ABOVE[SPAM]
        and after().scores(words_of(text))[SPAM] < ABOVE[SPAM]
    )  # fmt: skip
    await step(here, ada, "propose")
    with pytest.raises(Conflict):
        await step(here, ada, "use")
    await step(here, ada, "beside")
    assert desk.screen(wrong, Context(house=await house(here, desk))).because, "only counted yet"
    with pytest.raises(Conflict, match="longer"):
        await step(here, ada, "use")
    await say_much(here, desk, wrong, "Tea at four, bring a chair.")
    async with here.read() as session:
        found = await standings.read(session, ada, HEADS, now=MORNING)
    (spam,) = [one for one in found.heads if one.about is SPAM]
    assert (spam.rate.looked, spam.beside.looked) == (101, 0)
    assert found.may_be_used
    await step(here, ada, "use")
    assert desk.screen(wrong, Context(house=await house(here, desk))) == Verdict()
    await step(here, ada, "back")
    assert desk.screen(wrong, Context(house=await house(here, desk))).because
    with pytest.raises(Conflict):
        await step(here, ada, "back")


@SQLITE_ONLY
async def test_what_would_call_people_more_often_than_was_set_cannot_be_used(
    here: World, ada: Actor
) -> None:
    louder = replace(correction(), added=-2 * correction().added)
    async with here.work() as session:
        found = retraining.Learned(louder, hall().told)
        await propose(session, ada, found)
    await step(here, ada, "beside")
    await say_much(here, Desk(RulesScreening(heads=HEADS)), *SOLD_KINDLY)
    with pytest.raises(Conflict, match="more often"):
        await step(here, ada, "use")


@SQLITE_ONLY
async def test_promise_1_whatever_was_learned_a_rule_still_brings_people(
    here: World, ada: Actor
) -> None:
    """No correction reaches the rules: not even one that makes a head blind."""
    desk = Desk(RulesScreening(heads=HEADS))
    places = np.arange(len(HEADS.places), dtype=np.int32)
    blind = corrections.Correction(
        HEADS.digest,
        (DISTRESS,),
        places,
        np.full((len(places), 1), -2.0, dtype=np.float32),
        np.zeros((len(HEADS.senses), 1), dtype=np.float32),
    )
    one_id = uuid4()
    desk.screening.guessing.learn(one_id, corrections.applied(HEADS, blind))
    for one in RulesScreening().rulebook.rules:
        if one.category is DISTRESS:
            for text in one.matches:
                verdict = desk.screen(text, Context(house=House(learned=one_id)))
                assert verdict.tier.urgency >= Tier.SOON.urgency, text


@SQLITE_ONLY
async def test_only_an_administrator_has_a_hand_in_it(here: World) -> None:
    for do in ("propose", "beside", "use", "back"):
        with pytest.raises(Forbidden):
            await step(here, here.mo, do)
    async with here.read() as session:
        with pytest.raises(Forbidden):
            await standings.read(session, here.mo, HEADS, now=MORNING)
        with pytest.raises(Forbidden):
            await learning.material(session, here.mo, now=MORNING)


@SQLITE_ONLY
async def test_what_one_organisation_learned_is_unknown_to_another(
    here: World, ada: Actor, database: Database
) -> None:
    await step(here, ada, "propose")
    async with database.unit_of_work(all_organisations=True) as session:
        cove = await organisations.create(session, slug="cove", name="Cove", now=MORNING)
    async with database.reading(cove.id) as session:
        assert await learned.newest(session) is None


@SQLITE_ONLY
async def test_a_correction_for_an_older_model_judges_nothing_and_is_said(
    here: World, ada: Actor
) -> None:
    async with here.work() as session:
        await propose(session, ada, hall(), base="older")
    with pytest.raises(Conflict):
        await step(here, ada, "beside")
    await step(here, ada, "propose")
    await step(here, ada, "beside")
    newer = Desk(RulesScreening(heads=replace(HEADS, digest="newer")))
    assert newer.screen("Tea?", Context(house=await house(here, newer))) == Verdict()


@SQLITE_ONLY
async def test_of_two_who_change_it_at_once_one_is_told(here: World, ada: Actor) -> None:
    await step(here, ada, "propose")
    over = await version(here)
    await step(here, ada, "beside")
    async with here.work() as session:
        with pytest.raises(Conflict):
            await learning.put_beside(session, ada, HEADS, over_version=over, now=MORNING)


@SQLITE_ONLY
async def test_a_second_click_keeps_nothing_twice(here: World, ada: Actor) -> None:
    async with here.work() as session:
        await propose(session, ada, hall())
    async with here.work() as session:
        again = {"base": HEADS.digest, "after": None, "now": MORNING}
        assert await learning.propose(session, ada, hall(), **again) is None


@SQLITE_ONLY
async def test_saving_the_numbers_keeps_what_is_in_use(here: World, ada: Actor) -> None:
    now = Screening(review="", looks={}, watched=(), learned=uuid4(), beside=uuid4())
    typed = Form([(f"looks_{one.value}", "1") for one in Category])
    saved = documents.check(Screening, screening_read(typed, now))
    assert (saved.learned, saved.beside) == (now.learned, now.beside)
