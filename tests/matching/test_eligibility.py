"""Hard rules: a table of truths, both directions, and the mask that says the same."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import documents, eligibility, rules
from matching.documents import Person
from matching.eligibility import NOTHING_KNOWN, Standing
from tests.matching import random_people


def _person(person_id: str, **told: Any) -> Person:
    return documents.parse({"id": person_id, **told})


def _lived(topic: str, weight: str = "nice", words: str = "") -> list[dict[str, str]]:
    return [{"topic": topic, "weight": weight, "words": words}]


VOICES = _lived("hearing voices")
YOUNG = {"age_band": "under_18"}
CASES = [
    ("blocked", {"blocked": ["b"]}, {}),
    ("under_18", YOUNG, {"age_band": "18_24"}),
    ("under_18", YOUNG, {}),
    ("full", {"capacity": 0}, {}),
    ("language", {"languages": ["en"]}, {"languages": ["cy"]}),
    ("never_topic", {"experiences": _lived("panic", "never")}, {"experiences": _lived("Panic")}),
    ("wont_talk_about", {"wont_talk_about": ["panic"]}, {"experiences": _lived("panic", "must")}),
    ("must", {"experiences": _lived("panic", "must")}, {"experiences": VOICES}),
    ("must", {"experiences": _lived("panic", "must")}, {"experiences": _lived("", words="panic")}),
    (None, {"experiences": _lived("panic", "must")}, {"experiences": _lived(" PANIC ")}),
    (
        None,
        {"experiences": _lived("panic", "must")},
        {"experiences": _lived("panic", "rather_not")},
    ),
    (None, {"experiences": _lived("panic", "never")}, {"about": "I have panic attacks"}),
    (
        None,
        {"experiences": _lived("panic", "never")},
        {"experiences": _lived("panic", "rather_not")},
    ),
    (None, {"experiences": _lived("panic", "rather_not")}, {"experiences": _lived("panic")}),
    (None, {"wont_talk_about": ["panic"]}, {"experiences": _lived("panic")}),
    (None, {"experiences": _lived("", "must", "panic")}, {}),
    (None, {"languages": ["en-GB", "ur"]}, {"languages": ["EN"]}),
    (None, YOUNG, YOUNG),
    (None, {"age_band": "65_plus"}, {"age_band": "18_24"}),
    (None, {}, {}),
]


@pytest.mark.parametrize(("rule", "mine", "theirs"), CASES)
def test_a_rule_holds_in_both_directions(
    rule: str | None, mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    one, two = _person("a", **mine), _person("b", **theirs)
    assert eligibility.first_broken_rule(one, two) == rule
    assert eligibility.first_broken_rule(two, one) == rule


@pytest.mark.parametrize(
    ("rule", "standing"),
    [
        ("organisation", Standing(organisation="elsewhere")),
        ("apart", Standing(apart=frozenset({"a"}))),
        ("suspended", Standing(is_suspended=True)),
        ("paused", Standing(is_paused=True)),
        ("resting", Standing(is_resting=True)),
        ("full", Standing(open_connections=3)),
        ("answered", Standing(answered=frozenset({"a"}))),
        (None, Standing(open_connections=2, answered=frozenset({"c"}))),
    ],
)
def test_what_stands_beside_the_document_is_asked_both_ways(
    rule: str | None, standing: Standing
) -> None:
    one, two = _person("a"), _person("b")
    assert eligibility.first_broken_rule(one, two, other_standing=standing) == rule
    assert eligibility.first_broken_rule(two, one, asking_standing=standing) == rule


def test_someone_who_chooses_for_themselves_is_shown_to_nobody_and_sees_people() -> None:
    one, two, unlisted = _person("a"), _person("b"), Standing(is_unlisted=True)
    assert eligibility.first_broken_rule(one, two, other_standing=unlisted) == "unlisted"
    assert eligibility.first_broken_rule(one, two, asking_standing=unlisted) is None


def test_nobody_is_offered_to_themselves() -> None:
    assert eligibility.first_broken_rule(_person("a"), _person("a")) == "oneself"


def test_every_rule_of_the_table_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in eligibility.RULES]
    assert len(names) == len(set(names))


@given(random_people.populations(), random_people.standings)
def test_the_mask_says_the_same_as_the_predicate(
    people: list[Person], standings: dict[str, Standing]
) -> None:
    known = [standings.get(person.id, NOTHING_KNOWN) for person in people]
    gate = rules.gate(map(eligibility.side, people, known))
    for row, one in enumerate(people):
        said = [
            eligibility.first_broken_rule(
                one, two, asking_standing=known[row], other_standing=other
            )
            is None
            for two, other in zip(people, known, strict=True)
        ]
        assert np.array_equal(eligibility.allowed(gate, row), said)


@given(random_people.populations(least=2), random_people.standings, st.data())
def test_but_for_the_unlisted_whoever_is_kept_from_one_is_kept_from_both(
    people: list[Person], standings: dict[str, Standing], data: st.DataObject
) -> None:
    one, two = data.draw(st.tuples(*[st.sampled_from(people)] * 2))
    mine, theirs = (standings.get(who.id, NOTHING_KNOWN) for who in (one, two))
    there = eligibility.first_broken_rule(one, two, asking_standing=mine, other_standing=theirs)
    back = eligibility.first_broken_rule(two, one, asking_standing=theirs, other_standing=mine)
    if "unlisted" not in (there, back):
        assert there == back
