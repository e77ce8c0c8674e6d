"""What screening learns from decisions: from whom, how carefully, and only by a person's hand."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from uuid import UUID, uuid4

import numpy as np
import pytest
from conftest import MORNING
from hypothesis import given
from hypothesis import strategies as st
from people_factories import sign_up
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import erasing
from core.database import Database
from core.errors import Conflict, Forbidden
from core.safety import Category, Context, House, Source, Tier, Verdict
from moderation import (
    actions,
    authored,
    corrections,
    counting,
    decided,
    drift,
    grams,
    learned,
    learning,
    lessons,
    outcomes,
    retraining,
    screening,
    standings,
    tallies,
)
from moderation.counting import Mark, Tally
from moderation.decided import Decided
from moderation.desk import Desk
from moderation.documents import Screening
from moderation.heads import Broken, Heads
from moderation.kinds import EffectKind, Step
from moderation.screening import RulesScreening
from people import consents, documents, erasures, organisations
from people.consents import Purpose
from people.permissions import Actor, Role
from tests.moderation import factories
from tests.moderation.decisions_of_a_hall import ADVERTISED, SOLD_KINDLY
from tests.moderation.factories import World, about, concern
from web.forms import Form
from web.paper_fields import screening_read

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
SPAM, DISTRESS = Category.SPAM, Category.DISTRESS
FOUND = screening.shipped().heads
assert FOUND is not None
HEADS: Heads = FOUND
ABOVE = {SPAM: HEADS.looks_at(SPAM, 5) or 1.0}


def of_the_hall(people: int = 40) -> list[Decided]:
    """The hall's decisions, each text by another of so many people."""
    texts = [(text, False) for text in SOLD_KINDLY] + [(text, True) for text in ADVERTISED]
    who = [uuid4() for _ in range(people)]
    return [
        Decided(text, who[at % people], frozenset({SPAM}), is_so)
        for at, (text, is_so) in enumerate(texts)
    ]


@cache
def hall() -> retraining.Learned:
    """What the hall's decisions teach; seconds, so once."""
    return retraining.learn(HEADS, of_the_hall(), ABOVE)


def correction() -> corrections.Correction:
    found = hall().correction
    assert found is not None
    return found


# What is learned


def test_from_enough_decisions_it_learns_to_call_fewer_for_nothing() -> None:
    (told,) = hall().told
    assert told.outcome == outcomes.LEARNED
    assert told.alarms[1] < told.alarms[0], "of people it had not learned from"
    assert told.caught[1] >= (1 - outcomes.MOST_MISSED) * told.caught[0]
    after = corrections.applied(HEADS, correction())

    def alarms(heads: Heads) -> int:
        words = [heads_words(text) for text in SOLD_KINDLY]
        return sum(heads.scores(one)[SPAM] > ABOVE[SPAM] for one in words)

    assert alarms(after) < alarms(HEADS)


def heads_words(text: str) -> list[str]:
    return grams.words(lessons.plain(text))


def test_nothing_of_any_way_of_speaking_that_is_kept_back_is_lost() -> None:
    after = corrections.applied(HEADS, correction())
    right: dict[str, Counter[bool]] = {}
    for one in authored.shipped():
        if one.is_kept_back:
            counts = right.setdefault(f"{one.about}/{one.kind}", Counter())
            for when, heads in ((False, HEADS), (True, after)):
                guess = heads.scores(heads_words(one.whole))[SPAM] > ABOVE[SPAM]
                counts[when] += guess == (SPAM in one.labels)
    assert [kind for kind, counts in right.items() if counts[True] < counts[False]] == []


def test_what_is_learned_about_one_category_leaves_the_others_as_they_were() -> None:
    after = corrections.applied(HEADS, correction())
    for text in (*SOLD_KINDLY, *ADVERTISED):
        before, now = (heads.scores(heads_words(text)) for heads in (HEADS, after))
        assert {one: now[one] for one in now if one is not SPAM} == {
            one: before[one] for one in before if one is not SPAM
        }


def test_it_knows_no_word_that_the_shipped_model_did_not_know() -> None:
    after = corrections.applied(HEADS, correction())
    assert after.places is HEADS.places
    assert int(correction().places.max()) < len(HEADS.places)


def test_the_same_decisions_in_any_order_teach_the_same() -> None:
    turned = retraining.learn(HEADS, of_the_hall()[::-1], ABOVE)
    assert turned.correction is not None
    assert np.array_equal(turned.correction.places, correction().places)
    assert np.allclose(turned.correction.added, correction().added, atol=1e-3)


@pytest.mark.parametrize(
    "found",
    [of_the_hall()[:10], of_the_hall()[: len(SOLD_KINDLY)], of_the_hall(people=3), []],
    ids=["few", "one side alone", "three people", "none"],
)
def test_from_few_decisions_it_learns_nothing(found: list[Decided]) -> None:
    one = retraining.learn(HEADS, found, ABOVE)
    assert one.correction is None
    assert [told.outcome for told in one.told] == [outcomes.FEW]


def test_decisions_that_say_the_opposite_of_the_examples_are_not_taken() -> None:
    """Somebody who marks every advertisement as none can't teach it to let them through."""
    wrong = [replace(one, is_so=not one.is_so) for one in of_the_hall()]
    one = retraining.learn(HEADS, wrong, ABOVE)
    assert one.correction is None
    assert one.told[0].outcome in (outcomes.NO_BETTER, outcomes.LOSES)


def test_a_correction_is_read_as_it_was_written_and_fits_one_model_alone() -> None:
    kept = corrections.written(correction())
    assert kept == corrections.written(correction())
    again = corrections.read(kept)
    assert (again.base, again.categories) == (HEADS.digest, (SPAM,))
    assert np.allclose(again.added, correction().added, atol=1e-2)
    assert len(kept) < 100_000
    with pytest.raises(Broken):
        corrections.applied(replace(HEADS, digest="another"), again)


