"""Whether people write otherwise than before: what is counted, and what a shift is."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from conftest import MORNING
from hypothesis import given
from hypothesis import strategies as st

from core.database import Database
from core.safety import Category, Context, House
from moderation import (
    counting,
    drift,
    tallies,
)
from moderation.counting import Mark, Tally
from moderation.screening import RulesScreening
from tests.moderation import factories
from tests.moderation.decisions_of_a_hall import (
    HEADS,
    SPAM,
)
from tests.moderation.factories import World

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
DISTRESS = Category.DISTRESS

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


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


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
