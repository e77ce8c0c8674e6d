"""The help card, who can be reached now, and the four honest sentences. Pure.

`chat.help_cards` knows when the full card comes and when one quiet line does (promise 4). A
person here comes before any list: nobody used a service after a bare list, and a step that
lowers the barrier raised use by 23 % (docs: moderation, the help card).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core import sentences
from core.sentences import Sentence
from moderation import hours
from moderation.documents import CrisisDirectory, Line, StaffedHours
from moderation.hours import Staffed
from moderation.safety_words import Choice, HelpCardWords, SafetyWords, WhatHappens

# Promise 8.
UNANSWERED_AFTER: Final = timedelta(minutes=10)
# As many as one can take in at once.
LINES_IN_A_SENTENCE: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing somebody can do, and the words on its button."""

    words: str
    button: str


@dataclass(frozen=True, slots=True)
class HelpCard:
    """The full card, in reading order. It never covers the composer."""

    first_line: str
    opening: str
    question: str
    choices: tuple[Choice, ...]
    own_plan_heading: str
    own_plan: str
    person: Offer
    trusted: Offer | None
    services_heading: str
    lines: tuple[Line, ...]
    danger: str
    put_away: str


@dataclass(frozen=True, slots=True)
class Place:
    """What the helping texts depend on: the organisation's documents, a moment, a region."""

    words: SafetyWords
    staffed_hours: StaffedHours
    directory: CrisisDirectory
    now: datetime
    region: str | None = None
    is_easy_read: bool = False

    @property
    def staffed(self) -> Staffed:
        """Whether somebody of the organisation is there now."""
        return hours.staffed(self.staffed_hours, self.now)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are open now, those for an emergency last."""
        return lines_open(self.directory, self.now, region=self.region)

    def say(self, moment: datetime | None) -> str:
        """Say a coming moment in the organisation's zone."""
        return hours.in_words(moment, now=self.now, zone=self.staffed_hours.zone)


def open_now(line: Line, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a line's own hours say that somebody answers now."""
    return hours.is_open(line.hours, now, zone)


def lines_open(
    directory: CrisisDirectory, now: datetime, *, region: str | None = None
) -> tuple[Line, ...]:
    """Return the region's lines that are open now, in the directory's order, emergencies last."""
    zone = ZoneInfo(directory.timezone)
    found = [line for line in directory.region(region).services if open_now(line, now, zone)]
    return tuple(sorted(found, key=lambda line: line.is_emergency))


def in_a_sentence(lines: tuple[Line, ...]) -> str:
    """Return the first few lines that can be rung or texted, for within a sentence."""
    reachable = [line for line in lines if line.phone is not None or line.text is not None]
    return sentences.together(*(line.in_short for line in reachable[:LINES_IN_A_SENTENCE]), by=", ")


def who_is_here(place: Place) -> str:
    """Say by the composer whether anybody looks after the room now (promise 8)."""
    own = place.staffed_hours
    words = own.easy_read if place.is_easy_read else own
    if place.staffed.is_staffed:
        return _fill(words.somebody_here, place)
    return _fill(words.nobody_here if in_a_sentence(place.lines) else words.no_lines_known, place)


def asked_a_person(place: Place, *, asked_at: datetime, answered_by: str | None = None) -> Sentence:
    """Say what became of asking a person: who has seen it, or that nobody has so far.

    `answered_by` is the name of whoever looked. Shift hours alone never say that somebody did.
    """
    words = place.words.wording(is_easy_read=place.is_easy_read).asked_a_person
    if answered_by is not None:
        return sentences.fill(words.answered, name=answered_by)
    if not place.staffed.is_staffed:
        return _with_lines(words.not_staffed, place)
    if place.now - asked_at >= UNANSWERED_AFTER:
        return _with_lines(words.not_answered, place)
    return _fill(words.staffed, place)


def _with_lines(template: str, place: Place) -> Sentence:
    if in_a_sentence(place.lines):
        return _fill(template, place)
    own = place.staffed_hours
    return _fill((own.easy_read if place.is_easy_read else own).no_lines_known, place)


def _fill(template: str, place: Place) -> Sentence:
    # Not str.format: an organisation may write braces of its own.
    staffed = place.staffed
    return sentences.fill(
        template,
        closes=place.say(staffed.closes_at),
        opens=place.say(staffed.opens_at),
        lines=in_a_sentence(place.lines),
        emergency=place.directory.emergency.phone.display,
    )


def quiet_line(place: Place) -> str:
    """Return the one line that stands in for the card."""
    return place.words.wording(is_easy_read=place.is_easy_read).quiet_line


def help_card(place: Place, *, own_plan: str = "", trusted_name: str | None = None) -> HelpCard:
    """Return the full card for this place and moment; the member's own plan stands first."""
    words = place.words.wording(is_easy_read=place.is_easy_read).help_card
    return HelpCard(
        first_line=words.first_line,
        opening=words.opening,
        question=words.question,
        choices=words.choices,
        own_plan_heading=words.own_plan if own_plan else "",
        own_plan=own_plan,
        person=_person(words, place),
        trusted=_trusted(words, trusted_name),
        services_heading=words.services,
        lines=place.lines,
        danger=_fill(words.danger, place),
        put_away=words.put_away,
    )


def _person(words: HelpCardWords, place: Place) -> Offer:
    person = words.person_first
    if place.staffed.is_staffed:
        return Offer(_fill(person.staffed, place), person.staffed_button)
    return Offer(_fill(person.not_staffed, place), person.not_staffed_button)


def _trusted(words: HelpCardWords, name: str | None) -> Offer | None:
    if name is None:
        return None
    person = words.person_first
    return Offer(
        person.trusted.replace("{name}", name), person.trusted_button.replace("{name}", name)
    )


def what_happens(place: Place, *, is_easy_read: bool = False) -> WhatHappens:
    """Return "What happens if I say I want to die?" and its four honest sentences (promise 5)."""
    said = place.words.wording(is_easy_read=is_easy_read).what_happens
    first, second, third, fourth = (
        one.model_copy(update={"words": _fill(one.words, place)}) for one in said.sentences
    )
    return said.model_copy(update={"sentences": (first, second, third, fourth)})