def asked(so: bool, before: int, after: int, of: int) -> list[tuple[bool, bool, bool]]:
    """So many texts, of which so many are guessed before and after."""
    return [(so, at < before, at < after) for at in range(of)]


@pytest.mark.parametrize(
    ("about", "caught", "alarms", "outcome"),
    [
        (SPAM, (10, 10), (9, 7), outcomes.LEARNED),
        (SPAM, (10, 10), (9, 8), outcomes.NO_BETTER),
        (SPAM, (10, 11), (9, 9), outcomes.LEARNED),
        (SPAM, (10, 9), (9, 5), outcomes.LEARNED),
        (SPAM, (10, 9), (9, 6), outcomes.NO_BETTER),
        (SPAM, (10, 8), (9, 0), outcomes.NO_BETTER),
        (SPAM, (10, 12), (9, 12), outcomes.NO_BETTER),
        (DISTRESS, (20, 19), (9, 0), outcomes.NO_BETTER),
        (DISTRESS, (20, 20), (9, 7), outcomes.LEARNED),
    ],
)
def test_what_is_gained_is_weighed_against_what_is_missed(
    about: Category, caught: tuple[int, int], alarms: tuple[int, int], outcome: str
) -> None:
    told = outcomes.Told(about.value, 20, 20, outcomes.FEW)
    found = outcomes.judged(told, [asked(True, *caught, 20), asked(False, *alarms, 20)])
    assert (found.outcome, found.caught, found.alarms) == (outcome, caught, alarms)


# Whether people write otherwise

# How often each share came up, with enough of one to be counted at all.
SHARES = st.dictionaries(st.floats(0, 1), st.integers(1, 900), max_size=8).map(
    lambda found: found | {0.5: 500}
)


def counted(shares: dict[float, int]) -> Counter[Mark]:
    found = Counter[Mark]()
    for share, times in shares.items():
        found[Mark("shipped", SPAM, counting.place_of(share))] += times
    return found


@given(SHARES)
def test_the_same_shares_have_not_shifted(shares: dict[float, int]) -> None:
    found = drift.shift(counted(shares), counted(shares), "shipped", SPAM)
    assert found == pytest.approx(0)


@given(SHARES, SHARES)
def test_a_shift_is_never_below_nothing_and_the_same_both_ways(
    one: dict[float, int], other: dict[float, int]
) -> None:
    forth, back = (
        drift.shift(counted(a), counted(b), "shipped", SPAM)
        for a, b in ((one, other), (other, one))
    )
    assert forth is not None
    assert back is not None
    assert forth >= 0
    assert forth == pytest.approx(back)


def test_people_who_write_otherwise_are_noticed_and_few_texts_tell_nothing() -> None:
    calm, worse = counted({0.01: 900, 0.2: 100}), counted({0.01: 500, 0.9: 500})
    found = drift.shift(calm, worse, "shipped", SPAM)
    assert found is not None
    assert found > drift.MUCH
    assert drift.shift(calm, counted({0.9: 499}), "shipped", SPAM) is None
    assert drift.shift(calm, worse, "shipped", DISTRESS) is None


@given(st.floats(0, 1))
def test_every_share_has_a_place(share: float) -> None:
    assert 0 <= counting.place_of(share) < counting.BINS


# From whom


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


# By a person's hand


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
    after = known.id if known else None
    assert await learning.propose(session, ada, found, base=base, after=after, now=MORNING)


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
        {"review": "", "looks": {"spam": 5}, "watched": []}, strict=False
    )
    async with here.work() as session:
        await documents.change(session, ada, looks, over_version=0, now=MORNING)
    wrong = next(
        text for text in SOLD_KINDLY
        if HEADS.scores(heads_words(text))[SPAM] > ABOVE[SPAM]
        and _after().scores(heads_words(text))[SPAM] < ABOVE[SPAM]
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


def _after() -> Heads:
    return corrections.applied(HEADS, correction())


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


# What is counted


async def test_counts_of_a_day_add_up_and_old_days_go(here: World) -> None:
    mark = Mark("shipped", SPAM, 7)
    for at, times in ((MORNING, 2), (MORNING, 3), (MORNING + timedelta(days=1), 4)):
        async with here.work() as session:
            await tallies.keep(session, {mark: times}, now=at)
    day = MORNING.date()
    async with here.read() as session:
        assert await tallies.since(session, day, day) == {mark: 5}
        assert await tallies.since(session, day, day + timedelta(days=1)) == {mark: 9}
    async with here.work() as session:
        late = MORNING + tallies.KEPT + timedelta(days=1)
        await tallies.keep(session, {mark: 1}, now=late)
    async with here.read() as session:
        assert await tallies.since(session, date.min, late.date()) == {mark: 5}


def test_counts_that_could_not_be_stored_are_not_lost_and_taken_once() -> None:
    tally, one = Tally(), uuid4()
    tally.add(one, "shipped", {SPAM: 0.9}, [SPAM])
    counts = tally.take(one)
    assert tally.take(one) == {}
    tally.put_back(one, counts)
    assert tally.take(one) == {
        Mark("shipped", SPAM, counting.place_of(0.9)): 1,
        Mark("shipped", SPAM, counting.LOOKED): 1,
    }


def test_promise_11_where_distress_may_not_be_noticed_it_is_not_counted_either() -> None:
    judge, one = RulesScreening(heads=HEADS), uuid4()
    judge.screen("I am so low", Context(notices_distress=False, house=House(organisation_id=one)))
    counted = judge.guessing.tally.take(one)
    assert counted
    assert DISTRESS not in {mark.about for mark in counted}
