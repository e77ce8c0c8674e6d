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
from moderation import authored, grams, heads, labelled, models, training
from moderation import lessons as learning
from moderation.heads import Heads
from moderation.lessons import EVERY, Lesson
from moderation.screening import RulesScreening

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


def share(heads: Heads, text: str) -> float:
    return heads.scores(grams.words(text))[Category.SPAM]


def _card(model: bytes, of: Heads) -> dict[str, Any]:
    digest = hashlib.sha256(model).hexdigest()
    return {"sha256": digest, "categories": [one.value for one in of.categories]}


def test_what_was_learned_tells_the_two_apart(learned: Heads) -> None:
    assert learned.categories == (Category.SPAM,)
    assert min(share(learned, text) for text in SOLD) > 0.5
    assert max(share(learned, text) for text in SAID) < 0.5


@given(words=WORDS)
def test_own_scoring_is_that_of_scikit_learn(
    learned: Heads, lessons: list[Lesson], words: list[str]
) -> None:
    vectorizer = TfidfVectorizer(analyzer=grams.of, sublinear_tf=True, min_df=2)
    vectorizer.fit([one.text for one in lessons])
    assert list(vectorizer.get_feature_names_out()) == list(learned.places)
    text = " ".join(words)
    theirs = vectorizer.transform([text]) @ learned.weights
    assert learned.margins(grams.words(text)) == pytest.approx(np.asarray(theirs)[0], abs=1e-6)


@given(before=WORDS, after=WORDS)
def test_what_stands_around_hides_little(
    learned: Heads, before: list[str], after: list[str]
) -> None:
    words = [*before, *SOLD[0].split(), *after]
    parts = [words[start:stop] for start, stop in grams.windows(len(words))]
    whole, *_ = every = [learned.margins(part)[0] for part in parts]
    counts, surest, length, middle = learned.curves[0]
    bare = counts * whole + surest * max(every) + length * np.log(len(parts)) + middle
    assert length <= 0
    assert learned.scores(words)[Category.SPAM] == pytest.approx(1 / (1 + np.exp(-bare)))
    assert counts <= training.MOST_OF_WHOLE * (counts + surest) + 1e-9


@given(size=st.integers(0, 200))
def test_every_word_is_in_a_window_and_none_is_longer(size: int) -> None:
    whole, *parts = grams.windows(size)
    assert whole == (0, size)
    assert all(stop - start == grams.WINDOW for start, stop in parts)
    places = {at for start, stop in parts for at in range(start, stop)}
    assert not parts or places == set(range(size))
    assert bool(parts) is (size > grams.WINDOW)


@pytest.mark.parametrize("text", ["", " ", "\x00", "é" * 5_000, "zzz qqq", "a " * 3_000])
def test_any_text_has_a_share(learned: Heads, text: str) -> None:
    assert 0 <= share(learned, text) <= 1


def test_a_model_comes_back_as_it_was_written_the_same_bytes_each_time(
    learned: Heads, lessons: list[Lesson]
) -> None:
    model = models.written(learned)
    assert model == models.written(training.train(lessons))
    again = models.read(model, _card(model, learned))
    for text in (*SOLD, *SAID):
        assert share(again, text) == pytest.approx(share(learned, text), abs=2e-3)


def test_a_model_that_is_not_its_cards_is_not_opened(learned: Heads) -> None:
    model = models.written(learned)
    with pytest.raises(heads.Broken):
        models.read(model[:-1] + b"x", _card(model, learned))
    other = replace(learned, weights=learned.weights + 1)
    with pytest.raises(heads.Broken):
        models.read(models.written(other), _card(model, learned))


def test_what_is_kept_back_teaches_nobody_and_public_texts_only_of_what_they_are_asked() -> None:
    public = [labelled.Labelled("WIN a kettle", Category.SPAM, True, "SMS spam")]
    every = learning.every(public)
    taught = {one.text for one in every}
    kept_back = [one for one in authored.shipped() if one.is_kept_back]
    assert not taught & {learning.plain(one.whole) for one in kept_back}
    (asked,) = [one for one in every if one.text == "win a kettle"]
    assert (asked.shows, asked.teaches) == (SPAM, SPAM)
    assert {learning.plain(text) for text in labelled.calm()} <= taught


def test_a_sentence_said_in_pieces_counts_with_the_piece_that_makes_it_one(learned: Heads) -> None:
    screening = RulesScreening(heads=learned)

    def sure(text: str, *recent: str) -> float:
        return screening.sure(text, Context(recent=recent))[Category.SPAM]

    assert sure("prize now", "win a free") == sure("win a free\nprize now")
    assert sure("the kettle is on", *SOLD) == sure("the kettle is on")
    assert RulesScreening().sure("win a free prize", Context()) == {}
