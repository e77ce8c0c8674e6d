"""Who of one slot sits with whom: groups whose people have lived alike, none of them apart.

Groups begin with somebody further along each, far from one another; the others join the nearest
group with a place; then two people change places wherever both groups gain by it (2-swap).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import eligibility, rules
from matching.documents import Person, Weight, Where
from matching.rules import Mask, Side
from matching.vectors import Floats

# Of `eligibility.RULES`, those that hold between any two people of a group. What somebody must
# find is found in a group when anybody else there has lived it; how many talks of two somebody
# has room for says nothing about groups; a language they share is the slot's.
BETWEEN_TWO: Final = tuple(
    rule
    for rule in eligibility.RULES
    if rule.name
    not in {"oneself", "full", "answered", "language", "must", "unlisted", "resting", "paused"}
)
PASSES: Final = 6
# Finding what one must find counts for more than being alike.
MUST_FIND: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The people of one slot, compared: m people, matrices (m, m) in [0, 1]."""

    near: Floats
    wish: Floats
    apart: Mask
    further: Mask


def is_further(person: Person) -> bool:
    """Tell whether somebody is further along in something they have lived."""
    return any(
        one.where is Where.FURTHER_ALONG and one.weight is not Weight.NEVER
        for one in person.experiences
    )


def are_apart(one: Side, other: Side) -> bool:
    """Tell whether these two must not be in one group, whichever of them it is for."""
    return any(rule.forbids(one, other) or rule.forbids(other, one) for rule in BETWEEN_TWO)


def compare(sides: Sequence[Side], near: Floats, *, further: Sequence[bool]) -> Table:
    """Return the people of one slot, of whom `near` tells how near they are, with who is apart."""
    gate = rules.gate(sides)
    apart = np.zeros(near.shape, dtype=np.bool_)
    wish = near.copy()
    for row, side in enumerate(sides):
        for rule in BETWEEN_TWO:
            apart[row] |= rule.mask(side, gate)
        for must in side.sets["must"]:
            wish[row] += MUST_FIND * gate.sets["lived"].hits((must,))
    return Table(near, wish + wish.T, apart | apart.T, np.array(further, dtype=np.bool_))


def nearness(sides: Sequence[Side], words: Floats, has_words: Mask) -> Floats:
    """Return how near these people's experiences and words are: (m, m) in [0, 1], 0 with oneself.

    The mean of the cosine of their topics and the centred cosine of their words, where both said
    something; otherwise of the one they both said.
    """
    topics, has_topics = _topics(sides)
    both_topics, both_words = np.outer(has_topics, has_topics), np.outer(has_words, has_words)
    parts = np.maximum(1, both_topics.astype(np.intp) + both_words)
    near: Floats = (topics * both_topics + np.maximum(words, 0.0) * both_words) / parts
    np.fill_diagonal(near, 0.0)
    return np.minimum(near, 1.0)


def _topics(sides: Sequence[Side]) -> tuple[Floats, Mask]:
    welcome = [side.sets["welcome"] for side in sides]
    names = sorted(frozenset[str]().union(*welcome))
    said = np.array([[name in one for name in names] for one in welcome], dtype=np.float64)
    said = said.reshape(len(sides), len(names))
    sizes = np.sqrt(np.maximum(1.0, said.sum(axis=1)))
    return (said @ said.T) / np.outer(sizes, sizes), said.sum(axis=1) > 0


def cohesion(near: Floats) -> float:
    """Return the mean nearness of the pairs of one group, in [0, 1]."""
    size = len(near)
    return float(near.sum() / (size * (size - 1))) if size > 1 else 0.0


def fill(table: Table, count: int, *, rng: np.random.Generator) -> list[list[int]]:
    """Return `count` groups of about one size, each with somebody further along.

    Whoever would sit with somebody they must not meet is in none: there may be such people.
    """
    if count == 0:
        return []
    size = len(table.near)
    member = np.full(size, -1, dtype=np.intp)
    for group, row in enumerate(_seeds(table, count, rng)):
        member[row] = group
    most = np.full(count, size // count) + (np.arange(count) < size % count)
    _join(table, member, most)
    for _ in range(PASSES):
        if not _swap(table, member, count):
            break
    return [np.flatnonzero(member == group).tolist() for group in range(count)]


def _seeds(table: Table, count: int, rng: np.random.Generator) -> list[int]:
    """Choose people who are further along, each far from those before."""
    ahead = np.flatnonzero(table.further)
    seeds = [int(rng.choice(ahead))]
    nearest = table.near[seeds[0], ahead].copy()
    while len(seeds) < count:
        nearest[np.isin(ahead, seeds)] = np.inf
        # What most people are near to makes a better beginning than what nobody is near to.
        liked = table.near[ahead].mean(axis=1)
        seeds.append(int(ahead[np.argmin(nearest - liked)]))
        nearest = np.maximum(nearest, table.near[seeds[-1], ahead])
    return seeds


def _join(table: Table, member: NDArray[np.intp], most: NDArray[np.intp]) -> None:
    """Let everybody join the group they are nearest to that has a place, the nearest first."""
    count = len(most)
    inside = (member[:, None] == np.arange(count)).astype(np.float64)
    near, barred = table.wish @ inside, (table.apart @ inside) > 0
    taken = inside.sum(axis=0).astype(np.intp)
    waits = member < 0
    while waits.any():
        worth = np.where(barred | ~waits[:, None] | (taken >= most), -np.inf, near / taken)
        row, group = divmod(int(np.argmax(worth)), count)
        if worth[row, group] == -np.inf:
            return
        member[row], waits[row] = group, False
        taken[group] += 1
        near[:, group] += table.wish[row]
        barred[:, group] |= table.apart[row]


def _swap(table: Table, member: NDArray[np.intp], count: int) -> bool:
    """Let pairs of people change places where that brings people nearer; True when any did."""
    has_swapped = False
    inside = (member[:, None] == np.arange(count)).astype(np.float64)
    near, foes = table.wish @ inside, table.apart @ inside
    ahead = inside.T @ table.further
    for row in np.flatnonzero(member >= 0).tolist():
        mine, theirs = int(member[row]), np.maximum(member, 0)
        gain = near[row, theirs] + near[:, mine] - 2 * table.wish[row]
        gain -= near[row, mine] + near[np.arange(len(member)), theirs]
        may = (member >= 0) & (member != mine)
        may &= (foes[row, theirs] - table.apart[row] == 0) & (foes[:, mine] - table.apart[row] == 0)
        # Somebody further along stays in each of the two groups.
        change = table.further.astype(np.intp) - int(table.further[row])
        may &= (ahead[mine] + change > 0) & (ahead[theirs] - change > 0)
        other = int(np.argmax(np.where(may, gain, -np.inf)))
        if not may[other] or gain[other] <= 1e-9:
            continue
        has_swapped = True
        there = int(member[other])
        member[row], member[other] = there, mine
        for group, came, went in ((mine, other, row), (there, row, other)):
            near[:, group] += table.wish[came] - table.wish[went]
            foes[:, group] += table.apart[came].astype(np.intp) - table.apart[went]
            ahead[group] += int(table.further[came]) - int(table.further[went])
    return has_swapped
