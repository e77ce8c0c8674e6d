"""The linear heads: scored as scikit-learn would, found again in padding, kept as they were."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from core.safety import Category, Context
from moderation import authored, grams, heads, labelled, training
from moderation.heads import Heads
from moderation.screening import RulesScreening
from moderation.training import EVERY, Lesson

SPAM, NONE = frozenset({Category.SPAM}), frozenset[Category]()
SOLD = ("win a free prize now", "buy my course today", "cheap pills for sale", "win money at home")
SAID = ("the kettle is on", "my course at the college", "i take my pills", "home by six, love")
WORDS = st.lists(st.sampled_from(" ".join((*SOLD, *SAID)).split()), max_size=60)


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    told = [(text, SPAM) for text in SOLD] + [(text, NONE) for text in SAID]
    return [Lesson(text, shows, EVERY, 1.0) for text, shows in told * 3]


@pytest.fixture(scope="module")
def learned(lessons: list[Lesson]) -> Heads:
    return training.train(lessons)


def _card(model: bytes, of: Heads) -> dict[str, Any]:
    digest = hashlib.sha256(model).hexdigest()
    return {"sha256": digest, "categories": [one.value for one in of.categories]}


def test_what_was_learned_tells_the_two_apart(learned: Heads) -> None:
    assert learned.categories == (Category.SPAM,)
    assert min(learned.scores(text)[Category.SPAM] for text in SOLD) > 0.5
    assert max(learned.scores(text)[Category.SPAM] for text in SAID) < 0.5


@given(words=WORDS)
def test_own_scoring_is_that_of_scikit_learn(
    learned: Heads, lessons: list[Lesson], words: list[str]
) -> None:
    vectorizer = TfidfVectorizer(analyzer=grams.of, sublinear_tf=True, min_df=2)
    vectorizer.fit([one.text for one in lessons])
    assert list(vectorizer.get_feature_names_out()) == list(learned.places)
    text = " ".join(words)
    theirs = vectorizer.transform([text]) @ learned.weights
    assert learned.margins(text) == pytest.approx(np.asarray(theirs)[0], abs=1e-6)


@given(before=WORDS, after=WORDS)
def test_nothing_is_hidden_by_what_stands_around_it(
    learned: Heads, before: list[str], after: list[str]
) -> None:
    words = [*before, *SOLD[0].split(), *after]
    shares = [learned.scores(" ".join(part))[Category.SPAM] for part in grams.windows(words)]
    assert learned.scores(" ".join(words))[Category.SPAM] == pytest.approx(max(shares))


@given(words=st.lists(st.text("abc", min_size=1, max_size=4), max_size=100))
def test_every_word_is_in_a_window_and_none_is_longer(words: list[str]) -> None:
    whole, *parts = grams.windows(words)
    assert list(whole) == words
    assert all(len(part) == grams.WINDOW for part in parts)
    places = {at for begin in _begins(words, parts) for at in range(begin, begin + grams.WINDOW)}
    assert not parts or places == set(range(len(words)))
    assert bool(parts) is (len(words) > grams.WINDOW)


def _begins(words: list[str], parts: list[Any]) -> list[int]:
    last = len(words) - grams.WINDOW
    return [min(number * grams.STRIDE, last) for number in range(len(parts))]


@pytest.mark.parametrize("text", ["", " ", "\x00", "é" * 5_000, "zzz qqq", "a " * 3_000])
def test_any_text_has_a_share(learned: Heads, text: str) -> None:
    assert 0 <= learned.scores(text)[Category.SPAM] <= 1


def test_a_model_comes_back_as_it_was_written_the_same_bytes_each_time(
    learned: Heads, lessons: list[Lesson]
) -> None:
    model = heads.written(learned)
    assert model == heads.written(training.train(lessons))
    again = heads.read(model, _card(model, learned))
    for text in (*SOLD, *SAID):
        assert again.scores(text)[Category.SPAM] == pytest.approx(
            learned.scores(text)[Category.SPAM], abs=2e-3
        )


def test_a_model_that_is_not_its_cards_is_not_opened(learned: Heads) -> None:
    model = heads.written(learned)
    with pytest.raises(heads.Broken):
        heads.read(model[:-1] + b"x", _card(model, learned))
    other = replace(learned, weights=learned.weights + 1)
    with pytest.raises(heads.Broken):
        heads.read(heads.written(other), _card(model, learned))


def test_what_is_kept_back_teaches_nobody_and_public_texts_only_of_what_they_are_asked() -> None:
    public = [labelled.Labelled("WIN a kettle", Category.SPAM, True, "SMS spam")]
    every = training.lessons(public)
    taught = {one.text for one in every}
    kept_back = [one for one in authored.shipped() if one.is_kept_back]
    assert not taught & {training.plain(one.whole) for one in kept_back}
    (asked,) = [one for one in every if one.text == "win a kettle"]
    assert (asked.shows, asked.teaches) == (SPAM, SPAM)
    assert {training.plain(text) for text in labelled.calm()} <= taught


def test_a_sentence_said_in_pieces_counts_with_the_piece_that_makes_it_one(learned: Heads) -> None:
    screening = RulesScreening(heads=learned)

    def sure(text: str, *recent: str) -> float:
        return screening.sure(text, Context(recent=recent))[Category.SPAM]

    assert sure("prize now", "win a free") == sure("win a free\nprize now")
    assert sure("the kettle is on", *SOLD) == sure("the kettle is on")
    assert RulesScreening().sure("win a free prize", Context()) == {}
