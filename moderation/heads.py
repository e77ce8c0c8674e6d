"""Linear heads: how sure a small model is that a text shows each category. Pure numbers, no policy.

A head is a row of weights over grams (`moderation.grams`), weighed by how rare they are and brought
to one length, then made a share between 0 and 1 by a logistic curve. They were learned beforehand
(`moderation.training`); nothing here learns, and scikit-learn isn't needed to score. Above fourteen
words every window is scored too, and the surest counts, so that padding hides nothing.
"""

import hashlib
import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation import grams

MODEL, CARD = "heads.npz", "heads.json"
Floats = npt.NDArray[np.floating[Any]]
Scores = Mapping[Category, float]


class Broken(ValueError):
    """A model isn't what its card says."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights for grams and categories. `weights`: shape (grams, categories), rarity counted in."""

    categories: tuple[Category, ...]
    places: Mapping[str, int]
    rarity: Floats
    weights: Floats
    steepness: Floats
    midpoints: Floats

    def scores(self, text: str) -> Scores:
        """Return the surest share of the whole and its windows, for each category."""
        margins = np.max([self._margins(part) for part in grams.windows(grams.words(text))], axis=0)
        shares = 1 / (1 + np.exp(-(self.steepness * margins + self.midpoints)))
        return dict(zip(self.categories, shares.tolist(), strict=True))

    def margins(self, text: str) -> Floats:
        """Return how far a text, taken whole, is on the side of each category. Shape (heads,)."""
        return self._margins(grams.words(text))

    def _margins(self, words: Sequence[str]) -> Floats:
        counted = Counter(grams.of_words(words))
        known = [(place, count) for gram, count in counted.items()
                 if (place := self.places.get(gram)) is not None]  # fmt: skip
        if not known:
            return np.zeros(len(self.categories))
        places = [place for place, _ in known]
        often = np.array([1 + math.log(count) for _, count in known], dtype=self.weights.dtype)
        weighed = often * self.rarity[places]
        found: Floats = weighed @ self.weights[places] / np.linalg.norm(weighed)
        return found


def shipped() -> Heads | None:
    """Return the model that came with the program; None where there is none.

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
            steepness=held["steepness"],
            midpoints=held["midpoints"],
        )


def written(heads: Heads) -> bytes:
    """Return a model as `read` opens it: half floats, no pickle, the same bytes each time."""
    names = sorted(heads.places, key=heads.places.__getitem__)
    made = io.BytesIO()
    np.savez_compressed(
        made,
        grams=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        rarity=heads.rarity.astype(np.float16),
        weights=heads.weights.astype(np.float16),
        steepness=heads.steepness,
        midpoints=heads.midpoints,
    )
    return made.getvalue()
