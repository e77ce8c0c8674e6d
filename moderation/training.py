"""Learn the linear heads: which grams speak for which category, and how far to trust them.

The weights are those of a logistic regression on whole texts (`moderation.lessons`). A curve then
makes shares of the margin of the whole, that of its surest window, and of how many windows there
are. It is learned on texts that the weights were not learned from, fold by fold. The same texts
give the same bytes on one machine with one thread for linear algebra. Needs scikit-learn, which
scoring doesn't.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from core.safety import Category
from moderation import features
from moderation.features import Columns, Matrix
from moderation.heads import BUDGETS, Floats, Heads
from moderation.lessons import DOUBTFUL_WEIGHT, SEED, Lesson
from moderation.meanings import Meanings
from moderation.outlines import Outlines

# Small weights are noise and most of the file: the largest of each gram decides whether it stays.
MOST_GRAMS: Final = 120_000
MOST_OUTLINES: Final = 40_000
STRENGTH: Final = 1.0
FOLDS: Final = 3
# What stands around hides little: of the curve's steepness the whole has at most this much.
MOST_OF_WHOLE: Final = 0.25


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
    columns, matrix = features.counted(learned_from, meanings, classes or {})
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
        senses=weights[columns.senses] * features.SENSE,
        outlines=_outlines(columns, weights, classes) if classes else None,
        looks={one: found.looks for one, found in zip(categories, fitted, strict=True)},
    )


def _outlines(columns: Columns, weights: Floats, classes: Mapping[str, str]) -> Outlines:
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


def _head(matrix: Matrix, learned_from: Sequence[Lesson], about: Category) -> _Head:
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


def _margins(matrix: Matrix, weights: Floats, rows: Any) -> Floats:
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
