"""How good an order of people is, in the field's usual figures. All lie in [0, 1].

`rankings` holds one list of ids a seeker, best first; `good` the ids that were right for each.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Rankings = Mapping[str, Sequence[str]]
Good = Mapping[str, Collection[str]]
Pair = Callable[[str, str], bool]


def precision_at(rankings: Rankings, good: Good, *, k: int) -> float:
    """Return the mean share of good ones among the first k (P@k); a short list counts as k."""
    return _mean(
        [sum(one in good[who] for one in found[:k]) / k for who, found in rankings.items()]
    )


def ndcg_at(rankings: Rankings, good: Good, *, k: int) -> float:
    """Return the mean normalised discounted gain (Järvelin & Kekäläinen 2002), gains 0 or 1.

    Seekers for whom nobody is good are left out.
    """
    return _mean([_ndcg(found[:k], good[who], k) for who, found in rankings.items() if good[who]])


def _ndcg(found: Sequence[str], good: Collection[str], k: int) -> float:
    discounts = 1 / np.log2(np.arange(k) + 2)
    gains = np.array([one in good for one in found], dtype=np.float64)
    ideal = discounts[: min(k, len(good))].sum()
    return float((gains * discounts[: len(gains)]).sum() / ideal)


def share_with_a_good_one(rankings: Rankings, good: Good, *, k: int) -> float:
    """Return the share of seekers with at least one good one among their first k."""
    return _mean([any(one in good[who] for one in found[:k]) for who, found in rankings.items()])


def exposure_gini(rankings: Rankings, everybody: Collection[str], *, k: int) -> float:
    """Return how unevenly first-k places fall on people: 0 all alike, towards 1 all on one."""
    shown = dict.fromkeys(everybody, 0)
    for found in rankings.values():
        for one in found[:k]:
            shown[one] += 1
    counts = np.sort(np.array(list(shown.values()), dtype=np.float64))
    size = len(counts)
    if not counts.sum():
        return 0.0
    return float(((2 * np.arange(1, size + 1) - size - 1) * counts).sum() / (size * counts.sum()))


@dataclass(frozen=True, slots=True)
class SharedNotIdentical:
    """SNI@k and the mean of each factor; `sni` is the mean of their product, pair by pair."""

    sni: float
    shared: float
    not_copied: float
    complement: float


def shared_not_identical(
    rankings: Rankings, *, shared: Pair, copied: Pair, complement: Pair, k: int
) -> SharedNotIdentical:
    """Return SNI@k = mean over seekers and first k of shared x not copied x complement."""
    rows = [
        (shared(who, one), not copied(who, one), complement(who, one))
        for who, found in rankings.items()
        for one in found[:k]
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    if not len(table):
        return SharedNotIdentical(0.0, 0.0, 0.0, 0.0)
    factors = table.mean(axis=0).tolist()
    return SharedNotIdentical(float(table.prod(axis=1).mean()), *factors)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
