"""Whom somebody asked to be shown first, and why not the ones they saw. It is theirs to say.

It moves their own order for a week, outside of the score, and nothing else: nobody is told.
"""

from enum import StrEnum
from typing import Final

import numpy as np

from matching import features, text
from matching.features import ENOUGH_INTERESTS, ENOUGH_QUARTERS, Seen
from matching.populations import Population
from matching.rules import Mask
from matching.vectors import Floats

# Beside scores in [0, 1] it decides; among those it doesn't tell apart, the score does.
WEIGHT: Final = 1.0


class Leaning(StrEnum):
    """What the people shown first should be like."""

    FURTHER_ALONG = "further_along"
    LIVING_IT = "living_it"
    CLOSER = "closer"
    OTHER_THINGS = "other_things"
    SAME_TIMES = "same_times"


def added(population: Population, row: int, leaning: Leaning) -> Floats:
    """Return how much everybody is like what was asked for, times `WEIGHT`. Shape (n,)."""
    seen = features.see(population, row)
    if leaning is Leaning.FURTHER_ALONG:
        found = _in(seen, population.lived.ahead >= 1.0)
    elif leaning is Leaning.LIVING_IT:
        found = _in(seen, population.lived.is_living)
    elif leaning is Leaning.CLOSER:
        found = _closer(seen)
    elif leaning is Leaning.OTHER_THINGS:
        found = population.interests.hits(population.interests.words[row]) / ENOUGH_INTERESTS
    else:
        shared = np.bitwise_count(population.free & population.free[row])
        found = shared.sum(axis=1, dtype=np.float64) / ENOUGH_QUARTERS
    return WEIGHT * np.minimum(found, 1.0)


def _in(seen: Seen, where: Mask) -> Floats:
    """How near the nearest experience is that the other would be met for and is so far along in.

    For somebody who named none of their own, any counts.
    """
    lived = seen.population.lived
    welcome = lived.is_welcome[seen.mine]
    near = seen.near[welcome].max(axis=0) if welcome.any() else np.ones(len(lived.owner))
    found = np.zeros(len(seen.population.people))
    np.maximum.at(found, lived.owner, near * where * lived.is_welcome)
    return found


def _closer(seen: Seen) -> Floats:
    """As alike as possible: where most of it is about the same things, by the same words."""
    lived = seen.population.lived
    found = np.zeros(len(seen.population.people))
    np.maximum.at(found, lived.owner, seen.near.max(axis=0, initial=0.0) * lived.is_welcome)
    return (found + text.worth_alike(seen.population.own.shares(seen.row))) / 2
