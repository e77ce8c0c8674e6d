"""What a case is now follows from its log alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.safety import Category, Tier
from moderation import fold
from moderation.fold import MOVES, Happening, Kind, State, Status, is_own_distress

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
MO, MAX = UUID(int=1), UUID(int=2)
RAISES = (Kind.OPENED, Kind.FLAGGED, Kind.REOPENED)


def at(minutes: int, kind: Kind, **more: object) -> Happening:
    return Happening(kind, START + timedelta(minutes=minutes), **more)


def after(*log: Happening) -> State:
    state = fold.fold(log)
    assert state is not None
    return state


happenings = st.builds(
    Happening,
    kind=st.sampled_from(Kind),
    at=st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes)),
    actor_id=st.sampled_from([MO, MAX]),
    tier=st.sampled_from(Tier),
    categories=st.frozensets(st.sampled_from(Category), max_size=3),
    is_appeal=st.booleans(),
)


def legal(wanted: list[Happening]) -> list[tuple[Happening, State]]:
    """The lines among `wanted` that are legal where they stand, with what comes of each."""
    state: State | None = None
    taken = []
    for happening in wanted:
        try:
            state = fold.step(state, happening)
        except Conflict:
            continue
        taken.append((happening, state))
    return taken


@given(st.lists(happenings, max_size=40))
def test_folding_the_log_gives_what_step_by_step_gave(wanted: list[Happening]) -> None:
    taken = legal(wanted)
    assert fold.fold(line for line, _ in taken) == (taken[-1][1] if taken else None)


@given(st.lists(happenings, max_size=40))
def test_within_one_opening_a_tier_never_falls_and_the_version_never_goes_back(
    wanted: list[Happening],
) -> None:
    for (_, before), (_, now) in pairwise(legal(wanted)):
        assert now.version >= before.version
        assert now.opening - before.opening in (0, 1)
        if now.opening == before.opening:
            assert now.tier.urgency >= before.tier.urgency
            assert now.categories >= before.categories


@given(st.lists(happenings, max_size=40))
def test_somebody_holds_a_case_exactly_while_it_is_claimed(wanted: list[Happening]) -> None:
    for _, state in legal(wanted):
        assert (state.holder_id is not None) == (state.status is Status.CLAIMED)
        assert state.tier is not Tier.NONE


@given(st.lists(happenings, max_size=40))
def test_whatever_is_raised_or_decided_changes_the_version(wanted: list[Happening]) -> None:
    for (_, before), (line, now) in pairwise(legal(wanted)):
        changes = line.kind in (*RAISES, Kind.DECIDED, Kind.UNDONE)
        assert (now.version > before.version) == changes


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_move_is_in_the_table_or_refused(status: Status, kind: Kind) -> None:
    ways: dict[Status, tuple[Happening, ...]] = {
        Status.OPEN: (),
        Status.CLAIMED: (at(1, Kind.CLAIMED, actor_id=MO),),
        Status.DECIDED: (at(1, Kind.DECIDED, actor_id=MO),),
    }
    state = after(at(0, Kind.OPENED), *ways[status])
    expected = MOVES[status].get(kind)
    if expected is None:
        with pytest.raises(Conflict):
            fold.step(state, at(2, kind, actor_id=MO))
    else:
        assert fold.step(state, at(2, kind, actor_id=MO)).status is expected


def test_a_log_begins_with_an_opening() -> None:
    assert fold.fold([]) is None
    with pytest.raises(Conflict):
        fold.fold([at(0, Kind.DECIDED, actor_id=MO)])


def test_only_the_holder_decides_or_lets_go() -> None:
    held = after(at(0, Kind.OPENED), at(1, Kind.CLAIMED, actor_id=MO))
    for kind in (Kind.DECIDED, Kind.RELEASED):
        with pytest.raises(Conflict):
            fold.step(held, at(2, kind, actor_id=MAX))
        assert fold.step(held, at(2, kind, actor_id=MO)).holder_id is None


def test_a_flood_does_not_move_the_clock_that_nobody_has_answered() -> None:
    flood = [at(minutes, Kind.FLAGGED, tier=Tier.NOW) for minutes in range(1, 30)]
    state = after(at(0, Kind.OPENED, tier=Tier.NOW), *flood)
    assert state.tier_since_at == START


def test_a_higher_tier_starts_its_own_clock_and_asks_for_a_new_look() -> None:
    state = after(
        at(0, Kind.OPENED, tier=Tier.ROUTINE),
        at(5, Kind.LOOKED, actor_id=MO),
        at(9, Kind.FLAGGED, tier=Tier.NOW),
    )
    assert state.tier is Tier.NOW
    assert state.tier_since_at == START + timedelta(minutes=9)
    assert state.first_look_at is None


def test_what_comes_in_after_everyone_has_gone_asks_for_a_new_look() -> None:
    looked = (at(0, Kind.OPENED, tier=Tier.SOON), at(5, Kind.LOOKED, actor_id=MO))
    more = at(9, Kind.FLAGGED, tier=Tier.ROUTINE)
    assert after(*looked, more).first_look_at is None
    held = after(*looked, at(6, Kind.CLAIMED, actor_id=MO), more)
    assert held.first_look_at == START + timedelta(minutes=5)


def test_a_case_opened_again_begins_with_the_new_concern_alone() -> None:
    state = after(
        at(0, Kind.OPENED, tier=Tier.NOW, categories=frozenset({Category.THREAT})),
        at(1, Kind.DECIDED, actor_id=MO),
        at(2, Kind.REOPENED, tier=Tier.ROUTINE, is_appeal=True),
    )
    assert (state.status, state.tier, state.categories) == (Status.OPEN, Tier.ROUTINE, frozenset())
    assert (state.opening, state.is_appealed, state.decided_by) == (2, True, MO)


@given(st.frozensets(st.sampled_from(Category)))
def test_distress_stays_distress_until_somebody_else_may_be_harmed(
    categories: frozenset[Category],
) -> None:
    harms = {"encouragement", "harassment", "hate", "threat", "sexual"}
    expected = Category.DISTRESS in categories and not harms & categories
    assert is_own_distress(categories) is expected
