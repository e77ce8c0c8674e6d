"""Linear heads: how sure a small model is that a text shows each category. Pure numbers, no policy.

A head is a row of weights over grams (`moderation.grams`), weighed by how rare they are and brought
to one length, and over what the words mean (`moderation.meanings`). Above fourteen words every
window is scored too, and a logistic curve makes a share between 0 and 1 of the whole and of the
surest window, so that padding hides little. All was learned beforehand (`moderation.training`);
nothing here learns, and scikit-learn isn't needed to score.
"""

import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation import grams
from moderation.meanings import Meanings

MODEL, CARD = "heads.npz", "heads.json"
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
                weighed = (1 + np.log(often)) * self.rarity[seen]
                found[row] = weighed @ self.weights[seen] / math.sqrt(weighed @ weighed)
        if self.meanings is not None:
            found += self.meanings.directions(words, parts) @ self.senses
        return found

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


@cache
def shipped() -> Heads | None:
    """Return the model that came with the program, read once per process; None where there is none.

    Raises:
        Broken: it isn't what its card says.
    """
    folder = resources.files("moderation").joinpath("model")
    model, card = folder.joinpath(MODEL), folder.joinpath(CARD)
    if not (model.is_file() and card.is_file()):
        return None
    return read(model.read_bytes(), json.loads(card.read_text(encoding="utf-8")))


def read(model: bytes, card: Mapping[str, Any]) -> Heads:
    """Open a model by its card.

    Raises:
        Broken: it isn't what its card says.
    """
    if hashlib.sha256(model).hexdigest() != card["sha256"]:
        raise Broken("the model isn't the one that its card describes")
    with np.load(io.BytesIO(model), allow_pickle=False) as held:
        names = bytes(held["grams"]).decode().split("\n")
        return Heads(
            categories=tuple(map(Category, card["categories"])),
            places={gram: place for place, gram in enumerate(names)},
            rarity=held["rarity"].astype(np.float32),
            weights=held["weights"].astype(np.float32),
            curves=held["curves"],
            meanings=_meanings(held),
            senses=held["senses"].astype(np.float32),
            looks={Category(one): looks for one, looks in card.get("looks", {}).items()},
        )


def _meanings(held: Mapping[str, Any]) -> Meanings | None:
    if not held["words"].size:
        return None
    words = bytes(held["words"]).decode().split("\n")
    return Meanings(
        places={word: place for place, word in enumerate(words)},
        steps=held["steps"],
        heft=held["heft"].astype(np.float32),
    )


def _text(places: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    names = sorted(places, key=places.__getitem__)
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def written(heads: Heads) -> bytes:
    """Return a model as `read` opens it: half floats, no pickle, the same bytes each time."""
    made = io.BytesIO()
    np.savez_compressed(
        made,
        allow_pickle=False,
        grams=_text(heads.places),
        rarity=heads.rarity.astype(np.float16),
        weights=heads.weights.astype(np.float16),
        curves=heads.curves,
        senses=heads.senses.astype(np.float16),
        words=_text(heads.meanings.places if heads.meanings else {}),
        steps=heads.meanings.steps if heads.meanings else np.zeros((0, 0), dtype=np.int8),
        heft=(heads.meanings.heft if heads.meanings else np.zeros(0)).astype(np.float16),
    )
    return made.getvalue()
