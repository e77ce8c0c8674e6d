"""Topics are proposed from words that were written; the person says which of them hold."""

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import vocabulary
from matching.vocabulary import Topic, Vocabulary


def shipped() -> Vocabulary:
    text = resources.files("people").joinpath("defaults", "vocabulary.json").read_text("utf-8")
    return Vocabulary.model_validate_json(text)


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("I've been hearing the voices since I was nineteen.", ["hearing voices"]),
        ("I drank. I'm sober now, and I hear voices.", ["drinking", "hearing voices"]),
        ("My ME is worse on Mondays.", ["being ill for a long time"]),
        ("It hit me, and I'd add that nobody knew.", []),
        ("I was sectioned twice and I'm a veteran.", ["being sectioned", "after the forces"]),
        ("Nothing in particular.", []),
        ("", []),
    ],
)
def test_topics_are_found_in_ordinary_sentences(words: str, topics: list[str]) -> None:
    assert vocabulary.propose(words, shipped()) == topics


def test_every_topic_is_found_by_each_of_its_names() -> None:
    known = shipped()
    missed = [
        (topic.name, name)
        for topic in known.topics
        for name in (topic.name, *topic.also)
        if topic.name not in vocabulary.propose(name, known)
    ]
    assert missed == []


def test_a_synonym_becomes_the_organisations_own_word() -> None:
    known = shipped()
    assert vocabulary.canonical("  VOICES ", known) == "hearing voices"
    assert vocabulary.canonical("hearing voices", known) == "hearing voices"
    assert vocabulary.canonical("juggling", known) == "juggling"


def test_a_name_stands_above_another_topics_synonym() -> None:
    known = Vocabulary.model_validate(
        {"topics": [{"name": "sleep", "also": ["rest"]}, {"name": "rest"}]}
    )
    assert vocabulary.canonical("rest", known) == "rest"


@pytest.mark.parametrize("names", [["sleep", "Sleep "], [""]])
def test_every_topic_has_a_name_of_its_own(names: list[str]) -> None:
    body: dict[str, Any] = {"topics": [{"name": name} for name in names]}
    with pytest.raises(ValueError):
        Vocabulary.model_validate_json(json.dumps(body))


@given(st.text(max_size=300))
def test_proposing_is_a_few_known_names_for_any_text(words: str) -> None:
    known = shipped()
    found = vocabulary.propose(words, known)
    assert len(found) == len(set(found)) <= vocabulary.MOST_PROPOSED
    assert set(found) <= {topic.name for topic in known.topics}


def test_a_name_that_only_its_article_makes_a_name_is_not_found_in_ordinary_words() -> None:
    words = Vocabulary(topics=(Topic(name="menopause", also=("the change",)),))
    assert vocabulary.propose("I would like that to change a bit.", words) == []
    assert vocabulary.propose("I am in the change.", words) == ["menopause"]
    assert vocabulary.propose("The menopause came early.", words) == ["menopause"]
    assert vocabulary.canonical("The change", words) == "menopause"
