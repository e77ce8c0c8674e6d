"""When somebody is there, by the clock on the wall, whatever summer time does. Pure.

Where a clock change makes a time of day ambiguous, opening takes the later moment and closing
the earlier one: no text may promise a person who isn't there (promise 8).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.sentences import When, say
from moderation.documents import DAYS, AllHours, Span, StaffedHours, WeeklyHours

# How far ahead opening is looked for; longer than any holiday closure we would put in a sentence.
LOOK_AHEAD_DAYS: Final = 21
FURTHER_NOTICE: Final = say("further notice")

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Staffed:
    """Whether somebody is on shift now, until when, or from when.

    `closes_at` is None when nobody is there or no end is in sight; `opens_at` is None when
    somebody is there or no opening is in sight.
    """

    is_staffed: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None


def staffed(hours: StaffedHours, now: datetime) -> Staffed:
    """Tell whether the organisation's own hours say that somebody is there."""
    zone = hours.zone
    found = list(
        merged(
            interval
            for day in _days_around(now, zone)
            if day not in hours.closed_on
            for interval in _spans_of(day, hours.hours.get(DAYS[day.weekday()], ()), zone)
        )
    )
    for start, end in found:
        if start <= now < end:
            is_endless = end - now > timedelta(days=LOOK_AHEAD_DAYS - 2)
            return Staffed(True, closes_at=None if is_endless else end)
    return Staffed(False, opens_at=next((start for start, _ in found if start > now), None))


def is_open(hours: AllHours | WeeklyHours, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether weekly hours hold at this moment."""
    if isinstance(hours, AllHours):
        return True
    spans = (
        interval
        for day in _days_around(now, zone, ahead=1)
        if DAYS[day.weekday()] in hours.days
        for interval in _spans_of(day, (hours,), zone)
    )
    return any(start <= now < end for start, end in spans)


def _days_around(now: datetime, zone: ZoneInfo, *, ahead: int = LOOK_AHEAD_DAYS) -> Iterator[date]:
    today = now.astimezone(zone).date()
    # Yesterday's span may run past midnight into today.
    return (today + timedelta(days=offset) for offset in range(-1, ahead))


def _spans_of(day: date, spans: Collection[Span], zone: ZoneInfo) -> Iterator[Interval]:
    for span in spans:
        last = day if span.end > span.start else day + timedelta(days=1)
        start = max(_moments(day, span.start, zone))
        end = min(_moments(last, span.end, zone))
        if start < end:
            yield start, end


def _moments(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    # PEP 495: both readings of a time that summer time repeats or skips.
    for reading in (0, 1):
        yield datetime.combine(day, clock.replace(fold=reading), tzinfo=zone).astimezone(UTC)


def merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Join intervals that touch or overlap; yield them in order."""
    held: Interval | None = None
    for start, end in sorted(intervals):
        if held is not None and start <= held[1]:
            held = held[0], max(held[1], end)
            continue
        if held is not None:
            yield held
        held = start, end
    if held is not None:
        yield held


def in_words(moment: datetime | None, *, now: datetime, zone: ZoneInfo) -> str:
    """Say a coming moment as people do: "21:00", "9:00 tomorrow", "9:00 on Monday".

    None is "further notice".
    """
    if moment is None:
        return FURTHER_NOTICE
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days == 1 and local.time() == time(0):
        return say("midnight")
    clock = When(moment, zone.key, "clock")
    if days == 0:
        return clock
    if days == 1:
        return say("%(clock)s tomorrow", clock=clock)
    day = When(moment, zone.key, "weekday" if days < 7 else "day")
    return say("%(clock)s on %(day)s", clock=clock, day=day)
