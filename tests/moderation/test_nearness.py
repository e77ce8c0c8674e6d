"""Long texts are searched only where a phrase's words stand near each other."""

from itertools import pairwise

from moderation import rulebooks
from moderation.nearness import REACH, Nearness
from tests.moderation import rule_samples

TEXT = "kill " + "walked " * 100 + "kill myself " + "walked " * 100 + "myself " + "walked " * 100
NEAR = Nearness(TEXT, frozenset({"kill", "myself"}))


def test_no_rule_can_match_more_than_the_reach_of_one_of_its_words() -> None:
    for rule in rulebooks.shipped().rules:
        for phrase in rule.phrases:
            longest = rule_samples.longest(rule_samples.parsed(phrase.pattern.compiled))
            assert longest < REACH, phrase.pattern.text


def test_a_stretch_is_searched_only_where_all_words_stand_near() -> None:
    both = TEXT.index("kill myself")
    ((start, end),) = NEAR.windows([frozenset({"kill", "myself"})])
    assert start <= both - REACH + len("kill ")
    assert start > 0
    assert both + REACH <= end < len(TEXT)


def test_stretches_of_several_sets_of_words_are_put_into_one_where_they_overlap() -> None:
    sets = [frozenset({"kill"}), frozenset({"kill", "myself"}), frozenset({"myself"})]
    spans = NEAR.windows(sets)
    assert spans == sorted(spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    for word in ("kill", "myself"):
        for start, end in NEAR.windows([frozenset({word})]):
            assert any(first <= start and end <= last for first, last in spans)


def test_words_that_stand_nowhere_give_nothing_to_search() -> None:
    assert NEAR.windows([frozenset({"kill", "bridge"})]) == []
    assert NEAR.windows([]) == []
