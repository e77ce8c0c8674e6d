"""Texts as numbers to learn from: grams, outlines and meanings of wholes and windows, in columns.

The counting is scikit-learn's; scoring counts the same by itself (`moderation.tfidf`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from core.safety import Category
from moderation import grams, outlines
from moderation.lessons import Lesson
from moderation.meanings import Meanings
from moderation.tfidf import Floats

# A gram that stands in one text only is a name or a slip.
FEWEST_TEXTS: Final = 2
# There are many outlines, so what stands in two texts is chance more often.
FEWEST_TEXTS_OF_OUTLINE: Final = 3
# How long the direction of a text's words is beside its grams, whose length is 1.
SENSE: Final = 0.7
# Where what is spoken of tells much. The others' two sides speak of the same and differ in how:
# there meanings cost more than they give (decision 18).
TOLD_BY_MEANING: Final = frozenset(
    {Category.DISTRESS, Category.HARASSMENT, Category.HATE, Category.CONTACT, Category.SPAM}
)

# Where outlines cost more on texts nobody had learned from than they gave (decision 20).
TOLD_BY_WORDS_ALONE: Final = frozenset({Category.THREAT, Category.EATING})


class Matrix(NamedTuple):
    """Every lesson as numbers, the windows of the longer ones, and whose windows they are.

    Shapes (lessons, columns), (windows, columns), (windows,); the columns are those of `Columns`.
    """

    whole: Any
    windows: Any
    owners: Any

    def only(self, columns: Any) -> "Matrix":
        """Return some columns alone."""
        return Matrix(self.whole[:, columns], self.windows[:, columns], self.owners)


class Columns(NamedTuple):
    """Where in a matrix each kind of feature stands, and the names of those that are counted."""

    grams: slice
    outlines: slice
    senses: slice
    names: Any
    rarity: Floats

    def of(self, about: Category) -> Any:
        """Return the columns that a category's head is learned from."""
        kinds = [self.grams]
        if about not in TOLD_BY_WORDS_ALONE:
            kinds.append(self.outlines)
        if about in TOLD_BY_MEANING:
            kinds.append(self.senses)
        return np.concatenate([np.arange(one.start, one.stop) for one in kinds])


def counted(
    learned_from: Sequence[Lesson], meanings: Meanings | None, classes: Mapping[str, str]
) -> tuple[Columns, Matrix]:
    """Return all texts and windows as numbers, and what stands in which column."""
    from scipy import sparse  # type: ignore[import-untyped]  # it ships no types

    cut = [grams.words(one.text) for one in learned_from]
    parts = [
        (row, words[start:stop])
        for row, words in enumerate(cut)
        for start, stop in grams.windows(len(words))[1:]
    ]
    cuts = [part for _, part in parts]
    counters = _counters(classes)
    whole = [one.fit_transform(cut) for one in counters]
    windows = [one.transform(cuts or [[]])[: len(cuts)] for one in counters]
    if meanings is not None:
        whole.append(_directions(meanings, cut))
        windows.append(_directions(meanings, cuts))
    owners = np.array([row for row, _ in parts], dtype=int)
    matrix = Matrix(sparse.hstack(whole).tocsr(), sparse.hstack(windows).tocsr(), owners)
    return _columns(counters, matrix), matrix


def _columns(counters: Sequence[Any], matrix: Matrix) -> Columns:
    names = np.concatenate([one.get_feature_names_out() for one in counters])
    size, counted = len(counters[0].idf_), len(names)
    return Columns(
        slice(0, size),
        slice(size, counted),
        slice(counted, matrix.whole.shape[1]),
        names,
        np.concatenate([one.idf_ for one in counters]),
    )


def _counters(classes: Mapping[str, str]) -> list[Any]:
    """Return what counts grams and, where there are classes, outlines."""
    found = [_counter(grams.of_words, FEWEST_TEXTS)]
    if classes:
        found.append(_counter(lambda words: _names(words, classes), FEWEST_TEXTS_OF_OUTLINE))
    return found


def _counter(analyzer: Callable[[Sequence[str]], list[str]], fewest: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]  # it ships no types

    return TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=fewest)


def _names(words: Sequence[str], classes: Mapping[str, str]) -> list[str]:
    return [name for name, _, _ in outlines.of(words, classes)]


def _directions(meanings: Meanings, cut: Sequence[Sequence[str]]) -> Floats:
    """Return what each text means, in a length beside that of its grams. Shape (texts, axes)."""
    if not cut:
        return np.zeros((0, meanings.steps.shape[1]))
    return SENSE * np.concatenate([meanings.directions(one, [(0, len(one))]) for one in cut])
