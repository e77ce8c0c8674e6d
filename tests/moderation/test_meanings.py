"""What words mean: a mean of directions, of any stretch of a text, kept as small whole numbers."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safety import Category
from moderation import grams, heads, models, training
from moderation.lessons import EVERY, Lesson
from moderation.meanings import DIMS, Meanings

WORDS = ("win", "prize", "kettle", "home", "course", "pills", "the", "free")
SPAM = frozenset({Category.SPAM})
TEXTS = st.lists(st.sampled_from((*WORDS, "unknown", "?")), max_size=40)


@pytest.fixture(scope="module")
def meanings() -> Meanings:
    chance = np.random.default_rng(3)
    steps = chance.integers(-127, 128, size=(len(WORDS), DIMS)).astype(np.int8)
    heft = chance.uniform(0.01, 0.1, size=len(WORDS)).astype(np.float16).astype(np.float32)
    return Meanings({word: place for place, word in enumerate(WORDS)}, steps, heft)


@pytest.fixture(scope="module")
def learned(meanings: Meanings) -> heads.Heads:
    sold = [Lesson(text, SPAM, EVERY, 1.0) for text in ("win a free prize", "free pills win")]
    said = [Lesson(text, frozenset(), EVERY, 1.0) for text in ("the kettle", "home the course")]
    return training.train((sold + said) * 3, meanings=meanings)


@given(words=TEXTS)
def test_a_stretch_points_where_its_words_do(meanings: Meanings, words: list[str]) -> None:
    parts = grams.windows(len(words))
    found = meanings.directions(words, parts)
    assert found.shape == (len(parts), DIMS)
    for (start, stop), direction in zip(parts, found, strict=True):
        known = [meanings.places[word] for word in words[start:stop] if word in meanings.places]
        summed = sum(meanings.steps[place] * meanings.heft[place] for place in known)
        length = np.linalg.norm(summed) if known else 0.0
        assert direction == pytest.approx(summed / length if known else np.zeros(DIMS), abs=1e-4)


@given(words=TEXTS)
def test_a_margin_is_that_of_grams_and_of_meanings(
    learned: heads.Heads, meanings: Meanings, words: list[str]
) -> None:
    (direction,) = meanings.directions(words, [(0, len(words))])
    without = replace(learned, meanings=None).margins(words)
    expected = without + direction @ learned.senses
    assert learned.margins(words) == pytest.approx(expected, abs=1e-6)


def test_they_come_back_as_they_were_written(learned: heads.Heads) -> None:
    model = models.written(learned)
    digest = hashlib.sha256(model).hexdigest()
    again = models.read(model, {"sha256": digest, "categories": ["spam"], "looks": {}})
    assert again.meanings is not None
    assert again.meanings.places == {word: place for place, word in enumerate(WORDS)}
    for words in (["win", "free"], ["the", "kettle", "?"], []):
        assert again.margins(words) == pytest.approx(learned.margins(words), abs=5e-3)


def test_where_both_sides_speak_of_the_same_meanings_are_left_out(meanings: Meanings) -> None:
    both = SPAM | {Category.EATING}
    lessons = [
        Lesson("win a free prize", both, EVERY, 1.0),
        Lesson("the kettle", frozenset(), EVERY, 1.0),
    ]
    found = training.train(lessons * 3, meanings=meanings)
    by_category = dict(zip(found.categories, np.abs(found.senses).max(axis=0), strict=True))
    assert by_category[Category.SPAM] > 0
    assert by_category[Category.EATING] == 0
