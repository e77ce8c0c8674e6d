"""Corrections: small changes to what the shipped heads weigh, learned from what people decide here.

A correction only shifts the weights of grams and outlines that the shipped model knows already: no
word that somebody wrote can be read out of it. Pure numbers; what it is learned from is
`moderation.decided`.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation.heads import Broken, Floats, Heads

# How far one gram's weight may go: its own largest by itself says little about a text.
FURTHEST: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What to add to the weights of a model: `added` to those of grams and outlines, shape
    (places, categories), and `turned` to those of meanings, shape (axes, categories).

    `base` is the sha256 of the model it was learned for: its places mean nothing to another.
    """

    base: str
    categories: tuple[Category, ...]
    places: npt.NDArray[np.int32]
    added: Floats
    turned: Floats


class Fit(NamedTuple):
    """What to add for one category: at which places how much, and along each axis of meaning."""

    places: npt.NDArray[np.intp]
    added: Floats
    turned: Floats

    def times(self, step: float) -> "Fit":
        """Return so much of it."""
        return Fit(self.places, self.added * step, self.turned * step)


def applied(heads: Heads, correction: Correction) -> Heads:
    """Return the heads with a correction added.

    Raises:
        Broken: it was learned for another model.
    """
    if correction.base != heads.digest:
        raise Broken("the correction was learned for another model")
    added = np.zeros((heads.size, len(heads.categories)), dtype=np.float32)
    senses = np.zeros_like(heads.senses)
    columns = np.array([heads.categories.index(one) for one in correction.categories])
    added[np.ix_(correction.places, columns)] = correction.added
    senses[:, columns] = correction.turned
    return heads.added_to(added, senses)


def joined(base: str, found: Mapping[Category, Fit]) -> Correction:
    """Return one correction of each category's own."""
    fits = list(found.values())
    places = np.unique(np.concatenate([one.places for one in fits]))
    added = np.zeros((len(places), len(fits)), dtype=np.float32)
    for column, one in enumerate(fits):
        own = np.searchsorted(places, one.places)
        added[own, column] = np.clip(one.added, -FURTHEST, FURTHEST)
    turned = np.stack([one.turned for one in fits], axis=1).clip(-FURTHEST, FURTHEST)
    return Correction(base, tuple(found), places.astype(np.int32), added, turned)


def written(correction: Correction) -> bytes:
    """Return a correction as `read` opens it: no pickle, the same bytes each time."""
    made = io.BytesIO()
    head = json.dumps({"base": correction.base, "categories": list(correction.categories)})
    np.savez_compressed(
        made,
        allow_pickle=False,
        head=np.frombuffer(head.encode(), dtype=np.uint8),
        places=correction.places,
        added=correction.added.astype(np.float16),
        turned=correction.turned.astype(np.float16),
    )
    return made.getvalue()


def read(kept: bytes) -> Correction:
    """Open a correction."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as held:
        head = json.loads(bytes(held["head"]))
        return Correction(
            base=head["base"],
            categories=tuple(map(Category, head["categories"])),
            places=held["places"],
            added=held["added"].astype(np.float32),
            turned=held["turned"].astype(np.float32),
        )
