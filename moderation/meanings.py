"""What words mean, as far as their neighbours tell: a direction for each, learned elsewhere.

A text's direction is the mean of its words', the common ones counting little, brought to one length
(SIF: Arora et al., ICLR 2017). So a head knows something of a word that no example holds. The
directions are those that MiniLM (`matching.minilm`) gives each word by itself, turned to the 128
axes along which they differ most and kept as small whole numbers; scoring needs no MiniLM.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
DIMS: Final = 128
# A word that is one in a thousand of all counts half (SIF's a).
COMMON: Final = 1e-3
# Others are slips, names and links.
MOST_LETTERS: Final = 30
_STEPS: Final = 127
FEW_WORDS: Final = 4
FEWEST_KNOWN: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """Directions of words. `steps`: shape (words, DIMS), whole; `heft`: what one step is worth."""

    places: Mapping[str, int]
    steps: npt.NDArray[np.int8]
    heft: Floats

    def knows(self, words: Sequence[str]) -> bool:
        """Tell whether enough of the words are known for a guess; of a few, any are enough.

        In English 996 texts of 1 000 are; in other languages hardly any (promise 32).
        """
        letters = [word for word in words if word.isalpha()]
        known = sum(word in self.places for word in letters)
        return len(letters) < FEW_WORDS or known >= FEWEST_KNOWN * len(letters)

    def directions(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> Floats:
        """Return the direction of half-open stretches of the words. Shape (parts, DIMS).

        Each has the length 1, or 0 where no word is known.
        """
        summed = np.zeros((len(words) + 1, DIMS), dtype=np.float32)
        known = [(at, place) for at, word in enumerate(words)
                 if (place := self.places.get(word)) is not None]  # fmt: skip
        if known:
            at, places = np.array(known).T
            summed[at + 1] = self.steps[places] * self.heft[places][:, None]
            np.cumsum(summed, axis=0, out=summed)
        starts, stops = np.array(parts).T
        found = summed[stops] - summed[starts]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Floats = found / np.maximum(lengths, 1e-6)
        return unit


def learn(texts: Iterable[Sequence[str]]) -> Meanings:
    """Return directions for MiniLM's own words and those that at least two texts hold: minutes.

    Raises:
        NotUsable: MiniLM isn't installed (`matching.minilm`).
    """
    from sklearn.decomposition import PCA  # type: ignore[import-untyped]  # it ships no types

    from matching import minilm

    every, told = Counter[str](), Counter[str]()
    for words in texts:
        every.update(words)
        told.update(set(words))
    encoder = minilm.load()
    often = (word for word, count in told.items() if count > 1 and len(word) < MOST_LETTERS)
    names = sorted({*encoder.words(), *often})
    wide = np.stack([encoder.word(name) for name in names])
    turned = PCA(DIMS, svd_solver="covariance_eigh").fit_transform(wide - wide.mean(axis=0))
    total = every.total()
    rare = np.array([COMMON / (COMMON + every[name] / total) for name in names])
    largest = np.abs(turned).max(axis=1)
    return Meanings(
        places={name: place for place, name in enumerate(names)},
        steps=np.rint(turned / largest[:, None] * _STEPS).astype(np.int8),
        heft=(rare * largest / _STEPS).astype(np.float16).astype(np.float32),
    )
