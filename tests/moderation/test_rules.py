"""Every rule against its own examples, against ordinary talk, and against its own patterns."""

import random
import re
import time
import tomllib
from importlib import resources

import pytest

from core.errors import Invalid
from core.safety import Category, Context, Verdict
from moderation import normalise, rulebooks
from moderation.normalise import View
from moderation.rules import Effect, Guard, Rule
from moderation.screening import RulesScreening
from tests.moderation import rule_samples

SCREENING = RulesScreening()
BOOK = SCREENING.rulebook
ANYWHERE = Context()

MATCHES = [(rule, example) for rule in BOOK.rules for example in rule.matches]


def holds(rule: Rule, text: str) -> bool:
    return any(hit.rule is rule for hit in SCREENING.hits(text, ANYWHERE))


# A test a rule, not one for each of thousands of lines: what fails is named in it.
each_rule = pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)


@each_rule
def test_a_rule_holds_in_its_examples(rule: Rule) -> None:
    assert [example for example in rule.matches if not holds(rule, example)] == []


@each_rule
def test_a_rule_leaves_its_counterexamples_alone(rule: Rule) -> None:
    assert [example for example in rule.passes if holds(rule, example)] == []


@each_rule
def test_a_counterexample_hits_nothing_else_unless_it_is_a_detail(rule: Rule) -> None:
    hit = {example: SCREENING.screen(example, ANYWHERE).because for example in rule.passes}
    is_detail = rule.recogniser is not None
    wrong = {
        example: lines
        for example, lines in hit.items()
        if lines and not (is_detail and all(line.startswith("contact: ") for line in lines))
    }
    assert wrong == {}


def test_ordinary_peer_support_goes_through_untouched() -> None:
    said = {line: SCREENING.screen(line, ANYWHERE) for line in rulebooks.ordinary_talk()}
    assert {line: verdict for line, verdict in said.items() if verdict != Verdict()} == {}


def test_a_page_of_ordinary_talk_goes_through_untouched() -> None:
    page = "\n".join(rulebooks.ordinary_talk())
    assert SCREENING.screen(page, ANYWHERE) == Verdict()


def test_every_category_has_rules() -> None:
    assert {rule.category for rule in BOOK.rules} == set(Category)


@each_rule
def test_a_rule_carries_enough_examples_and_a_reason(rule: Rule) -> None:
    assert len(rule.matches) >= 6
    assert len(rule.passes) >= 6
    assert len(set(rule.matches)) == len(rule.matches)
    assert rule.because
    assert not rule.because.endswith(".")
    assert rule.id.startswith(rule.category.value)


def test_distress_rules_carry_a_dozen_examples_of_each_side() -> None:
    few = {
        rule.id
        for rule in BOOK.rules
        if rule.effect is Effect.HELP and min(len(rule.matches), len(rule.passes)) < 12
    }
    # One place-bound form of a family that has a dozen.
    assert few == {"distress.no-wish-to-be-here"}


def test_only_distress_brings_help_and_only_harm_to_others_is_folded() -> None:
    for rule in BOOK.rules:
        assert (rule.effect is Effect.HELP) == (rule.category is Category.DISTRESS)
        assert not (rule.is_floor and rule.effect is not Effect.FOLD)


@each_rule
def test_the_words_of_a_pattern_stand_in_whatever_it_matches(rule: Rule) -> None:
    chance = random.Random(7)
    for phrase in rule.phrases:
        tree = rule_samples.parsed(phrase.pattern.compiled)
        for _ in range(150):
            words = View("", rule_samples.sample(tree, chance)).words
            assert any(needed <= words for needed in phrase.words), (phrase.pattern.text, words)


def all_patterns() -> list[re.Pattern[str]]:
    guards: set[Guard] = {guard for rule in BOOK.rules for guard in rule.guards}
    beside = [each for guard in guards for each in (guard.before, guard.after, guard.around)]
    phrases = [phrase.pattern.compiled for rule in BOOK.rules for phrase in rule.phrases]
    return phrases + [pattern.compiled for pattern in beside if pattern is not None]


def test_no_pattern_has_a_gap_without_a_bound() -> None:
    for pattern in all_patterns():
        assert list(rule_samples.unbounded(rule_samples.parsed(pattern))) == []


