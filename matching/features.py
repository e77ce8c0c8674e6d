"""What speaks for a pair, one direction at a time: f_k(i→j) in [0, 1] and its prior weight.

`i→j` reads: what i would find in j. Something i said nothing about is 0 for everybody, so that a
weight means the same whatever a profile holds. Nothing here is learned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import text
from matching.populations import Population
from matching.rules import Mask, Tags
from matching.vectors import Floats

# f(i→j) and f(j→i) for one i and every j, each of shape (n,).
Both = tuple[Floats, Floats]

# Words alone count for less than a topic both confirmed; and little where both confirmed topics
# and these differ.
WORDS_AGAINST_TOPIC: Final = 0.8
WORDS_AGAINST_OTHER_TOPIC: Final = 0.3
# Two shared interests are enough to begin a talk; ten bring nobody closer.
ENOUGH_INTERESTS: Final = 2.0
# So is one shared part of a day a week; the shortest has five hours.
ENOUGH_QUARTERS: Final = 5 * 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A population from one person's place.

    `mine` are the rows of their experiences in `population.lived`; `near` (len(mine), m) is how
    near each is to everybody's, in [0, 1].
    """

    population: Population
    row: int
    mine: NDArray[np.intp]
    near: Floats


def see(population: Population, row: int) -> Seen:
    """Compare one person's experiences with everybody's."""
    lived = population.lived
    mine = np.flatnonzero(lived.owner == row)
    near = np.zeros((len(mine), len(lived.owner)))
    for place, one in enumerate(mine.tolist()):
        have_topics = (lived.topic >= 0) & (lived.topic[one] >= 0)
        by_words = text.worth(lived.texts.shares(one))
        by_words *= np.where(have_topics, WORDS_AGAINST_OTHER_TOPIC, WORDS_AGAINST_TOPIC)
        near[place] = np.where(have_topics & (lived.topic == lived.topic[one]), 1.0, by_words)
    return Seen(population, row, mine, near)


def _words(seen: Seen) -> Both:
    """Closeness of own words, saturated unless the person wants others as alike as possible."""
    population = seen.population
    shares = population.own.shares(seen.row)
    near, alike = text.worth(shares), text.worth_alike(shares)
    wants_alike = population.wants_alike
    return alike if wants_alike[seen.row] else near, np.where(wants_alike, alike, near)


def _experiences(seen: Seen) -> Both:
    """How near the nearest experience of the other is to each of one's own, by its weight."""
    is_welcome = seen.population.lived.is_welcome
    return (
        _found(seen, seen.near, wanting=is_welcome, having=is_welcome),
        _given(seen, seen.near, wanting=is_welcome, having=is_welcome),
    )


def _complement(seen: Seen) -> Both:
    """The same for what one is living, by how far along the other is in it."""
    lived = seen.population.lived
    is_living = lived.is_welcome & lived.is_living
    ahead = lived.ahead[seen.mine][:, np.newaxis]
    return (
        _found(seen, seen.near * lived.ahead, wanting=is_living, having=lived.is_welcome),
        _given(seen, seen.near * ahead, wanting=is_living, having=lived.is_welcome),
    )


def _comfort(seen: Seen) -> Both:
    """1 minus the nearest thing the other would be met for and one would rather not meet."""
    lived, sets = seen.population.lived, seen.population.gate.sets
    unspoken, welcome = sets["unspoken"], sets["welcome"]
    mine_unwelcome = lived.is_unwelcome[seen.mine][:, np.newaxis]
    mine_welcome = lived.is_welcome[seen.mine][:, np.newaxis]
    out = _nearest(seen, _best(seen.near * mine_unwelcome), lived.is_welcome)
    back = _nearest(seen, _best(seen.near * mine_welcome), lived.is_unwelcome)
    out[welcome.hits(unspoken.words[seen.row]) > 0] = 1.0
    back[unspoken.hits(welcome.words[seen.row]) > 0] = 1.0
    return 1.0 - out, 1.0 - back


def _strategies(seen: Seen) -> Both:
    """How much of what one wants to try the other has used, or something alike."""
    wanted, used = seen.population.wanted, seen.population.used
    size = len(seen.population.people)
    out, count = np.zeros(size), np.maximum(1, np.bincount(wanted.owner, minlength=size))
    for one in np.flatnonzero(wanted.owner == seen.row).tolist():
        near = used.near(wanted.names.words[one], wanted.words.words[one])
        out += _largest(near, used.owner, size) / count[seen.row]
    met = np.zeros(len(wanted.owner))
    for one in np.flatnonzero(used.owner == seen.row).tolist():
        met = np.maximum(met, wanted.near(used.names.words[one], used.words.words[one]))
    return np.minimum(out, 1.0), np.bincount(wanted.owner, met, minlength=size) / count


