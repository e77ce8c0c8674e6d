"""A long text is searched only near words, as far as a match of each pattern can reach."""

import random

import pytest

from moderation import normalise, rulebooks, widths
from moderation.nearness import REACH
from moderation.screening import RulesScreening
from tests.moderation import rule_samples

BOOK = rulebooks.shipped()
PHRASES = [phrase for rule in BOOK.rules for phrase in rule.phrases]


def test_no_match_is_longer_than_its_pattern_reaches() -> None:
    chance = random.Random(11)
    for phrase in PHRASES:
        tree = rule_samples.parsed(phrase.pattern.compiled)
        longest = max(len(rule_samples.sample(tree, chance)) for _ in range(20))
        assert longest <= phrase.pattern.reach <= REACH or longest > REACH, phrase.pattern.text


@pytest.mark.parametrize(
    ("pattern", "reach"),
    [
        (r"\bkill me\b", 7),
        (r"a{2,5}", 5),
        (r"(?:ab|cde)f?", 4),
        (r"die(?! of)(?<=die)", 9),
        (r"[a-z]\d.", 3),
        (r"x{0,9999}", REACH),
        (r"(?P<one>a)(?P=one)", REACH),
    ],
)
def test_a_pattern_reaches_as_far_as_it_looks(pattern: str, reach: int) -> None:
    assert widths.widest(pattern) == min(REACH, reach + widths.EDGES)


def test_without_a_reader_of_patterns_each_reaches_as_far_as_any() -> None:
    assert widths.widest("kill me", parser=None) == REACH


def test_whatever_stands_around_it_a_rule_holds_as_it_does_alone() -> None:
    """Every example, its first letter and its last right at other words, in a page of calm talk."""
    judge, page = RulesScreening(), "We had tea and i went home to my bed at nine. " * 30
    for rule in BOOK.rules:
        for example in rule.matches[:4]:
            text = f"{page}{example} {page}"
            alone = {
                hit.rule.id for hit in judge.rulebook.search(_read(f"so. {example} {page[:46]}"))
            }
            long = {hit.rule.id for hit in judge.rulebook.search(_read(text))}
            assert alone <= long, example


def _read(text: str) -> normalise.View:
    return normalise.canonical(text, BOOK.lexicon)
