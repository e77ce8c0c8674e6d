"""The five kinds of hard rule, each as a predicate over two people and as a mask over many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Side:
    """One person as the rules see them: sets of comparable words, and yes-or-no facts."""

    sets: Mapping[str, frozenset[str]]
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tags:
    """Which rows of a population named which word."""

    words: tuple[frozenset[str], ...]
    rows: Mapping[str, NDArray[np.intp]]
    counts: NDArray[np.intp]

    def hits(self, words: Iterable[str]) -> NDArray[np.intp]:
        """Count, for every row, how many of these distinct words it named. Shape (n,)."""
        found = np.zeros(len(self.counts), dtype=np.intp)
        for word in words:
            if word in self.rows:
                found[self.rows[word]] += 1
        return found


def tags(named: Sequence[Iterable[str]]) -> Tags:
    """Index the distinct words named by each row."""
    distinct = tuple(frozenset(words) for words in named)
    rows: dict[str, list[int]] = {}
    for row, words in enumerate(distinct):
        for word in words:
            rows.setdefault(word, []).append(row)
    counts = np.array([len(words) for words in distinct], dtype=np.intp)
    indexed = {word: np.array(found, dtype=np.intp) for word, found in rows.items()}
    return Tags(distinct, indexed, counts)


@dataclass(frozen=True, slots=True)
class Gate:
    """A population as the rules see it, indexed once and asked for every person in it."""

    sides: tuple[Side, ...]
    sets: Mapping[str, Tags]
    facts: Tags

    def holds(self, fact: str) -> Mask:
        """Tell for every row whether a yes-or-no fact holds. Shape (n,)."""
        return _mask(self.facts.hits((fact,)) > 0)


def gate(sides: Iterable[Side]) -> Gate:
    """Index a population for its masks."""
    every = tuple(sides)
    names = every[0].sets if every else ()
    sets = {name: tags([one.sets[name] for one in every]) for name in names}
    return Gate(every, sets, tags([one.facts for one in every]))


def again(before: Gate, sides: Iterable[Side], names: Iterable[str]) -> Gate:
    """Return a population of which only the sets of these names, and the facts, have changed."""
    every = tuple(sides)
    changed = {name: tags([one.sets[name] for one in every]) for name in names}
    return Gate(every, {**before.sets, **changed}, tags([one.facts for one in every]))


def _mask(values: object) -> Mask:
    return np.asarray(values, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Clash:
    """Forbidden when something one named under `mine` is among the other's `theirs`."""

    name: str
    mine: str
    theirs: str

    def forbids(self, asking: Side, other: Side) -> bool:
        """See the class."""
        there = asking.sets[self.mine] & other.sets[self.theirs]
        return bool(there or other.sets[self.mine] & asking.sets[self.theirs])

    def mask(self, asking: Side, population: Gate) -> Mask:
        """See the class."""
        there = population.sets[self.theirs].hits(asking.sets[self.mine])
        back = population.sets[self.mine].hits(asking.sets[self.theirs])
        return _mask((there > 0) | (back > 0))


@dataclass(frozen=True, slots=True)
class Lack:
    """Forbidden when something one named under `mine` is missing from the other's `theirs`."""

    name: str
    mine: str
    theirs: str

    def forbids(self, asking: Side, other: Side) -> bool:
        """See the class."""
        there = asking.sets[self.mine] <= other.sets[self.theirs]
        return not (there and other.sets[self.mine] <= asking.sets[self.theirs])

    def mask(self, asking: Side, population: Gate) -> Mask:
        """See the class."""
        mine, theirs = population.sets[self.mine], population.sets[self.theirs]
        there = theirs.hits(asking.sets[self.mine]) < len(asking.sets[self.mine])
        return _mask(there | (mine.hits(asking.sets[self.theirs]) < mine.counts))


@dataclass(frozen=True, slots=True)
class Stranger:
    """Forbidden when the two have nothing in common under `shared`."""

    name: str
    shared: str

    def forbids(self, asking: Side, other: Side) -> bool:
        """See the class."""
        return asking.sets[self.shared].isdisjoint(other.sets[self.shared])

    def mask(self, asking: Side, population: Gate) -> Mask:
        """See the class."""
        return _mask(population.sets[self.shared].hits(asking.sets[self.shared]) == 0)


@dataclass(frozen=True, slots=True)
class Away:
    """Forbidden when `fact` holds for either; with `other_only`, for the one offered."""

    name: str
    fact: str
    other_only: bool = False

    def forbids(self, asking: Side, other: Side) -> bool:
        """See the class."""
        return self.fact in other.facts or (not self.other_only and self.fact in asking.facts)

    def mask(self, asking: Side, population: Gate) -> Mask:
        """See the class."""
        there = population.holds(self.fact)
        return there if self.other_only else _mask(there | (self.fact in asking.facts))


@dataclass(frozen=True, slots=True)
class Differ:
    """Forbidden when `fact` holds for one of the two and not for the other."""

    name: str
    fact: str

    def forbids(self, asking: Side, other: Side) -> bool:
        """See the class."""
        return (self.fact in asking.facts) != (self.fact in other.facts)

    def mask(self, asking: Side, population: Gate) -> Mask:
        """See the class."""
        there = population.holds(self.fact)
        return _mask(there != (self.fact in asking.facts))


Rule = Clash | Lack | Stranger | Away | Differ
