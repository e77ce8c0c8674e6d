"""The score of a pair, what each feature gives to it, and everybody's fair turn.

s(i→j) = Σ w_k f_k(i→j) in both directions; the score is their harmonic mean (RECON, Pizzato et
al., RecSys 2010).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching import eligibility, features
from matching.populations import Indices, Population
from matching.vectors import Floats

# With fewer, everybody is shown to everybody (promise 36), and ten would be too many neighbours.
LEAST_FOR_TURNS: Final = 50
# CSLS looks at the ten nearest (Conneau et al., ICLR 2018, §2.2). Asking 300 people at least is
# where it cost under .02 of P@5 for a third less exposure Gini on ESConv; with 64, noise made both
# worse (benchmarks.matching).
NEIGHBOURS: Final = 10
SAMPLED_PEOPLE: Final = 300


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One person against n: `score` (n,), and `contributions` (K, n), which sum to it."""

    score: Floats
    contributions: Floats


def score(population: Population, row: int) -> Scored:
    """Score one person against all, whether they may be offered or not.

    With a = s(i→j), b = s(j→i) and h = 2ab / (a + b), Euler's theorem for the homogeneous h
    gives c_k = ∂h/∂a · w_k f_k(i→j) + ∂h/∂b · w_k f_k(j→i), where ∂h/∂a = 2b² / (a + b)².

    Raises:
        ArithmeticError: a feature is no number.
    """
    out, back = features.both_ways(population, row)
    weights = features.WEIGHTS[:, np.newaxis]
    there, here = weights * out, weights * back
    a, b = there.sum(axis=0), here.sum(axis=0)
    squared = np.where(a + b > 0, (a + b) ** 2, 1.0)
    contributions = (2 * b**2 * there + 2 * a**2 * here) / squared
    if not np.isfinite(contributions).all():
        raise ArithmeticError("a score is no number")
    return Scored(np.minimum(contributions.sum(axis=0), 1.0), contributions)


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """What to add to everybody's score for the order, shape (n,), mean 0 when first found.

    `nearness` is the mean over everybody of how near those nearest to them are.
    """

    added: Floats
    nearness: float = 0.0


def fair_turns(population: Population) -> Turns:
    """Find everybody's turn: cross-domain similarity local scaling.

    Half of how near the nearest of a sample of people are is taken off, so that nobody is shown
    to everybody. The part that is the asker's own moves nothing in their order and is left out.
    Zero in populations too small to need it.
    """
    size = len(population.people)
    if size < LEAST_FOR_TURNS:
        return Turns(np.zeros(size))
    asked = _asked(size)
    nearest = _nearest(np.stack([_offered(population, row) for row in asked.tolist()]), size)
    mean = float(nearest.mean())
    return Turns((mean - nearest) / 2, mean)


def turns_after(before: Turns, kept: Indices, population: Population, fresh: Indices) -> Turns:
    """Find the turns of those in `fresh` alone; row by row, `kept` is where others stood before.

    A score is the same from both sides, so one person's own is enough to find their turn. The
    others' would move by less than a sample of them does.
    """
    size = len(population.people)
    added = np.where(kept >= 0, before.added[kept], 0.0)
    if size >= LEAST_FOR_TURNS:
        asked = _asked(size)
        for row in fresh.tolist():
            near = _nearest(_offered(population, row)[asked][:, np.newaxis], size)
            added[row] = (before.nearness - near[0]) / 2
    return Turns(added, before.nearness)


def _asked(size: int) -> Indices:
    return np.arange(0, size, max(1, size // SAMPLED_PEOPLE))


def _nearest(offered: Floats, size: int) -> Floats:
    """Return the mean of the largest of each column. Shape (asked, m) to (m,)."""
    # The ten nearest of everybody are as many fewer of a sample.
    count = max(1, round(NEIGHBOURS * len(offered) / size))
    return np.asarray(np.sort(offered, axis=0)[-count:].mean(axis=0), dtype=np.float64)


def _offered(population: Population, row: int) -> Floats:
    allowed = eligibility.allowed(population.gate, row)
    return np.where(allowed, score(population, row).score, 0.0)
