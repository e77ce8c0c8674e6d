"""The organisation's words and hours as the fields of a form, and back."""

import re
from datetime import date, time
from typing import Any, Final

from core.errors import Invalid
from core.safety import Category
from core.sentences import say
from matching.vocabulary import Vocabulary
from moderation.documents import DAYS, Screening, Span, StaffedHours
from moderation.guessing import BUDGETS
from web.forms import Form

SENTENCES: Final = ("somebody_here", "nobody_here", "no_lines_known")
DAY_NAMES: Final = {
    "mon": say("Monday"),
    "tue": say("Tuesday"),
    "wed": say("Wednesday"),
    "thu": say("Thursday"),
    "fri": say("Friday"),
    "sat": say("Saturday"),
    "sun": say("Sunday"),
}
_SPAN: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


def vocabulary_values(now: Vocabulary) -> dict[str, str]:
    """Return one topic a line: its name, then what else it is called."""
    lines = [
        f"{topic.name}: {', '.join(topic.also)}" if topic.also else topic.name
        for topic in now.topics
    ]
    return {"topics": "\n".join(lines)}


def vocabulary_read(form: Form, _now: Vocabulary) -> dict[str, Any]:
    """Return the topics that were typed, unchecked but for their names."""
    topics: list[dict[str, Any]] = []
    for number, line in enumerate(form.get("topics").split("\n"), 1):
        name, _, also = line.partition(":")
        if not line.strip():
            continue
        named = {one["name"].casefold() for one in topics}
        if not name.strip() or name.strip().casefold() in named:
            said = say(
                "Line %(line)s: each line begins with a name that no other line has.", line=number
            )
            raise Invalid(said, field="topics")
        known = [part.strip() for part in also.split(",") if part.strip()]
        topics.append({"name": name.strip(), "also": known})
    return {"review": "", "topics": topics}


def hours_values(now: StaffedHours) -> dict[str, str]:
    """Return each day as its spans are written, and the sentences."""
    hours = {day: ", ".join(map(_span_words, now.hours.get(day, ()))) for day in DAYS}
    said = {name: getattr(now, name) for name in SENTENCES}
    easy = {f"easy_{name}": getattr(now.easy_read, name) for name in SENTENCES}
    closed = ", ".join(day.isoformat() for day in now.closed_on)
    cover = "yes" if now.night_cover else ""
    return hours | said | easy | {
        "timezone": now.timezone, "closed_on": closed, "night_cover": cover,
    }  # fmt: skip


def _span_words(span: Span) -> str:
    return f"{span.start:%H:%M}–{span.end:%H:%M}"


def hours_read(form: Form, _now: StaffedHours) -> dict[str, Any]:
    """Return the hours that were typed, unchecked but for how they are written."""
    said = {name: form.get(name) for name in SENTENCES}
    easy = {name: form.get(f"easy_{name}") for name in SENTENCES}
    return said | {
        "review": "",
        "timezone": form.get("timezone"),
        "hours": {day: [_span(part, day) for part in _parts(form.get(day))] for day in DAYS},
        "closed_on": [_day(part) for part in _parts(form.get("closed_on"))],
        "night_cover": form.get("night_cover") == "yes",
        "easy_read": easy,
    }


def screening_values(now: Screening) -> dict[str, str]:
    """Return how many guesses of each kind may bring somebody, and one line for watched words."""
    looks = {
        f"looks_{about.value}": str(now.looks.get(about, BUDGETS.get(about, 0)))
        for about in Category
    }
    watched = "\n".join(f"{one.words}: {one.about.value}: {one.why}" for one in now.watched)
    return looks | {"watched": watched}


def screening_read(form: Form, now: Screening) -> dict[str, Any]:
    """Return the numbers and words that were typed, unchecked but for how they are written."""
    lines = [line for line in form.get("watched").split("\n") if line.strip()]
    return now.model_dump() | {
        "review": "",
        "looks": {about.value: form.number(f"looks_{about.value}") for about in Category},
        "watched": [_watched(line, number) for number, line in enumerate(lines, 1)],
    }


def _watched(line: str, number: int) -> dict[str, str]:
    words, about, why = [part.strip() for part in (*line.split(":", 2), "", "")[:3]]
    if not words or not why or about not in set(Category):
        said = say(
            "Line %(line)s: please write the words, then what they may be about (such as threat),"
            " then why, with colons between.",
            line=number,
        )
        raise Invalid(said, field="watched")
    return {"words": words, "about": about, "why": why}


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", typed) if part.strip()]


def _span(typed: str, day: str) -> dict[str, time]:
    found = _SPAN.fullmatch(typed)
    hours = [int(part or 0) for part in found.groups()] if found else [24] * 4
    if max(hours[::2]) > 23 or max(hours[1::2]) > 59:
        said = say("%(day)s: please write hours like 09:00–21:00.", day=DAY_NAMES[day])
        raise Invalid(said, field=day)
    return {"from": time(hours[0], hours[1]), "to": time(hours[2], hours[3])}


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        said = say("Please write days like 2026-12-25, with commas between them.")
        raise Invalid(said, field="closed_on") from None
