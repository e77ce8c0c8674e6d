"""What is said plainly is noticed bent too, and what is ordinary stays ordinary when bent."""

import random

import pytest

from benchmarks import evasions
from benchmarks.evasions import Evasion
from core.safety import Category, Context
from moderation.screening import RulesScreening

SCREENING = RulesScreening()
ANYWHERE = Context()
# Contact details have their own spellings, tested beside them.
RULES = [rule for rule in SCREENING.rulebook.rules if rule.recogniser is None]
MATCHES = [(rule.category, text) for rule in RULES if rule.is_english for text in rule.matches]
# Bent spelling is put straight in English alone: other languages have only their accents and signs.
ELSEWHERE = [
    (rule.category, text) for rule in RULES if not rule.is_english for text in rule.matches
]
PASSES = [text for rule in RULES for text in rule.passes]
SAMPLE = 150


def recall(evasion: Evasion, said: list[tuple[Category, str]] = MATCHES) -> float:
    chance = random.Random(5)
    found = [
        category in SCREENING.screen(evasion(text, chance), ANYWHERE).categories
        for category, text in chance.sample(said, SAMPLE)
    ]
    return sum(found) / len(found)


@pytest.mark.parametrize("way", evasions.UNICODE)
def test_other_letters_hide_next_to_nothing(way: str) -> None:
    assert recall(evasions.UNICODE[way]) >= 0.97


@pytest.mark.parametrize("way", evasions.UNICODE)
def test_other_letters_hide_next_to_nothing_in_other_languages(way: str) -> None:
    assert recall(evasions.UNICODE[way], ELSEWHERE) >= 0.97


@pytest.mark.parametrize("way", evasions.TYPED)
def test_bent_spelling_hides_little(way: str) -> None:
    assert recall(evasions.TYPED[way]) >= 0.9


@pytest.mark.parametrize("way", evasions.ALL)
def test_ordinary_words_stay_ordinary_however_they_are_typed(way: str) -> None:
    chance = random.Random(6)
    bent = [evasions.ALL[way](text, chance) for text in chance.sample(PASSES, SAMPLE)]
    touched = [text for text in bent if SCREENING.screen(text, ANYWHERE).because]
    assert len(touched) <= SAMPLE // 100, touched


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i want to kill myslef", "i want to kill myself"),
        ("feeling sucidal again", "feeling suicidal again"),
        ("overdoes toinght.", "overdoes tonight."),
        ("I'm gonna k🔪i🔪l🔪l you", "I'm gonna kill you"),
    ],
)
def test_a_slip_reads_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert SCREENING.screen(typed, ANYWHERE).because == SCREENING.screen(meant, ANYWHERE).because


def test_a_sentence_sent_word_by_word_is_noticed() -> None:
    words = ["i", "want", "to", "kill", "myself"]
    verdict = SCREENING.screen(words[-1], Context(recent=tuple(words[:-1])))
    assert verdict.reaches_peers
    assert verdict.because
