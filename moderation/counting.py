"""Counts of how sure heads are: numbers of an organisation, no text, no person, no room. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from uuid import UUID

from core.safety import Category

# Steps of half a unit of log odds, from -10 to 10.
BINS: Final = 40
# Where the texts are counted that a guess brought, or would have brought, to somebody.
LOOKED: Final = -1
# What the shipped heads are called among corrections, which have ids of their own.
SHIPPED: Final = "shipped"


class Mark(NamedTuple):
    """One text, one model, one category: where it falls."""

    model: str
    about: Category
    place: int


Counts = Mapping[Mark, int]


def model_of(correction_id: UUID | None) -> str:
    """Return what a model is called in the counts."""
    return str(correction_id) if correction_id else SHIPPED


def place_of(share: float) -> int:
    """Return in which bin a share between 0 and 1 falls, 0 to `BINS` - 1."""
    kept = min(max(share, 1e-9), 1 - 1e-9)
    return min(max(int(2 * math.log(kept / (1 - kept))) + BINS // 2, 0), BINS - 1)


class Tally:
    """The counts of this process that are not in the database yet."""

    def __init__(self) -> None:
        self._counts: dict[UUID, Counter[Mark]] = {}

    def add(
        self, organisation_id: UUID, model: str, scores: Mapping[Category, float],
        looked: Iterable[Category],
    ) -> None:  # fmt: skip
        """Count one text."""
        counts = self._counts.setdefault(organisation_id, Counter())
        for about, share in scores.items():
            counts[Mark(model, about, place_of(share))] += 1
        for about in looked:
            counts[Mark(model, about, LOOKED)] += 1

    def take(self, organisation_id: UUID) -> Counts:
        """Return an organisation's counts and begin anew."""
        return self._counts.pop(organisation_id, {})

    def put_back(self, organisation_id: UUID, counts: Counts) -> None:
        """Keep counts that could not be stored."""
        self._counts.setdefault(organisation_id, Counter()).update(counts)
