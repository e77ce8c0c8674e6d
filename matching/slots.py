"""When and in which language people could meet: every (language, zone, slot) that somebody named.

A slot is a part of somebody's own week. Two people share it only where their clocks agree all
year; whoever named no time can come at any, in any zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from matching import fields
from matching.documents import Person

# Zones that agree in January and in July have agreed all year wherever people live today.
_SEASONS: Final = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
# For a language in which nobody named a time.
ANY_SLOT: Final = "tue-evening"

# Hours ahead of UTC in winter and summer; None where somebody gave no zone.
Clock = tuple[float, float] | None


class Slot(NamedTuple):
    """A language, and a part of the week by a clock."""

    language: str
    clock: Clock
    slot: str


@dataclass(frozen=True, slots=True)
class Week:
    """Every slot, which of them each person could come to, and who could come to each."""

    slots: tuple[Slot, ...]
    fits: tuple[tuple[int, ...], ...]
    who: tuple[tuple[int, ...], ...]


def languages(person: Person) -> frozenset[str]:
    """Return the languages somebody speaks, without regions."""
    return frozenset(tag.split("-")[0].lower() for tag in person.languages)


def clock(person: Person) -> Clock:
    """Return what tells whether two people's clocks agree."""
    if not person.timezone:
        return None
    zone = ZoneInfo(person.timezone)
    winter, summer = (
        (at.astimezone(zone).utcoffset() or timedelta()) / timedelta(hours=1) for at in _SEASONS
    )
    return winter, summer


def week(people: Sequence[Person]) -> Week:
    """Return the slots of these people, in an order that depends on nothing but them."""
    spoken = [languages(person) for person in people]
    clocks = [clock(person) for person in people]
    named: dict[str, set[Slot]] = {one: set() for tags in spoken for one in tags}
    for person, tags, ticks in zip(people, spoken, clocks, strict=True):
        for one in tags:
            named[one] |= {Slot(one, ticks, slot) for slot in person.available}
    slots = sorted(
        (slot for one, found in named.items() for slot in found or {Slot(one, None, ANY_SLOT)}),
        key=_order,
    )
    by_language: dict[str, list[int]] = {}
    for number, slot in enumerate(slots):
        by_language.setdefault(slot.language, []).append(number)
    numbers = {slot: number for number, slot in enumerate(slots)}
    fits = tuple(
        _fits(person, tags, ticks, numbers=numbers, by_language=by_language)
        for person, tags, ticks in zip(people, spoken, clocks, strict=True)
    )
    return Week(tuple(slots), fits, _who(fits, len(slots)))


def _order(slot: Slot) -> tuple[str, tuple[float, ...], int]:
    return slot.language, slot.clock or (), fields.SLOTS.index(slot.slot)


def _fits(
    person: Person,
    tags: frozenset[str],
    ticks: Clock,
    *,
    numbers: dict[Slot, int],
    by_language: dict[str, list[int]],
) -> tuple[int, ...]:
    if not person.available:
        return tuple(sorted(number for one in tags for number in by_language[one]))
    return tuple(
        sorted(numbers[Slot(one, ticks, slot)] for one in tags for slot in person.available)
    )


def _who(fits: Sequence[Sequence[int]], size: int) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in range(size)]
    for row, slots in enumerate(fits):
        for number in slots:
            found[number].append(row)
    return tuple(map(tuple, found))
