"""Linear heads: how sure a small model is that a text shows each category. Pure numbers, no policy.

A head is a row of weights over grams (`moderation.grams`), weighed by how rare they are and brought
to one length, and over what the words mean (`moderation.meanings`). Above fourteen words every
window is scored too, and a logistic curve makes a share between 0 and 1 of the whole and of the
surest window, so that padding hides little. All was learned beforehand (`moderation.training`);
nothing here learns, and scikit-learn isn't needed to score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation import grams
from moderation.meanings import Meanings

Floats = npt.NDArray[np.floating[Any]]
Scores = Mapping[Category, float]
# So many of a thousand calm texts come to be looked at: what an organisation may choose from.
BUDGETS: Final = (1, 2, 5, 10, 20)
# Words whose grams are known without looking; most talk needs few thousand.
MOST_REMEMBERED: Final = 20_000
_NO_PLACES: Final = np.array([], dtype=np.intp)


class Broken(ValueError):
    """A model isn't what its card says."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights for grams, meanings and categories. `weights`: shape (grams, categories).

    `senses`: shape (axes of meaning, categories); no meanings, no axes.

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
    looks: Mapping[Category, Mapping[str, float]]
    # The sha256 of the model as it was written; of one that never was, nothing.
    digest: str = ""
    _remembered: dict[str, npt.NDArray[np.intp]] = field(default_factory=dict, repr=False)

    def scores(self, words: Sequence[str]) -> Scores:
        """Return how sure each head is of a text, of its words in plain spelling."""
        parts = grams.windows(len(words))
        margins = self._margins(words, parts)
        whole, peak, length, middle = self.curves.T
        bare = whole * margins[0] + peak * margins.max(axis=0) + middle
        # Of many windows the surest is surer by chance.
        bare += length * math.log(len(parts))
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
            curves=self.curves[kept],
        )

    def margins(self, words: Sequence[str]) -> Floats:
        """Return how far words, as a whole, are on the side of each category. Shape (heads,)."""
        found: Floats = self._margins(words, [(0, len(words))])[0]
        return found

    def _margins(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> Floats:
        """Return the margins of half-open stretches of the words. Shape (parts, heads)."""
        places, ends = self._known(words)
        pairs = self._pairs(words)
        found = np.zeros((len(parts), len(self.categories)))
        for row, (start, stop) in enumerate(parts):
            first = ends[start - 1] if start else 0
            inside = places[first : ends[stop - 1] if stop else 0]
            seen, often = np.unique(
                np.concatenate((inside, [one for one in pairs[start : stop - 1] if one >= 0])),
                return_counts=True,
            )
            if len(seen):
                seen = seen.astype(np.intp)
                found[row] = self._weighed(seen, often) @ self.weights[seen]
        if self.meanings is not None:
            found += self.meanings.directions(words, parts) @ self.senses
        return found

    def grams(self, words: Sequence[str]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Return the places of the grams of a whole, ascending, and how much each of them counts.

        Shapes (grams,), (grams,); in length the second is 1, or empty.
        """
        places, _ = self._known(words)
        pairs = [one for one in self._pairs(words) if one >= 0]
        seen, often = np.unique(np.concatenate((places, pairs)), return_counts=True)
        seen = seen.astype(np.intp)
        return seen, self._weighed(seen, often) if len(seen) else np.zeros(0)

    def _weighed(self, seen: npt.NDArray[np.intp], often: npt.NDArray[np.intp]) -> Floats:
        weighed: Floats = (1 + np.log(often)) * self.rarity[seen]
        return weighed / math.sqrt(weighed @ weighed)

    def _known(self, words: Sequence[str]) -> tuple[npt.NDArray[np.intp], Sequence[int]]:
        """Return the places of the grams within words, and how many there are up to each word."""
        each = [self._within(word) for word in words]
        ends = list(accumulate(map(len, each)))
        return (np.concatenate(each) if each else _NO_PLACES), ends

    def _pairs(self, words: Sequence[str]) -> list[int]:
        """Return the place of each pair of neighbours; -1 where it isn't known."""
        return [self.places.get(grams.pair(one, other), -1) for one, other in pairwise(words)]

    def _within(self, word: str) -> npt.NDArray[np.intp]:
        if (known := self._remembered.get(word)) is not None:
            return known
        places = (self.places.get(gram) for gram in grams.of_word(word))
        found = np.array([place for place in places if place is not None], dtype=np.intp)
        if len(self._remembered) >= MOST_REMEMBERED:
            # A flood of made-up words takes no memory for good.
            self._remembered.clear()
        self._remembered[word] = found
        return found
