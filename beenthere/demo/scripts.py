"""Talks as they stand in the files: who it is between, then days, then lines, like a play.

    sam & mac

    16 days ago
    02:50 mac: Evening Sam, or morning.
    02:58 sam: bit of everything

`Tuesday, 63 days ago` is the last Tuesday by then: some jokes need their day of the week.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/London")
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = re.compile(rf"(?:({'|'.join(WEEKDAYS)}), )?([1-9]\d?) days? ago")
_LINE: Final = re.compile(r"([0-2]\d:[0-5]\d) ([a-z]+): (\S.*)")


@dataclass(frozen=True, slots=True)
class Day:
    """So many days before the demo starts; if a weekday is said, the last one by then."""

    ago: int
    weekday: str = ""

    def before(self, today: date) -> date:
        """Return the date."""
        day = today - timedelta(days=self.ago)
        if not self.weekday:
            return day
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(self.weekday)) % 7)


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said, and when: a day and the clock on the wall."""

    by: str
    words: str
    day: Day
    clock: time

    def at(self, now: datetime) -> datetime:
        """Return the moment, for a demo that starts `now`."""
        return datetime.combine(self.day.before(now.astimezone(ZONE).date()), self.clock, ZONE)


@dataclass(frozen=True, slots=True)
class Script:
    """A talk in a group (one name), or between two: whoever said hello comes first."""

    who: tuple[str, ...]
    lines: tuple[Line, ...]


def parse(text: str) -> Script:
    """Read one file.

    Raises:
        ValueError: a plain sentence that begins with the number of the line at fault.
    """
    head, *rest = text.splitlines()
    return Script(who_of(head), tuple(_lines(rest)))


def who_of(named: str) -> tuple[str, ...]:
    """Return the group, or the two people, that a talk is called by."""
    return tuple(named.split(" & "))


def _lines(rows: list[str]) -> Iterator[Line]:
    day = None
    for number, row in enumerate(rows, 2):
        if said := _DAY.fullmatch(row):
            day = Day(int(said[2]), said[1] or "")
        elif (line := _LINE.fullmatch(row)) and day:
            yield Line(line[2], line[3], day, time.fromisoformat(line[1]))
        elif row:
            raise ValueError(f"line {number}: neither a day nor what somebody said: {row}")
