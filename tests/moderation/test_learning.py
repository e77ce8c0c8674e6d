"""What heads learn from decisions: carefully, and only where nothing is lost."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from core.safety import Category
from moderation import (
    authored,
    corrections,
    outcomes,
    retraining,
)
from moderation.decided import Decided
from moderation.heads import Broken, Heads
from tests.moderation.decisions_of_a_hall import (
    ABOVE,
    ADVERTISED,
    HEADS,
    SOLD_KINDLY,
    SPAM,
    after,
    correction,
    decisions,
    hall,
    words_of,
)

DISTRESS = Category.DISTRESS


def test_from_enough_decisions_it_learns_to_call_fewer_for_nothing() -> None:
    (told,) = hall().told
    assert told.outcome == outcomes.LEARNED
    assert told.alarms[1] < told.alarms[0], "of people it had not learned from"
    assert told.caught[1] >= (1 - outcomes.MOST_MISSED) * told.caught[0]
    taught = after()

    def alarms(heads: Heads) -> int:
        words = [words_of(text) for text in SOLD_KINDLY]
        return sum(heads.scores(one)[SPAM] > ABOVE[SPAM] for one in words)

    assert alarms(taught) < alarms(HEADS)


def test_nothing_of_any_way_of_speaking_that_is_kept_back_is_lost() -> None:
    taught = after()
    right: dict[str, Counter[bool]] = {}
    for one in authored.shipped():
        if one.is_kept_back:
            counts = right.setdefault(f"{one.about}/{one.kind}", Counter())
            for when, heads in ((False, HEADS), (True, taught)):
                guess = heads.scores(words_of(one.whole))[SPAM] > ABOVE[SPAM]
                counts[when] += guess == (SPAM in one.labels)
    assert [kind for kind, counts in right.items() if counts[True] < counts[False]] == []


def test_what_is_learned_about_one_category_leaves_the_others_as_they_were() -> None:
    taught = after()
    for text in (*SOLD_KINDLY, *ADVERTISED):
        before, now = (heads.scores(words_of(text)) for heads in (HEADS, taught))
        assert {one: now[one] for one in now if one is not SPAM} == {
            one: before[one] for one in before if one is not SPAM
        }


def test_it_knows_no_word_that_the_shipped_model_did_not_know() -> None:
    taught = after()
    assert taught.places is HEADS.places
    assert HEADS.outlines is not None
    assert taught.outlines is not None
    assert taught.outlines.places is HEADS.outlines.places
    assert int(correction().places.max()) < HEADS.size


def test_the_same_decisions_in_any_order_teach_the_same() -> None:
    turned = retraining.learn(HEADS, decisions()[::-1], ABOVE)
    assert turned.correction is not None
    assert np.array_equal(turned.correction.places, correction().places)
    assert np.allclose(turned.correction.added, correction().added, atol=1e-3)


@pytest.mark.parametrize(
    "found",
    [decisions()[:10], decisions()[: len(SOLD_KINDLY)], decisions(people=3), []],
    ids=["few", "one side alone", "three people", "none"],
)
def test_from_few_decisions_it_learns_nothing(found: list[Decided]) -> None:
    one = retraining.learn(HEADS, found, ABOVE)
    assert one.correction is None
    assert [told.outcome for told in one.told] == [outcomes.FEW]


def test_decisions_that_say_the_opposite_of_the_examples_are_not_taken() -> None:
    """Somebody who marks every advertisement as none can't teach it to let them through."""
    wrong = [replace(one, is_so=not one.is_so) for one in decisions()]
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
