"""What a head is taught and asked while it learns here: decisions, shipped examples, calm talk.

Everything in the spelling that heads read. Nothing of it is kept.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core.safety import Category, Context
from moderation import authored, grams, labelled, lessons
from moderation.decided import Decided
from moderation.features import SENSE
from moderation.heads import Floats, Heads
from moderation.screening import RulesScreening

# What people here decided counts as much as so many examples each.
HEED: Final = 6.0


class Text(NamedTuple):
    """A text cut into words, whether it shows what is asked, whose it is (None: nobody's, it was
    written for this project), whether a rule says so already, and the way of speaking it is of.
    """

    words: Sequence[str]
    shows: bool
    author: object
    by_rule: bool = False
    kind: str = ""


def decisions(decided: Iterable[Decided], about: Category) -> list[Text]:
    """Return what was decided, asked about one category."""
    rules = _rules()
    return [
        Text(_words(one.text), one.is_so, one.author_id, about in rules.found(one.text, Context()))
        for one in decided
    ]


def _words(text: str) -> Sequence[str]:
    return grams.words(lessons.plain(text[: lessons.MOST_CHARACTERS]))


@cache
def _rules() -> RulesScreening:
    return RulesScreening()


@cache
def taught(about: Category) -> tuple[Text, ...]:
    """Return the shipped examples that may teach."""
    return tuple(
        Text(grams.words(one.text), about in one.shows, None)
        for one in _lessons()
        if about in one.teaches
    )


@cache
def _lessons() -> tuple[lessons.Lesson, ...]:
    return tuple(lessons.every(()))


@cache
def kept_back(about: Category) -> tuple[Text, ...]:
    """Return examples that nothing learns from, and calm talk, each with its way of speaking."""
    rules = _rules()
    examples = [
        Text(
            _words(one.whole), about in one.labels, None,
            about in rules.found(one.whole, Context()), f"{one.about.value}/{one.kind}",
        )
        for one in authored.shipped()
        if one.is_kept_back
    ]  # fmt: skip
    calm = [Text(_words(text), False, None, False, "ordinary") for text in labelled.calm()]
    return (*examples, *calm)


class Counted(NamedTuple):
    """Texts as numbers: their grams, what they mean, how far the shipped head is on their side.

    Shapes (texts, grams), (texts, axes), (texts,), (texts,), (texts,). There are no axes where the
    shipped head heeds none.
    """

    grams: Any
    meant: Floats
    margins: Floats
    shown: npt.NDArray[np.bool_]
    heed: Floats


def counted(heads: Heads, about: Category, texts: Sequence[Text]) -> Counted:
    """Return the shipped examples, then these texts, as numbers."""
    return _joined(_shipped(heads, about), _of(heads, about, texts))


@lru_cache(maxsize=len(Category))
def _shipped(heads: Heads, about: Category) -> Counted:
    """Return the shipped examples, counted once: they are always the same."""
    return _of(heads, about, taught(about))


def _of(heads: Heads, about: Category, texts: Sequence[Text]) -> Counted:
    from scipy import sparse  # type: ignore[import-untyped]  # it ships no types

    column = heads.categories.index(about)
    found = [heads.counted(one.words) for one in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    columns = np.concatenate([places for places, _ in found])
    values = np.concatenate([weighed for _, weighed in found])
    return Counted(
        sparse.csr_matrix((values, columns, ends), shape=(len(texts), heads.size)),
        _meant(heads, column, texts),
        np.array([heads.margins(one.words)[column] for one in texts]),
        np.array([one.shows for one in texts]),
        np.array([HEED if one.author else 1.0 for one in texts]),
    )


def _meant(heads: Heads, column: int, texts: Sequence[Text]) -> Floats:
    if heads.meanings is None or not heads.senses[:, column].any():
        return np.zeros((len(texts), 0))
    parts = [heads.meanings.directions(one.words, [(0, len(one.words))]) for one in texts]
    return SENSE * np.concatenate(parts)


def _joined(one: Counted, other: Counted) -> Counted:
    from scipy import sparse

    grams = sparse.vstack([one.grams, other.grams]).tocsr()
    return Counted(grams, *(np.concatenate(pair) for pair in zip(one[1:], other[1:], strict=True)))
