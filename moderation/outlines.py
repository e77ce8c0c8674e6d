"""Outlines: how a thing is said, whatever the words. A sentence by the classes of its words. Pure.

"I don't want to wake up", "we never wished to be here": self, not, wish, live. Which words make a
class is read from `rulebook/word_classes.toml` when heads learn, and kept in the model; what an
outline tells is learned. Words of no class are passed over, so few examples teach many ways.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from moderation import tfidf

Floats = npt.NDArray[np.floating[Any]]
# So many classes in a row make the longest outline.
LONGEST: Final = 4
# Two classes are also seen together with so many others between them, at most.
FURTHEST: Final = 3


class Outline(NamedTuple):
    """Classes in a row, or a word with the class beside it; from its first word to its last."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """What outlines say. `weights`: shape (outlines, categories); `classes`: by word."""

    classes: Mapping[str, str]
    places: Mapping[str, int]
    rarity: Floats
    weights: Floats

    def margins(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> Floats:
        """Return what they say of half-open stretches of the words. Shape (parts, categories)."""
        found = [
            (place, one.first, one.last)
            for one in of(words, self.classes)
            if (place := self.places.get(one.name)) is not None
        ]
        if not found:
            return np.zeros((len(parts), self.weights.shape[1]))
        items, first, last = np.array(found, dtype=np.intp).T
        starts, stops = np.array(parts, dtype=np.intp).T
        is_within = (first >= starts[:, None]) & (last < stops[:, None])
        owners, at = np.nonzero(is_within)
        return tfidf.margins(
            items, owners, at, parts=len(parts), rarity=self.rarity, weights=self.weights
        )

    def only(self, columns: Sequence[int]) -> "Outlines":
        """Return what they say of some of the categories."""
        return replace(self, weights=self.weights[:, columns])


def shipped() -> dict[str, str]:
    """Return the class of each word that has one."""
    return {word: name for name, words in by_class().items() for word in words}


def by_class() -> dict[str, list[str]]:
    """Return the shipped classes with their words, as they are written down."""
    file = resources.files("moderation").joinpath("rulebook", "word_classes.toml")
    classes: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["classes"]
    return {name: words.split() for name, words in classes.items()}


def of(words: Sequence[str], classes: Mapping[str, str]) -> Iterator[Outline]:
    """Yield every outline of a text. Linear in its words."""
    named = [(at, word, classes[word]) for at, word in enumerate(words) if word in classes]
    for here, (first, word, name) in enumerate(named):
        row = name
        yield Outline(row, first, first)
        for length, (last, other, beside) in enumerate(named[here + 1 : here + LONGEST], 2):
            row = f"{row} {beside}"
            yield Outline(row, first, last)
            if length == 2:
                yield Outline(f"{word}|{beside}", first, last)
                yield Outline(f"{name}|{other}", first, last)
        for last, _, beyond in named[here + 2 : here + 2 + FURTHEST]:
            yield Outline(f"{name}~{beyond}", first, last)
