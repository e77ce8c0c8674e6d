"""How a thing is said, whatever the words: rows of word classes, scored as scikit-learn would."""

import hashlib
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from core.safety import Category
from moderation import features, grams, models, normalise, outlines, rulebooks, training
from moderation.heads import Heads
from moderation.lessons import EVERY, Lesson

DISTRESS, THREAT = Category.DISTRESS, Category.THREAT
CLASSES = {"i": "self", "we": "self", "wish": "wish", "want": "wish", "die": "die", "end": "die",
           "never": "not", "dont": "not", "kettle": "thing"}  # fmt: skip
MEANT = ("i want the end", "we wish to die", "i wish i could die now")
SAID = ("i never want to die", "the kettle i want", "we dont wish for the kettle")
WORDS = st.lists(st.sampled_from((*CLASSES, "the", "to", "of", "?")), max_size=50)


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    told = [(text, frozenset({DISTRESS, THREAT})) for text in MEANT]
    told += [(text, frozenset()) for text in SAID]
    return [Lesson(text, shows, EVERY, 1.0) for text, shows in told * 3]


@pytest.fixture(scope="module")
def learned(lessons: list[Lesson]) -> Heads:
    return training.train(lessons, classes=CLASSES)


def names(text: str) -> list[str]:
    return [name for name, _, _ in outlines.of(grams.words(text), CLASSES)]


def test_other_words_have_the_same_outline() -> None:
    one, other = (Counter(names(text)) for text in ("i want to die", "we wish the end"))
    same = one & other
    assert {"self wish die", "self wish", "wish die", "self~die"} <= set(same)
    # Beside a class the word itself is kept, so that "want" may tell more than "wish".
    assert {"want|die", "self|want"} <= set(one - other)


def test_words_of_no_class_are_passed_over() -> None:
    assert names("i  of the of the want") == names("i want")
    assert names("of the") == []


@given(words=WORDS)
def test_an_outline_stands_within_its_words_and_there_are_few(words: list[str]) -> None:
    found = outlines.of(words, CLASSES)
    assert len(found) <= (outlines.LONGEST + outlines.FURTHEST + 2) * len(words)
    for name, first, last in found:
        assert 0 <= first <= last < len(words)
        named = [CLASSES[word] for word in words[first : last + 1] if word in CLASSES]
        edges = re.split(r"[ |~]", name)
        assert CLASSES.get(edges[0], edges[0]) == named[0]
        assert CLASSES.get(edges[-1], edges[-1]) == named[-1]


@given(words=WORDS)
def test_what_they_say_is_what_scikit_learn_says(
    learned: Heads, lessons: list[Lesson], words: list[str]
) -> None:
    found = learned.outlines
    assert found is not None
    vectorizer = TfidfVectorizer(
        analyzer=names, sublinear_tf=True, min_df=features.FEWEST_TEXTS_OF_OUTLINE
    ).fit([one.text for one in lessons])
    assert list(vectorizer.get_feature_names_out()) == list(found.places)
    theirs = vectorizer.transform([" ".join(words)]) @ found.weights
    assert found.margins(words, [(0, len(words))])[0] == pytest.approx(theirs[0], abs=1e-6)


@given(words=WORDS)
def test_a_stretch_knows_nothing_of_what_stands_around_it(learned: Heads, words: list[str]) -> None:
    found = learned.outlines
    assert found is not None
    parts = grams.windows(len(words))
    together = found.margins(words, parts)
    alone = [found.margins(words[start:stop], [(0, stop - start)])[0] for start, stop in parts]
    assert together == pytest.approx(np.array(alone), abs=1e-6)


def test_they_are_added_and_only_where_they_help(learned: Heads) -> None:
    assert learned.outlines is not None
    told = dict(zip(learned.categories, np.abs(learned.outlines.weights).max(axis=0), strict=True))
    assert told[DISTRESS] > 0
    assert told[THREAT] == 0
    words = grams.words("we want the end")
    without = replace(learned, outlines=None).margins(words)
    (added,) = learned.outlines.margins(words, [(0, len(words))])
    assert learned.margins(words) == pytest.approx(without + added, abs=1e-6)
    alone = learned.without(THREAT)
    assert alone.margins(words) == pytest.approx(learned.margins(words)[:1], abs=1e-6)


def test_they_come_back_as_they_were_written(learned: Heads) -> None:
    model = models.written(learned)
    card = {"sha256": hashlib.sha256(model).hexdigest(), "categories": list(learned.categories)}
    again = models.read(model, card)
    assert again.outlines is not None
    assert again.outlines.classes == CLASSES
    for text in (*MEANT, *SAID, ""):
        words = grams.words(text)
        assert again.margins(words) == pytest.approx(learned.margins(words), abs=5e-3)


def test_every_shipped_class_is_of_words_as_heads_read_them() -> None:
    classes = outlines.shipped()
    lexicon = rulebooks.shipped().lexicon
    assert len(classes) > 500
    for word, name in classes.items():
        assert grams.words(normalise.canonical(word, lexicon).text) == [word], word
        assert re.fullmatch(r"[a-z_]+", name)


def test_no_word_is_of_two_classes() -> None:
    read = outlines.by_class()
    words = [word for own in read.values() for word in own]
    assert [word for word, times in Counter(words).items() if times > 1] == []
