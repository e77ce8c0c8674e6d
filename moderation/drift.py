"""Whether heads still judge as they did: counts of now beside those of before. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.safety import Category
from moderation.counting import BINS, LOOKED, Counts, Mark

# Fewer texts tell more of chance than of change.
FEWEST_TEXTS: Final = 500
# The usual readings of the population stability index: below .1 no change, above .25 a large one.
SOME, MUCH = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Rate:
    """Of so many texts, how many a guess brought to somebody."""

    texts: int
    looked: int

    @property
    def per_thousand(self) -> float:
        """Of a thousand texts; 0 where there were none."""
        return 1_000 * self.looked / self.texts if self.texts else 0.0


def rate(counts: Counts, model: str, about: Category) -> Rate:
    """Return how often a model's guesses brought somebody."""
    return Rate(sum(_bins(counts, model, about)), counts.get(Mark(model, about, LOOKED), 0))


def shift(before: Counts, after: Counts, model: str, about: Category) -> float | None:
    """Return the population stability index of a model's shares; None for too few texts."""
    old, new = (_bins(counts, model, about) for counts in (before, after))
    if min(sum(old), sum(new)) < FEWEST_TEXTS:
        return None
    # Half a text in each bin, so that an empty one says little rather than everything.
    pairs = zip(_shares(old), _shares(new), strict=True)
    return sum((now - was) * math.log(now / was) for was, now in pairs)


def _bins(counts: Counts, model: str, about: Category) -> list[int]:
    return [counts.get(Mark(model, about, place), 0) for place in range(BINS)]


def _shares(bins: Sequence[int]) -> list[float]:
    total = sum(bins) + BINS / 2
    return [(count + 0.5) / total for count in bins]
