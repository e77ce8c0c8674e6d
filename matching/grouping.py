"""Groups from people who wait: the algorithm proposes, a person decides (docs: pairs and groups).

Every group has one language, one slot, somebody further along, and nobody who must not meet
anybody in it. Whoever has no group is told why, in words that tell nothing about anybody else.
Pure, and the same for the same people, sizes and seed, in whatever order they come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.errors import Invalid
from core.sentences import Sentence, say
from matching import circles, eligibility, gatherings, seating, slots, tellings, text
from matching.documents import Person
from matching.gatherings import Crowd, Gathering, Sizes

SMALLEST: Final = 2
# People of one slot that are compared with one another at once: a matrix of this side.
AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class Proposed:
    """A group that could be formed. `cohesion` in [0, 1], higher is closer."""

    members: tuple[str, ...]
    slot: str
    language: str
    cohesion: float
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Somebody without a group, and why."""

    id: str
    why: Sentence


@dataclass(frozen=True, slots=True)
class Proposal:
    """All groups that could be formed, and who is left."""

    groups: tuple[Proposed, ...]
    unplaced: tuple[Unplaced, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {
            "groups": [
                {
                    "members": list(group.members),
                    "slot": group.slot,
                    "language": group.language,
                    "cohesion": group.cohesion,
                    "reasons": list(map(str, group.reasons)),
                }
                for group in self.groups
            ],
            "unplaced": [{"id": one.id, "why": str(one.why)} for one in self.unplaced],
        }


def propose(people: Iterable[Person], *, least: int = 4, most: int = 10, seed: int = 0) -> Proposal:
    """Return groups of `least` to `most` people with as few left over as can be found.

    Raises:
        Invalid: two people have the same id, or the sizes make no group.
    """
    every = sorted(people, key=lambda person: person.id)
    if len({person.id for person in every}) != len(every):
        raise Invalid(say("Two people here have the same id."))
    if not SMALLEST <= least <= most:
        raise Invalid(say("Write the sizes like 4-10: at least two people, the smaller first."))
    crowd = _crowd(every)
    sizes = Sizes(least, most)
    seated = seating.seat(crowd.week, crowd.further, least=least, most=most, seed=seed)
    found = [
        group
        for slot in range(len(crowd.week.slots))
        for group in _seat_slot(crowd, seated.seated[slot], seated.groups[slot], slot, seed=seed)
    ]
    return _told(crowd, gatherings.mend(crowd, found, sizes), sizes)


def _crowd(people: Sequence[Person]) -> Crowd:
    return Crowd(
        people=tuple(people),
        sides=tuple(map(eligibility.side, people)),
        further=tuple(map(circles.is_further, people)),
        week=slots.week(people),
        texts=text.compare([person.own_words for person in people]),
    )


def _seat_slot(
    crowd: Crowd, rows: Iterable[int], count: int, slot: int, *, seed: int
) -> list[Gathering]:
    """Form the groups of one slot, a few hundred people at a time."""
    found: list[Gathering] = []
    for some, groups in _portions(crowd, sorted(rows), count):
        table = circles.compare(
            [crowd.sides[one] for one in some],
            crowd.near(some),
            further=[crowd.further[one] for one in some],
        )
        rng = np.random.default_rng((seed, slot, len(found)))
        filled = circles.fill(table, groups, rng=rng)
        found += [Gathering(crowd, slot, [some[one] for one in members]) for members in filled]
    return found


def _portions(crowd: Crowd, rows: list[int], count: int) -> list[tuple[list[int], int]]:
    """Deal people into equal portions, alike ones together, each with its share of groups."""
    portions = -(-len(rows) // AT_ONCE)
    if portions <= 1:
        return [(rows, count)] if rows else []
    rows = sorted(rows, key=lambda one: (sorted(crowd.sides[one].sets["welcome"]), one))
    ahead = [one for one in rows if crowd.further[one]]
    others = [one for one in rows if not crowd.further[one]]
    dealt = []
    for number in range(portions):
        share = count * (number + 1) // portions - count * number // portions
        dealt.append((_part(ahead, number, portions) + _part(others, number, portions), share))
    return dealt


def _part(rows: list[int], number: int, of: int) -> list[int]:
    return rows[len(rows) * number // of : len(rows) * (number + 1) // of]


def _told(crowd: Crowd, groups: Sequence[Gathering], sizes: Sizes) -> Proposal:
    proposed = tuple(_proposed(crowd, group) for group in groups)
    placed = {row for group in groups for row in group.rows}
    left = [row for row in range(len(crowd.people)) if row not in placed]
    unplaced = tuple(
        Unplaced(crowd.people[row].id, tellings.why(crowd, groups, row, sizes)) for row in left
    )
    return Proposal(tuple(sorted(proposed, key=lambda one: one.members)), unplaced)


def _proposed(crowd: Crowd, group: Gathering) -> Proposed:
    people = [crowd.people[row] for row in group.rows]
    where = crowd.week.slots[group.slot]
    return Proposed(
        members=tuple(person.id for person in people),
        slot=where.slot,
        language=where.language,
        cohesion=round(circles.cohesion(crowd.near(group.rows)), 6),
        reasons=tellings.reasons(people, where),
    )
