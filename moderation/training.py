"""Learn the linear heads: which grams speak for which category.

What is learned from: the rulebook's own examples, ordinary talk, the authored examples but for the
fifth that is kept back, and the parts of public data that lie in the folder given. The texts stay
where they are; what is kept are weights. The same texts give the same bytes on one machine with
one thread for linear algebra. Needs scikit-learn, which scoring doesn't.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.safety import Category
from moderation import authored, grams, labelled, normalise, rulebooks
from moderation.heads import Floats, Heads

# A gram that stands in one text only is a name or a slip.
FEWEST_TEXTS: Final = 2
# Small weights are noise and most of the file: the largest of each gram decides whether it stays.
MOST_GRAMS: Final = 120_000
# Of a large part a sample: more of one place's way of speaking teaches that place.
MOST_OF_A_PART: Final = 3_000
STRENGTH: Final = 1.0
FOLDS: Final = 3
SEED: Final = 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """A plain spelling, what it shows, and which categories it can teach about.

    Public texts are labelled for one category alone: about the others they are silent.
    """

    text: str
    shows: frozenset[Category]
    teaches: frozenset[Category]
    weight: float


EVERY: Final = frozenset(Category)
OWN_WEIGHT, PUBLIC_WEIGHT = 1.0, 0.5


def lessons(public: Iterable[labelled.Labelled]) -> list[Lesson]:
    """Return everything there is to learn from."""
    # Two texts may be one to a head ("You're dead." and "youre dead"): the kept-back one wins.
    kept_back = {plain(one.whole) for one in authored.shipped() if one.is_kept_back}
    every = (
        Lesson(plain(text), shows, teaches, weight)
        for text, shows, teaches, weight in (*_own(), *_public(public))
    )
    return [one for one in every if one.text not in kept_back]


def plain(text: str) -> str:
    """Return a text as heads read it."""
    return normalise.canonical(text, rulebooks.shipped().lexicon).text


Raw = tuple[str, frozenset[Category], frozenset[Category], float]


def _own() -> Iterator[Raw]:
    for one in labelled.own(rulebooks.shipped()):
        yield one.text, _only(one), EVERY, OWN_WEIGHT
    for text in labelled.calm():
        yield text, frozenset(), EVERY, OWN_WEIGHT
    for example in authored.shipped():
        if not example.is_kept_back:
            yield example.whole, example.labels, EVERY, OWN_WEIGHT


def _public(texts: Iterable[labelled.Labelled]) -> Iterator[Raw]:
    parts: dict[str, list[labelled.Labelled]] = {}
    for one in texts:
        parts.setdefault(one.source, []).append(one)
    for part in parts.values():
        # By a number, so that it is the same sample each time; nobody has to be kept from guessing.
        chance = np.random.default_rng(SEED)
        for place in np.sort(chance.permutation(len(part))[:MOST_OF_A_PART]):
            one = part[place]
            yield one.text, _only(one), frozenset({one.about}), PUBLIC_WEIGHT


def _only(one: labelled.Labelled) -> frozenset[Category]:
    return frozenset({one.about}) if one.shows else frozenset()


def train(learned_from: Sequence[Lesson], *, only: Category | None = None) -> Heads:
    """Return heads for every category that some lesson shows, or for one alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]  # it ships no types

    vectorizer = TfidfVectorizer(analyzer=grams.of, sublinear_tf=True, min_df=FEWEST_TEXTS)
    matrix = vectorizer.fit_transform([one.text for one in learned_from])
    shown = frozenset[Category]().union(*(one.shows for one in learned_from))
    categories = tuple(one for one in Category if one in shown and only in (None, one))
    fitted = [_head(matrix, learned_from, category) for category in categories]
    weights = np.stack([weights for weights, _, _ in fitted], axis=1)
    kept = _kept(weights)
    names = vectorizer.get_feature_names_out()[kept]
    return Heads(
        categories=categories,
        places={gram: place for place, gram in enumerate(names)},
        rarity=vectorizer.idf_[kept],
        weights=weights[kept],
        steepness=np.array([steep for _, steep, _ in fitted]),
        midpoints=np.array([middle for _, _, middle in fitted]),
    )


def _head(matrix: Any, learned_from: Sequence[Lesson], about: Category) -> tuple[Floats, Any, Any]:
    """Return a category's weights, and the logistic curve that makes its margins shares."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]  # it ships no types

    rows = [row for row, one in enumerate(learned_from) if about in one.teaches]
    shown = np.array([about in learned_from[row].shows for row in rows])
    heed = np.array([learned_from[row].weight for row in rows])
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced")
    model.fit(matrix[rows], shown, sample_weight=heed)
    # Shuffled, or each fold would be one source.
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    held_out = cross_val_predict(
        model, matrix[rows], shown, cv=folds, method="decision_function",
        params={"sample_weight": heed},
    )  # fmt: skip
    curve = LogisticRegression(C=1e6).fit(held_out.reshape(-1, 1), shown, sample_weight=heed)
    steep, middle = curve.coef_[0, 0], curve.intercept_[0] + curve.coef_[0, 0] * model.intercept_[0]
    return model.coef_[0], steep, middle


def _kept(weights: Floats) -> Any:
    largest = np.abs(weights).max(axis=1)
    return np.sort(np.argsort(-largest, kind="stable")[:MOST_GRAMS])


def public(folder: Path) -> list[labelled.Labelled]:
    """Return what lies in a folder of public data.

    Raises:
        FileNotFoundError: there is no such folder, or nothing of it there.
    """
    found = labelled.read(folder)
    if not found:
        raise FileNotFoundError(2, "There is no public data of a kind we know", str(folder))
    return found
