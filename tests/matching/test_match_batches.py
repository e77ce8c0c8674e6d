"""What the command prints: one object a person, in input order."""

import json

import pytest
from hypothesis import given

from core.errors import Invalid
from matching import batches, documents
from matching.documents import Person
from tests.matching import random_people


@given(random_people.populations())
def test_everybody_is_answered_in_input_order_and_lines_are_json(people: list[Person]) -> None:
    lines = [json.loads(json.dumps(line)) for line in batches.match_people(people, k=3)]
    assert [line["id"] for line in lines] == [person.id for person in people]
    for line in lines:
        assert set(line) == {"id", "matches"}
        assert len(line["matches"]) <= 3
        for match in line["matches"]:
            assert set(match) == {"id", "score", "fair_turn", "reasons", "contributions"}
            assert sum(match["contributions"].values()) == pytest.approx(match["score"], abs=1e-9)
            assert all(isinstance(sentence, str) for sentence in match["reasons"])


def test_only_those_asked_for_are_answered_and_everybody_is_offered_to_them() -> None:
    people = [documents.parse({"id": one, "interests": ["tea"]}) for one in "abc"]
    (line,) = batches.match_people(people, for_ids=["b"])
    assert (line["id"], [match["id"] for match in line["matches"]]) == ("b", ["a", "c"])
    assert list(batches.match_people(people, for_ids=[])) == []


def test_nobody_at_all_is_no_fault() -> None:
    assert list(batches.match_people([])) == []


@pytest.mark.parametrize(
    ("ids", "wanted", "k", "words"),
    [
        ("ab", ["a", "z"], 1, 'Nobody here has the id "z"'),
        ("ab", None, 0, "at least one"),
        ("aa", None, 1, "same id"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_the_first_line(
    ids: str, wanted: list[str] | None, k: int, words: str
) -> None:
    people = [documents.parse({"id": one}) for one in ids]
    with pytest.raises(Invalid, match=words):
        batches.match_people(people, for_ids=wanted, k=k)