HOSTILE = {
    "one letter": "a",
    "one word": "kill ",
    "intent": "i just want to ",
    "guarded": 'he said "kill yourself" ',
    "digits": "0 7",
    "at signs": "a@b.",
    "spaced letters": "k i l l ",
    "leet": "k1ll m3 ",
    "masks": "f*ck ",
    "invisible": "k\u200b",
    "accents": "\u0301",
    "lone surrogates": "\ud800",
    "NUL": "\0",
    "expanding signs": "ﷺ",
    "newlines": "\n ",
    "hyphens": "a-",
    "links": "www.",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_time_grows_no_faster_than_a_hostile_text(kind: str) -> None:
    long = (HOSTILE[kind] * 100_000)[:40_000]
    spent = [_seconds(long[: len(long) // part]) for part in (4, 1)]
    # Four times the text: 16 times the time would be quadratic. Small times are mostly noise.
    assert spent[1] < max(0.25, 9 * spent[0])


def _seconds(text: str) -> float:
    best = 10.0
    for _ in range(2):
        begun = time.thread_time()
        assert not SCREENING.screen(text, ANYWHERE).is_unscreened
        best = min(best, time.thread_time() - begun)
    return best


def test_the_same_hit_is_found_in_a_long_text_as_in_a_short_one() -> None:
    padding = "We walked along the canal and it was fine. " * 60
    lost = [
        example
        for rule, example in MATCHES
        if rule.effect is Effect.HELP and not holds(rule, f"{padding}\n{example}\n{padding}")
    ]
    assert lost == []


def test_a_hit_points_at_the_words_it_is_about() -> None:
    text = "Thanks all. I’m going to K\u200bILL you. See you Thursday."
    (hit,) = SCREENING.hits(text, ANYWHERE)
    assert text[hit.start : hit.end] == "I’m going to K\u200bILL you"


def test_a_reason_begins_with_its_category() -> None:
    for rule in BOOK.rules:
        assert rule.line == f"{rule.category.value}: {rule.because}"


def test_no_rule_or_example_holds_a_dose() -> None:
    folder = resources.files("moderation").joinpath("rulebook")
    for entry in folder.iterdir():
        assert not re.search(r"\d ?(?:mg|mcg|ml|grams?|tablets|pills)\b", entry.read_text("utf-8"))


GUARDS = """
[guards.negation]
because = "no"
before = ['not ']
"""
TERMS = """
[contractions]
dont = "do not"
[terms]
pet = '(?:cat|dog)'
"""
RULES = """
category = "spam"
effect = "ask"
tier = "none"
is_floor = false
[[rule]]
id = "spam.pets"
because = "sells a pet"
patterns = [{ words = "sell+cat sell+dog", text = 'sell my <pet>|dont sell my <pet>' }]
guards = ["negation"]
match = ["sell my cat"]
pass = ["not sell my cat"]
"""


def small_book(rules: str = RULES) -> rulebooks.Rulebook:
    return rulebooks.from_texts({"guards.toml": GUARDS, "terms.toml": TERMS, "spam.toml": rules})


def test_terms_and_long_forms_are_read_into_patterns() -> None:
    book = small_book()
    for text in ("sell my dog", "do not sell my cat", "dont sell my cat"):
        assert book.search(normalise.canonical(text, book.lexicon))
    assert not book.search(normalise.canonical("please not sell my cat", book.lexicon))


@pytest.mark.parametrize(
    "broken",
    [
        RULES.replace("<pet>", "<bird>"),
        RULES.replace('["negation"]', '["sarcasm"]'),
        RULES + RULES[RULES.index("[[rule]]") :],
    ],
    ids=["unknown term", "unknown guard", "same id twice"],
)
def test_a_rulebook_that_does_not_hold_together_is_refused(broken: str) -> None:
    with pytest.raises(Invalid):
        small_book(broken)


def test_the_version_changes_with_the_words_of_a_rule() -> None:
    assert small_book().version != small_book(RULES.replace("sells", "offers")).version
    assert BOOK.version == rulebooks.shipped().version


def test_every_rule_file_has_a_version() -> None:
    folder = resources.files("moderation").joinpath("rulebook")
    for entry in folder.iterdir():
        assert tomllib.loads(entry.read_text("utf-8"))["version"] >= 1
