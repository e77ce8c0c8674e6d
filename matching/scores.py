"""The score of a pair, what each feature gives to it, and everybody's fair turn.

s(i→j) = Σ w_k f_k(i→j) in both directions; the score is their harmonic mean (RECON, Pizzato et
al., RecSys 2010).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching import eligibility, features
from matching.populations import Population
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


def fair_turns(population: Population) -> Floats:
    """Return what to add to everybody's score for the order, shape (n,), mean 0.

    Cross-domain similarity local scaling: half of how near the nearest of a sample of people
    are, so that nobody is shown to everybody. The part that is the asker's own moves nothing in
    their order and is left out. Zero in populations too small to need it.
    """
    size = len(population.people)
    if size < LEAST_FOR_TURNS:
        return np.zeros(size)
    asked = np.arange(0, size, max(1, size // SAMPLED_PEOPLE))
    offered = np.stack([_offered(population, row) for row in asked.tolist()])
    # The ten nearest of everybody are as many fewer of a sample.
    count = max(1, round(NEIGHBOURS * len(asked) / size))
    nearest = np.sort(offered, axis=0)[-count:].mean(axis=0)
    return np.asarray((nearest.mean() - nearest) / 2, dtype=np.float64)


def _offered(population: Population, row: int) -> Floats:
    allowed = eligibility.allowed(population.gate, row)
    return np.where(allowed, score(population, row).score, 0.0)
