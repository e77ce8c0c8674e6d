"""Linear heads: how sure a small model is that a text shows each category. Pure numbers, no policy.

A head is a row of weights over grams (`moderation.grams`), weighed by how rare they are and brought
to one length, over what the words mean (`moderation.meanings`), and over how a thing is said,
whatever the words (`moderation.outlines`). Above fourteen words every window is scored too, and a
logistic curve makes a share between 0 and 1 of the whole and of the surest window, so that padding
hides little. All was learned beforehand (`moderation.training`); nothing here learns, and
scikit-learn isn't needed to score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation import grams, tfidf
from moderation.meanings import Meanings
from moderation.outlines import Outlines

Floats = npt.NDArray[np.floating[Any]]
Places = tfidf.Places
Scores = Mapping[Category, float]
# So many of a thousand calm texts come to be looked at: what an organisation may choose from.
BUDGETS: Final = (1, 2, 5, 10, 20)
# Words whose grams are known without looking; most talk needs few thousand.
MOST_REMEMBERED: Final = 20_000
# Windows that are weighed together: more share more grams, and take more memory.
AT_ONCE: Final = 64


class Broken(ValueError):
    """A model isn't what its card says."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights for grams, meanings and categories. `weights`: shape (grams, categories).

    `senses`: shape (axes of meaning, categories); no meanings, no axes. `outlines`: how a thing is
    said, whatever the words (`moderation.outlines`).

    `curves`: shape (categories, 4), how much the whole, its surest window and the number of windows
    count, and the middle.
    `looks`: for each category the share above which at most so many of a thousand calm texts come
    to be looked at, by that number.
    """

    categories: tuple[Category, ...]
    places: Mapping[str, int]
    rarity: Floats
    weights: Floats
    curves: Floats
    meanings: Meanings | None
    senses: Floats
    outlines: Outlines | None
    looks: Mapping[Category, Mapping[str, float]]
    # The sha256 of the model as it was written; of one that never was, nothing.
    digest: str = ""
    _remembered: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def scores(self, words: Sequence[str]) -> Scores:
        """Return how sure each head is of a text, of its words in plain spelling."""
        return self.shares(self.margins_of(words, grams.windows(len(words))))

    def shares(self, margins: Floats) -> Scores:
        """Return how sure each head is by the margins of a whole and its windows (`grams.windows`).

        Shape (parts, heads).
        """
        whole, peak, length, middle = self.curves.T
        bare = whole * margins[0] + peak * margins.max(axis=0) + middle
        # Of many windows the surest is surer by chance.
        bare += length * math.log(len(margins))
        shares = 1 / (1 + np.exp(-bare))
        return dict(zip(self.categories, shares.tolist(), strict=True))

    def looks_at(self, about: Category, budget: int | None) -> float | None:
        """Return above which share a text comes to be looked at; None where none does."""
        return self.looks.get(about, {}).get(str(budget))

    def knows(self, words: Sequence[str]) -> bool:
        """Tell whether these are words that a guess can rest on: of the language learned from."""
        return self.meanings is None or self.meanings.knows(words)

    def without(self, about: Category) -> "Heads":
        """Return the same heads but for one category."""
        kept = [at for at, one in enumerate(self.categories) if one is not about]
        return replace(
            self,
            categories=tuple(self.categories[at] for at in kept),
            weights=self.weights[:, kept],
            senses=self.senses[:, kept],
            outlines=self.outlines and self.outlines.only(kept),
            curves=self.curves[kept],
        )

    def margins(self, words: Sequence[str]) -> Floats:
        """Return how far words, as a whole, are on the side of each category. Shape (heads,)."""
        found: Floats = self.margins_of(words, [(0, len(words))])[0]
        return found

    def margins_of(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> Floats:
        """Return the margins of half-open stretches of the words. Shape (parts, heads)."""
        items, ends = self._items(words)
        chunks = [parts[at : at + AT_ONCE] for at in range(0, len(parts), AT_ONCE)]
        found = np.concatenate([self._of_grams(items, ends, one) for one in chunks])
        if self.meanings is not None:
            found += self.meanings.directions(words, parts) @ self.senses
        if self.outlines is not None:
            found += self.outlines.margins(words, parts)
        return found

    @property
    def size(self) -> int:
        """How many things are counted: grams, then outlines."""
        return len(self.places) + (len(self.outlines.places) if self.outlines else 0)

    def counted(self, words: Sequence[str]) -> tuple[Places, Floats]:
        """Return the places of the grams of a whole, then of its outlines behind all grams, each
        ascending, and how much each of them counts. Shapes (things,), (things,).
        """
        seen, counts = tfidf.weighed(self._items(words)[0], self.rarity)
        if self.outlines is None:
            return seen, counts
        beyond, others = self.outlines.weighed(words)
        return np.concatenate([seen, len(self.places) + beyond]), np.concatenate([counts, others])

    def added_to(self, added: Floats, senses: Floats) -> "Heads":
        """Return heads that weigh so much more. Shapes (things, categories), as `senses`."""
        kept = self.outlines
        if kept is not None:
            kept = replace(kept, weights=kept.weights + added[len(self.places) :])
        return replace(
            self,
            weights=self.weights + added[: len(self.places)],
            senses=self.senses + senses,
            outlines=kept,
        )

    def _items(self, words: Sequence[str]) -> tuple[Places, Places]:
        """Return the places of all grams in the order of the words, and where each word's end.

        Shapes (grams,), (2 * words,): a word's own grams, then its pair with the next word.
        """
        found: list[int] = []
        ends: list[int] = []
        for word, pair in zip_longest(words, self._pairs(words), fillvalue=-1):
            found += self._within(str(word))
            ends.append(len(found))
            if pair >= 0:
                found.append(int(pair))
            ends.append(len(found))
        return np.array(found, dtype=np.intp), np.array(ends, dtype=np.intp)

    def _of_grams(self, items: Places, ends: Places, parts: Sequence[tuple[int, int]]) -> Floats:
        """Return what grams say of stretches of the words. Shape (parts, heads)."""
        if not len(items):
            return np.zeros((len(parts), len(self.categories)))
        if len(parts) == 1 and parts[0] == (0, len(ends) // 2):
            seen, counts = tfidf.weighed(items, self.rarity)
            return (counts @ self.weights[seen])[None, :]
        bounds = np.concatenate(([0], ends))
        # The pair that leads out of a stretch is none of its own.
        starts, stops = (bounds[[2 * start for start, _ in parts]],
                         bounds[[max(2 * stop - 1, 0) for _, stop in parts]])  # fmt: skip
        owners, at = tfidf.runs(starts, stops)
        return tfidf.margins(
            items, owners, at, parts=len(parts), rarity=self.rarity, weights=self.weights
        )

    def _pairs(self, words: Sequence[str]) -> list[int]:
        """Return the place of each pair of neighbours; -1 where it isn't known."""
        return [self.places.get(grams.pair(one, other), -1) for one, other in pairwise(words)]

    def _within(self, word: str) -> list[int]:
        if (known := self._remembered.get(word)) is not None:
            return known
        places = (self.places.get(gram) for gram in grams.of_word(word))
        found = [place for place in places if place is not None]
        if len(self._remembered) >= MOST_REMEMBERED:
            # A flood of made-up words takes no memory for good.
            self._remembered.clear()
        self._remembered[word] = found
        return found
