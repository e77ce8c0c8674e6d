"""Outlines: how a thing is said, whatever the words. A sentence by the classes of its words. Pure.

"I don't want to wake up", "we never wished to be here": self, not, wish, live. Which words make a
class is read from `rulebook/word_classes.toml` when heads learn, and kept in the model; what an
outline tells is learned. Words of no class are passed over, so few examples teach many ways.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from moderation import tfidf

Floats = npt.NDArray[np.floating[Any]]
# So many classes in a row make the longest outline.
LONGEST: Final = 4
# Two classes are also seen together with so many others between them, at most.
FURTHEST: Final = 3


# Classes in a row, or a word with the class beside it; the places of its first and its last word.
# A plain tuple: there are hundreds in a page, and naming their parts takes half of the time.
Outline = tuple[str, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """What outlines say. `weights`: shape (outlines, categories); `classes`: by word."""

    classes: Mapping[str, str]
    places: Mapping[str, int]
    rarity: Floats
    weights: Floats

    def weighed(self, words: Sequence[str]) -> tuple[tfidf.Places, Floats]:
        """Return the places of the outlines of a whole, ascending, and how much each counts.

        Shapes (outlines,), (outlines,); in length the second is 1, or empty.
        """
        items = np.array([place for place, _, _ in self._found(words)], dtype=np.intp)
        return tfidf.weighed(items, self.rarity)

    def _found(self, words: Sequence[str]) -> list[tuple[int, int, int]]:
        return [
            (place, first, last)
            for name, first, last in of(words, self.classes)
            if (place := self.places.get(name)) is not None
        ]

    def margins(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> Floats:
        """Return what they say of half-open stretches of the words. Shape (parts, categories)."""
        found = self._found(words)
        if not found:
            return np.zeros((len(parts), self.weights.shape[1]))
        items, first, last = (np.array(one, dtype=np.intp) for one in zip(*found, strict=True))
        starts, stops = np.array(parts, dtype=np.intp).T
        # In the order of their first words, so those that begin in a stretch stand in a row.
        owners, at = tfidf.runs(np.searchsorted(first, starts), np.searchsorted(first, stops))
        is_within = last[at] < stops[owners]
        owners, at = owners[is_within], at[is_within]
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


def of(words: Sequence[str], classes: Mapping[str, str]) -> list[Outline]:
    """Return every outline of a text. Linear in its words."""
    named = [(at, word, classes[word]) for at, word in enumerate(words) if word in classes]
    found: list[Outline] = []
    for here, (first, word, name) in enumerate(named):
        found.append((name, first, first))
        row = name
        for last, _, beside in named[here + 1 : here + LONGEST]:
            row = f"{row} {beside}"
            found.append((row, first, last))
        for last, other, beside in named[here + 1 : here + 2]:
            found += ((f"{word}|{beside}", first, last), (f"{name}|{other}", first, last))
        found += [
            (f"{name}~{beyond}", first, last)
            for last, _, beyond in named[here + 2 : here + 2 + FURTHEST]
        ]
    return found
