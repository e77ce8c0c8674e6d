"""Which slot each person gets, so that as many as possible have a group. Pure and deterministic.

A slot with g groups of `least` to `most` people needs g people who are further along, and between
g·least and g·most people. Groups are opened where people have the fewest other chances; a place
that nobody free can take is taken by somebody from another slot who is replaced there, along an
augmenting path (Kuhn 1955; Hopcroft and Karp 1973), so that opening a group never costs another.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matching.slots import Week

# With so few people, one slot more or less is seen; with more, the first order leaves hardly any.
FEW_PEOPLE: Final = 400
TRIES: Final = 40


@dataclass(slots=True)
class Seating:
    """Who sits in which slot, and how many groups each slot has."""

    week: Week
    further: Sequence[bool]
    least: int
    most: int
    groups: list[int] = field(init=False)
    seat: list[int | None] = field(init=False)
    # In the order in which they came.
    seated: list[dict[int, None]] = field(init=False)
    ahead: list[int] = field(init=False)
    chances: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nobody seated."""
        size = len(self.week.slots)
        self.groups, self.ahead = [0] * size, [0] * size
        self.seated = [{} for _ in range(size)]
        self.seat = [None] * len(self.week.fits)
        self.chances = [0.0] * size
        for row, fits in enumerate(self.week.fits):
            self._chance(row, 1.0 / max(1, len(fits)))

    def _chance(self, row: int, by: float) -> None:
        for slot in self.week.fits[row]:
            self.chances[slot] += by

    def sit(self, row: int, slot: int | None) -> None:
        """Seat somebody, in place of where they sat before; None lets them wait."""
        before = self.seat[row]
        if before is not None:
            del self.seated[before][row]
            self.ahead[before] -= self.further[row]
        if slot is not None:
            self.seated[slot][row] = None
            self.ahead[slot] += self.further[row]
        if (before is None) != (slot is None):
            share = 1.0 / max(1, len(self.week.fits[row]))
            self._chance(row, share if slot is None else -share)
        self.seat[row] = slot

    def needs(self, row: int, slot: int) -> bool:
        """Tell whether somebody there is further along, and all who are have a group to begin."""
        return self.further[row] and self.ahead[slot] <= self.groups[slot]

    def can_spare(self, row: int, slot: int) -> bool:
        """Tell whether the slot's groups stay whole without somebody."""
        is_more = len(self.seated[slot]) > self.least * self.groups[slot]
        return is_more and not self.needs(row, slot)

    def pull(self, slot: int, *, must_be_further: bool, tried: set[tuple[int, bool]]) -> bool:
        """Bring one more into a slot; others move up behind them. False when nobody can come."""
        tried.add((slot, must_be_further))
        free = [one for one in self.week.who[slot] if self.seat[one] is None]
        fitting = [one for one in free if self.further[one] or not must_be_further]
        if fitting:
            fewest = min(fitting, key=lambda one: (self.further[one], len(self.week.fits[one])))
            self.sit(fewest, slot)
            return True
        return any(
            self._bring(row, slot, tried)
            for row in self.week.who[slot]
            if self.seat[row] not in (None, slot) and (self.further[row] or not must_be_further)
        )

    def _bring(self, row: int, slot: int, tried: set[tuple[int, bool]]) -> bool:
        there = self.seat[row]
        if there is None:
            return False
        if not self.can_spare(row, there):
            is_needed = self.needs(row, there)
            if (there, is_needed) in tried:
                return False
            if not self.pull(there, must_be_further=is_needed, tried=tried):
                return False
            # Whoever moved up may have taken this very person along.
            if self.seat[row] != there or not self.can_spare(row, there):
                return False
        self.sit(row, slot)
        return True

    def open_one(self, slot: int) -> bool:
        """Open one more group; False, with nobody worse off, when there aren't the people."""
        self.groups[slot] += 1
        while self.ahead[slot] < self.groups[slot]:
            if not self.pull(slot, must_be_further=True, tried=set()):
                return self._give_up(slot)
        while len(self.seated[slot]) < self.least * self.groups[slot]:
            if not self.pull(slot, must_be_further=False, tried=set()):
                return self._give_up(slot)
        return True

    def _give_up(self, slot: int) -> bool:
        self.groups[slot] -= 1
        for row in reversed(list(self.seated[slot])):
            if len(self.seated[slot]) <= self.most * self.groups[slot]:
                break
            if not self.groups[slot] or self.can_spare(row, slot):
                self.sit(row, None)
        return False

    def top_up(self, slot: int, size: int) -> None:
        """Seat people who are free, up to this many a group, those with fewest chances first."""
        free = [row for row in self.week.who[slot] if self.seat[row] is None]
        free.sort(key=lambda row: (self.further[row], len(self.week.fits[row])))
        for row in free[: max(0, size * self.groups[slot] - len(self.seated[slot]))]:
            self.sit(row, slot)

    def squeeze(self, row: int) -> bool:
        """Seat one more person, where others can move to a slot with room; False when none can."""
        came: dict[int, tuple[int, int | None]] = dict.fromkeys(self._open(row), (row, None))
        queue = deque(came)
        while queue:
            slot = queue.popleft()
            if len(self.seated[slot]) < self.most * self.groups[slot]:
                self._shift(slot, came)
                return True
            coming = came[slot][0]
            for other in self.seated[slot]:
                if self.needs(other, slot) and not self.further[coming]:
                    continue
                for onward in self._open(other):
                    if onward not in came:
                        came[onward] = (other, slot)
                        queue.append(onward)
        return False

    def _open(self, row: int) -> list[int]:
        return [slot for slot in self.week.fits[row] if self.groups[slot]]

    def _shift(self, last: int, came: dict[int, tuple[int, int | None]]) -> None:
        path: list[int] = [last]
        while (before := came[path[-1]][1]) is not None:
            path.append(before)
        for slot in path:
            self.sit(came[slot][0], slot)


def seat(week: Week, further: Sequence[bool], *, least: int, most: int, seed: int = 0) -> Seating:
    """Return a seating in which no further group could be opened, and nobody squeezed in.

    In which order slots are opened decides who is left; where people are few, several orders are
    tried and the one that leaves fewest is taken.
    """
    tries = TRIES if len(week.fits) <= FEW_PEOPLE else 1
    found = (
        _seat_once(week, further, least, most, _liking(week, one, seed)) for one in range(tries)
    )
    return max(found, key=lambda one: sum(map(len, one.seated)))


def _liking(week: Week, number: int, seed: int) -> list[float]:
    """Return how gladly each slot is opened: alike at first, then by chance."""
    if number == 0:
        return [1.0] * len(week.slots)
    spread = 4.0 * number / TRIES
    rng = np.random.default_rng((seed, number))
    return list(map(float, rng.lognormal(0.0, spread, len(week.slots))))


def _seat_once(
    week: Week, further: Sequence[bool], least: int, most: int, liking: Sequence[float]
) -> Seating:
    seating = Seating(week, further, least, most)
    hopeful = set(range(len(week.slots)))
    size = (least + most) // 2
    while hopeful:
        slot = max(hopeful, key=lambda one: (seating.chances[one] * liking[one], -one))
        if seating.open_one(slot):
            seating.top_up(slot, size)
        else:
            hopeful.discard(slot)
    for row in range(len(week.fits)):
        if seating.seat[row] is None:
            seating.squeeze(row)
    return seating