def _support(seen: Seen) -> Both:
    """The share of what one looks for that the other offers."""
    return _covered(seen, seen.population.looking_for, seen.population.can_offer)


def _language(seen: Seen) -> Both:
    """The share of one's languages that the other speaks."""
    languages = seen.population.gate.sets["languages"]
    return _covered(seen, languages, languages)


def _interests(seen: Seen) -> Both:
    interests = seen.population.interests
    shared = interests.hits(interests.words[seen.row])
    enough = np.minimum(shared / ENOUGH_INTERESTS, 1.0)
    return enough, enough


def _times(seen: Seen) -> Both:
    free = seen.population.free
    quarters = np.bitwise_count(free & free[seen.row]).sum(axis=1, dtype=np.float64)
    enough = np.minimum(quarters / ENOUGH_QUARTERS, 1.0)
    return enough, enough


def _covered(seen: Seen, wanted: Tags, had: Tags) -> Both:
    """|W_i ∩ U_j| / |W_i| and the same from the other side."""
    out = had.hits(wanted.words[seen.row]) / max(1, int(wanted.counts[seen.row]))
    back = wanted.hits(had.words[seen.row]) / np.maximum(1, wanted.counts)
    return out, back


def _found(seen: Seen, near: Floats, *, wanting: Mask, having: Mask) -> Floats:
    """Mean over my wanting experiences of the nearest one each other person has. Shape (n,)."""
    found = np.zeros(len(seen.population.people))
    weights = seen.population.lived.weight[seen.mine] * wanting[seen.mine]
    for weight, row in zip(weights, near, strict=True):
        if weight:
            found += weight / weights.sum() * _nearest(seen, row, having)
    return np.minimum(found, 1.0)


def _given(seen: Seen, near: Floats, *, wanting: Mask, having: Mask) -> Floats:
    """Mean over each other person's wanting experiences of the nearest one I have. Shape (n,)."""
    lived, size = seen.population.lived, len(seen.population.people)
    best = _best(near * having[seen.mine][:, np.newaxis])
    weights = lived.weight * wanting
    totals = np.bincount(lived.owner, weights, minlength=size)
    sums = np.bincount(lived.owner, weights * best, minlength=size)
    return np.minimum(sums / np.where(totals > 0, totals, 1.0), 1.0)


def _best(near: Floats) -> Floats:
    return np.asarray(near.max(axis=0, initial=0.0), dtype=np.float64)


def _nearest(seen: Seen, near: Floats, having: Mask) -> Floats:
    """Return the largest value among each person's experiences that are `having`. Shape (n,)."""
    return _largest(near * having, seen.population.lived.owner, len(seen.population.people))


def _largest(near: Floats, owner: NDArray[np.intp], size: int) -> Floats:
    found = np.zeros(size)
    np.maximum.at(found, owner, near)
    return found


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that speaks for a pair. `source` says why it counts, and for how much."""

    name: str
    weight: float
    both: Callable[[Seen], Both]
    source: str


# Prior weights, by reason and not by data: what was lived before how it is told, what one can do
# for the other before what is pleasant, and practical matters last. They sum to 1.
FEATURES: Final = (
    Feature("experiences", 0.34, _experiences, "matching.md §1.2: soft overlap of experiences"),
    Feature("words", 0.16, _words, "matching.md §1.2: text; Hartzler 2016: own words decide"),
    Feature("complement", 0.14, _complement, "matching.md §1.2; promise 34: first three only"),
    Feature("strategies", 0.12, _strategies, "matching.md §1.2: cover |W_i ∩ U_j| / |W_i|"),
    Feature("support", 0.08, _support, "the report: both give and receive (mutuality)"),
    Feature("interests", 0.06, _interests, "promise 34: interests count too"),
    Feature("times", 0.04, _times, "matching.md §1.2: availability"),
    Feature("language", 0.03, _language, "a hard rule first; a second shared one is a plus"),
    Feature("comfort", 0.03, _comfort, "matching.md §1.1: rather not lowers"),
)
NAMES: Final = tuple(feature.name for feature in FEATURES)
WEIGHTS: Final = np.array([feature.weight for feature in FEATURES])


def both_ways(population: Population, row: int) -> Both:
    """Return f_k(i→j) and f_k(j→i) for one i, every k and every j. Each of shape (K, n)."""
    seen = see(population, row)
    pairs = [feature.both(seen) for feature in FEATURES]
    return np.stack([out for out, _ in pairs]), np.stack([back for _, back in pairs])
