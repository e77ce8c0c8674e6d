"""Groups as they are put together: what makes one whole, and who of those left still fits in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching import circles
from matching.documents import Person
from matching.rules import Side
from matching.slots import Week
from matching.text import Texts
from matching.vectors import Floats

# Who is left is few, or nobody further along is: trying all would change nothing.
TRIED: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Everybody who waits, by row, and when they could come."""

    people: tuple[Person, ...]
    sides: tuple[Side, ...]
    further: tuple[bool, ...]
    week: Week
    texts: Texts

    def near(self, rows: Sequence[int]) -> Floats:
        """Return how near these people are to one another. Shape (m, m)."""
        few = np.asarray(rows, dtype=np.intp)
        sides = [self.sides[row] for row in rows]
        return circles.nearness(sides, self.texts.among(rows), self.texts.lengths[few] > 0)

    def is_apart(self, row: int, rows: Iterable[int]) -> bool:
        """Tell whether somebody must not meet any of these."""
        mine = self.sides[row]
        return any(circles.are_apart(mine, self.sides[one]) for one in rows if one != row)

    def shared_slots(self, rows: Iterable[int]) -> frozenset[int]:
        """Return every slot to which all of these could come."""
        return frozenset.intersection(*(frozenset(self.week.fits[row]) for row in rows))

    def finds(self, row: int, rows: Iterable[int]) -> bool:
        """Tell whether all that somebody must find was lived by any of these others."""
        lived = frozenset[str]().union(
            *(self.sides[one].sets["lived"] for one in rows if one != row)
        )
        return self.sides[row].sets["must"] <= lived


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people a group has."""

    least: int
    most: int


class Gathering:
    """Rows of people, every slot they could all come to, and the one they come to.

    Whoever named no time can come at any, so a group may move to let somebody in.
    """

    __slots__ = ("rows", "slot", "slots")

    def __init__(self, crowd: Crowd, slot: int, rows: list[int]) -> None:
        self.slot = slot
        self.take(crowd, rows)

    def take(self, crowd: Crowd, rows: list[int]) -> None:
        """Be of these rows; they share a slot. It stays at its own as long as all can come."""
        self.rows = rows
        self.slots = crowd.shared_slots(rows)
        if self.slot not in self.slots:
            self.slot = min(self.slots)


def is_whole(crowd: Crowd, rows: Sequence[int], sizes: Sizes) -> bool:
    """Tell whether these people make a group: every hard rule but the slot's."""
    return (
        sizes.least <= len(rows) <= sizes.most
        and any(crowd.further[row] for row in rows)
        and all(crowd.finds(row, rows) for row in rows)
        and not any(crowd.is_apart(row, rows) for row in rows)
    )


def can_join(crowd: Crowd, group: Gathering, row: int, sizes: Sizes) -> bool:
    """Tell whether a whole group stays whole with one more."""
    return (
        len(group.rows) < sizes.most
        and not group.slots.isdisjoint(crowd.week.fits[row])
        and crowd.finds(row, group.rows)
        and not crowd.is_apart(row, group.rows)
    )


def mend(crowd: Crowd, groups: Sequence[Gathering], sizes: Sizes) -> list[Gathering]:
    """Return groups that are whole, with everybody in them who can be found a place."""
    kept = [whole for group in groups if (whole := _settled(crowd, group, sizes)) is not None]
    left = _left(crowd, kept)
    left = _let_in(crowd, kept, left, sizes)
    left = _begin(crowd, kept, left, sizes)
    for row in left[:TRIED]:
        _make_way(crowd, kept, row, sizes)
    _let_in(crowd, kept, _left(crowd, kept), sizes)
    return kept


def _left(crowd: Crowd, groups: Sequence[Gathering]) -> list[int]:
    placed = {row for group in groups for row in group.rows}
    return [row for row in range(len(crowd.people)) if row not in placed]


def _settled(crowd: Crowd, group: Gathering, sizes: Sizes) -> Gathering | None:
    """Return the group without those who don't find what they must; None when it isn't whole."""
    rows = group.rows
    while lost := [row for row in rows if not crowd.finds(row, rows)]:
        rows = [row for row in rows if row not in lost]
    return Gathering(crowd, group.slot, rows) if is_whole(crowd, rows, sizes) else None


def _let_in(crowd: Crowd, groups: list[Gathering], left: list[int], sizes: Sizes) -> list[int]:
    """Add whoever fits to the group they share most with; return who still waits."""
    has_changed = True
    while has_changed:
        has_changed = False
        for row in list(left):
            open_ones = [one for one in groups if can_join(crowd, one, row, sizes)]
            if open_ones:
                best = max(open_ones, key=lambda one: _shared(crowd, one, row))
                best.take(crowd, [*best.rows, row])
                left.remove(row)
                has_changed = True
    return left


def _shared(crowd: Crowd, group: Gathering, row: int) -> tuple[int, int]:
    mine = crowd.sides[row].sets["welcome"]
    alike = sum(bool(mine & crowd.sides[one].sets["welcome"]) for one in group.rows)
    return alike, -len(group.rows)


def _begin(crowd: Crowd, groups: list[Gathering], left: list[int], sizes: Sizes) -> list[int]:
    """Open groups of those left, around each who is further along; return who still waits."""
    for first in [row for row in left if crowd.further[row]]:
        if first not in left:
            continue
        tries = (_around(crowd, first, slot, left, sizes) for slot in crowd.week.fits[first])
        found = next((one for one in tries if one is not None), None)
        if found is not None:
            groups.append(found)
            left = [row for row in left if row not in found.rows]
    return left


def _around(
    crowd: Crowd, first: int, slot: int, left: Sequence[int], sizes: Sizes
) -> Gathering | None:
    rows = [first]
    for row in left:
        fits = row != first and slot in crowd.week.fits[row]
        if fits and len(rows) < sizes.most and not crowd.is_apart(row, rows):
            rows.append(row)
    return _settled(crowd, Gathering(crowd, slot, rows), sizes)


def _make_way(crowd: Crowd, groups: list[Gathering], row: int, sizes: Sizes) -> bool:
    """Find somebody who can move to another group, so that this one has their place."""
    for group in groups:
        if group.slots.isdisjoint(crowd.week.fits[row]):
            continue
        for other in list(group.rows):
            rows = [one for one in group.rows if one != other] + [row]
            if not is_whole(crowd, rows, sizes):
                continue
            to = (one for one in groups if one is not group and can_join(crowd, one, other, sizes))
            found = next(to, None)
            if found is not None:
                group.take(crowd, rows)
                found.take(crowd, [*found.rows, other])
                return True
    return False
