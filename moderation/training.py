"""Learn the linear heads: which grams speak for which category, and how far to trust them.

The weights are those of a logistic regression on whole texts (`moderation.lessons`). A curve then
makes shares of the margin of the whole, that of its surest window, and of how many windows there
are. It is learned on texts that the weights were not learned from, fold by fold. The same texts
give the same bytes on one machine with one thread for linear algebra. Needs scikit-learn, which
scoring doesn't.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from core.safety import Category
from moderation import grams, outlines
from moderation.heads import BUDGETS, Floats, Heads
from moderation.lessons import DOUBTFUL_WEIGHT, SEED, Lesson
from moderation.meanings import Meanings
from moderation.outlines import Outlines

# A gram that stands in one text only is a name or a slip.
FEWEST_TEXTS: Final = 2
# There are many outlines, so what stands in two texts is chance more often.
FEWEST_TEXTS_OF_OUTLINE: Final = 3
# Small weights are noise and most of the file: the largest of each gram decides whether it stays.
MOST_GRAMS: Final = 120_000
MOST_OUTLINES: Final = 40_000
STRENGTH: Final = 1.0
FOLDS: Final = 3
# What stands around hides little: of the curve's steepness the whole has at most this much.
MOST_OF_WHOLE: Final = 0.25
# How long the direction of a text's words is beside its grams, whose length is 1.
SENSE: Final = 0.7
# Where what is spoken of tells much. The others' two sides speak of the same and differ in how:
# there meanings cost more than they give (decision 18).
TOLD_BY_MEANING: Final = frozenset(
    {Category.DISTRESS, Category.HARASSMENT, Category.HATE, Category.CONTACT, Category.SPAM}
)

# Where outlines cost more on texts nobody had learned from than they gave (decision 20).
TOLD_BY_WORDS_ALONE: Final = frozenset({Category.THREAT, Category.EATING})


class _Matrix(NamedTuple):
    """Every lesson as numbers, the windows of the longer ones, and whose windows they are.

    Shapes (lessons, columns), (windows, columns), (windows,); the columns are those of `_Columns`.
    """

    whole: Any
    windows: Any
    owners: Any

    def only(self, columns: Any) -> "_Matrix":
        """Return some columns alone."""
        return _Matrix(self.whole[:, columns], self.windows[:, columns], self.owners)


class _Columns(NamedTuple):
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


class _Head(NamedTuple):
    """One category: weights over grams, and what makes shares of margins."""

    weights: Floats
    curve: Floats
    looks: Mapping[str, float]


def train(
    learned_from: Sequence[Lesson],
    *,
    only: Category | None = None,
    meanings: Meanings | None = None,
    classes: Mapping[str, str] | None = None,
) -> Heads:
    """Return heads for every category that some lesson shows, or for one alone.

    `classes`: those of words (`moderation.outlines.shipped`); without them there are no outlines.
    """
    columns, matrix = _counted(learned_from, meanings, classes or {})
    shown = frozenset[Category]().union(*(one.shows for one in learned_from))
    categories = tuple(one for one in Category if one in shown and only in (None, one))
    told = [columns.of(category) for category in categories]
    fitted = [
        _head(matrix.only(own), learned_from, category)
        for own, category in zip(told, categories, strict=True)
    ]
    weights = np.zeros((matrix.whole.shape[1], len(fitted)))
    for column, (own, one) in enumerate(zip(told, fitted, strict=True)):
        weights[own, column] = one.weights
    kept = _kept(weights[columns.grams], MOST_GRAMS)
    return Heads(
        categories=categories,
        places=_placed(columns.names[kept]),
        rarity=columns.rarity[kept],
        weights=weights[kept],
        curves=np.array([one.curve for one in fitted]),
        meanings=meanings,
        senses=weights[columns.senses] * SENSE,
        outlines=_outlines(columns, weights, classes) if classes else None,
        looks={one: found.looks for one, found in zip(categories, fitted, strict=True)},
    )


def _outlines(columns: _Columns, weights: Floats, classes: Mapping[str, str]) -> Outlines:
    begin = columns.outlines.start
    kept = begin + _kept(weights[columns.outlines], MOST_OUTLINES)
    return Outlines(
        classes=dict(classes),
        places=_placed(columns.names[kept]),
        rarity=columns.rarity[kept],
        weights=weights[kept],
    )


def _placed(names: Any) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _counted(
    learned_from: Sequence[Lesson], meanings: Meanings | None, classes: Mapping[str, str]
) -> tuple[_Columns, _Matrix]:
    """Return all texts and windows as numbers, and what stands in which column."""
    from scipy import sparse  # type: ignore[import-untyped]  # it ships no types

    cut = [grams.words(one.text) for one in learned_from]
    parts = [
        (row, words[start:stop])
        for row, words in enumerate(cut)
        for start, stop in grams.windows(len(words))[1:]
    ]
    cuts = [part for _, part in parts]
    counters = [_counter(grams.of_words, FEWEST_TEXTS)]
    if classes:
        counters.append(_counter(lambda words: _names(words, classes), FEWEST_TEXTS_OF_OUTLINE))
    whole = [one.fit_transform(cut) for one in counters]
    windows = [one.transform(cuts or [[]])[: len(cuts)] for one in counters]
    if meanings is not None:
        whole.append(_directions(meanings, cut))
        windows.append(_directions(meanings, cuts))
    size = len(counters[0].idf_)
    counted = size + (len(counters[1].idf_) if classes else 0)
    end = counted + (meanings.steps.shape[1] if meanings else 0)
    columns = _Columns(
        slice(0, size),
        slice(size, counted),
        slice(counted, end),
        np.concatenate([one.get_feature_names_out() for one in counters]),
        np.concatenate([one.idf_ for one in counters]),
    )
    owners = np.array([row for row, _ in parts], dtype=int)
    return columns, _Matrix(sparse.hstack(whole).tocsr(), sparse.hstack(windows).tocsr(), owners)


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


def _head(matrix: _Matrix, learned_from: Sequence[Lesson], about: Category) -> _Head:
    from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]  # it ships no types

    heed = np.array([_heed(one, about) for one in learned_from])
    rows = np.flatnonzero(heed)
    shown = np.array([about in one.shows for one in learned_from])
    model = _fitted(matrix.whole, rows, shown, heed)
    margins = np.zeros((len(heed), 2))
    lengths = np.log1p(np.bincount(matrix.owners, minlength=len(heed)))
    # Shuffled, or each fold would be one source.
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for taught, asked in folds.split(rows, shown[rows]):
        weights = _fitted(matrix.whole, rows[taught], shown, heed).coef_[0]
        margins[rows[asked]] = _margins(matrix, weights, rows[asked])
    told = np.column_stack([margins, lengths])
    curve = _curve(told[rows], shown[rows], heed[rows])
    calm = [row for row in rows.tolist() if learned_from[row].is_calm and not shown[row]]
    return _Head(model.coef_[0], curve, _looks(curve, told[calm]))


def _heed(one: Lesson, about: Category) -> float:
    return one.weight if about in one.teaches else DOUBTFUL_WEIGHT * (about in one.doubts)


def _fitted(matrix: Any, rows: Any, shown: Any, heed: Any) -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types

    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced")
    return model.fit(matrix[rows], shown[rows], sample_weight=heed[rows])


def _margins(matrix: _Matrix, weights: Floats, rows: Any) -> Floats:
    """Return the margin of each whole and of its surest window. Shape (rows, 2)."""
    whole = matrix.whole @ weights
    peak = whole.copy()
    np.maximum.at(peak, matrix.owners, matrix.windows @ weights)
    found: Floats = np.stack([whole, peak], axis=1)[rows]
    return found


def _curve(told: Floats, shown: Any, heed: Any) -> Floats:
    """Return the curve that fits texts that were held out. Shape (4,).

    `told`: shape (texts, 3), the margins of the whole and of the surest window, and how long it is.
    """
    from sklearn.linear_model import LogisticRegression

    first = LogisticRegression(C=10.0).fit(told, shown, sample_weight=heed).coef_[0]
    share = float(np.clip(first[0] / max(first[:2].sum(), 1e-9), 0, MOST_OF_WHOLE))
    # With the steepness shared out anew it and the rest are learned again.
    mixed = np.column_stack([told[:, :2] @ np.array([share, 1 - share]), told[:, 2]])
    fitted = LogisticRegression(C=1e6).fit(mixed, shown, sample_weight=heed)
    (steep, length), middle = fitted.coef_[0], fitted.intercept_[0]
    # Of many windows the surest is surer by chance: length may count against, never for.
    return np.array([share * steep, (1 - share) * steep, min(length, 0.0), middle])


def _looks(curve: Floats, calm: Floats) -> dict[str, float]:
    """Return above which share at most so many of a thousand calm texts come to be looked at."""
    if not len(calm):
        return {}
    shares = np.sort(1 / (1 + np.exp(-(calm @ curve[:3] + curve[3]))))[::-1]
    return {
        str(one): float(shares[min(len(shares) - 1, len(shares) * one // 1_000)]) for one in BUDGETS
    }


def _kept(weights: Floats, most: int) -> Any:
    largest = np.abs(weights).max(axis=1, initial=0)
    return np.sort(np.argsort(-largest, kind="stable")[:most])
