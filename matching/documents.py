"""The person document: what someone tells of themselves, as import, export and ranking see it.

Preferences about gender and age (like me, no preference, rather not, never; promise 15) are not
in it: they live with the account, and whoever prepares a ranking turns a "never" into
`eligibility.Standing.apart`.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from core.errors import Invalid
from core.sentences import Sentence, say
from matching import fields

SAME_ID: Final = say("id: the same id stands on line %(line)s.")


class Where(StrEnum):
    """Where someone is in an experience. Not a ladder; only the first three complement."""

    LIVING_IT = "living_it"
    COMING_THROUGH = "coming_through"
    FURTHER_ALONG = "further_along"
    PART_OF_MY_LIFE = "part_of_my_life"
    COMES_AND_GOES = "comes_and_goes"
    RATHER_NOT_SAY = "rather_not_say"


class Weight(StrEnum):
    """How much an experience matters in who is offered; never shown to the other."""

    MUST = "must"
    NICE = "nice"
    RATHER_NOT = "rather_not"
    NEVER = "never"


class Support(StrEnum):
    """What people look for in each other, and can offer."""

    LISTEN = "listen"
    TALK_IT_THROUGH = "talk_it_through"
    PRACTICAL = "practical"
    DOING_THINGS = "doing_things"
    MENTOR = "mentor"


class AgeBand(StrEnum):
    """Only `under_18` decides anything: young people meet young people only."""

    UNDER_18 = "under_18"
    FROM_18 = "18_24"
    FROM_25 = "25_34"
    FROM_35 = "35_49"
    FROM_50 = "50_64"
    FROM_65 = "65_plus"


class Document(BaseModel):
    """Frozen; unknown fields are refused; a field that is null counts as not said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_said(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Experience(Document):
    """Something lived, in own words. Without a topic it counts in soft similarity only."""

    words: fields.Words = ""
    topic: fields.Tag = ""
    where: Where = Where.RATHER_NOT_SAY
    weight: Weight = Weight.NICE

    @property
    def is_welcome(self) -> bool:
        """True when the person would like to be met for it (must or nice)."""
        return self.weight in (Weight.MUST, Weight.NICE)


class Person(Document):
    """One person document. `about` may fill a whole profile (20 000 characters)."""

    id: fields.Id
    name: fields.Name = ""
    words_for_self: fields.Words = ""
    about: fields.Story = ""
    experiences: fields.Many[Experience] = ()
    used: fields.Many[fields.Tag] = ()
    wanted: fields.Many[fields.Tag] = ()
    looking_for: fields.Many[Support] = ()
    can_offer: fields.Many[Support] = ()
    interests: fields.Many[fields.Tag] = ()
    wont_talk_about: fields.Many[fields.Tag] = ()
    languages: fields.Languages = ("en",)
    age_band: AgeBand | None = None
    timezone: fields.Zone = ""
    available: fields.Many[fields.Slot] = ()
    capacity: fields.Places = 3
    blocked: fields.Ids = ()

    @property
    def own_words(self) -> str:
        """Everything said freely: about oneself, and of experiences one would be met for."""
        lived = (experience.words for experience in self.experiences if experience.is_welcome)
        return "\n".join(filter(None, (self.words_for_self, self.about, *lived)))

    def told_peers(self, known: Collection[str]) -> str:
        """Return all that others may come to read, but for topics by a name that is `known`.

        Own words, and what reasons, starters and "what helped me" quote.
        """
        topics = (one.topic for one in self.experiences if one.is_welcome)
        typed = (topic for topic in topics if topic not in known)
        quoted = (*typed, *self.used, *self.wanted, *self.interests)
        return "\n".join(filter(None, (self.own_words, *quoted)))

    @property
    def has_told_little(self) -> bool:
        """True when there is nothing yet to choose people by."""
        wishes = (self.interests, self.used, self.wanted, self.looking_for, self.can_offer)
        return not (self.own_words or self.experiences or any(wishes))


class GroupExperience(Document):
    """Something a group is about, as its card says it."""

    topic: fields.Tag = ""
    words: fields.Words = ""


class GroupDocument(Document):
    """A group's card. `has_room` is False when it is full or closed: then it isn't offered.

    `is_welcome`: everybody new is welcome there; where people are few it is offered first.
    """

    id: fields.Id
    name: fields.Tag = ""
    purpose: fields.Words = ""
    for_whom: fields.Words = ""
    experiences: fields.Many[GroupExperience] = ()
    languages: fields.Languages = ("en",)
    has_room: bool = True
    is_welcome: bool = False

    @property
    def own_words(self) -> str:
        """Everything the card says freely."""
        lived = (experience.words for experience in self.experiences)
        return "\n".join(filter(None, (self.name, self.purpose, self.for_whom, *lived)))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the person document."""
    return Person.model_json_schema()


def parse(data: object) -> Person:
    """Check one document.

    Raises:
        Invalid: a plain sentence that begins with the field's name, also in `extra["field"]`.
    """
    try:
        return Person.model_validate(data)
    except ValidationError as error:
        name, sentence = fields.fault(error)
        raise Invalid(sentence, field=name) from None


def read_jsonl(lines: Iterable[str]) -> Iterator[Person]:
    """Yield one person a line, as they come; empty lines are passed over.

    Raises:
        Invalid: begins with "Line n", n from 1, then the field's name; nothing after is read.
    """
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip("\ufeff \t\r\n"):
            continue
        person = read_line(line.lstrip("\ufeff"), number)
        before = first_line.setdefault(person.id, number)
        if before != number:
            raise at_line(
                number, say("id: the same id stands on line %(line)s.", line=before), "id"
            )
        yield person


def read_line(line: str, number: int) -> Person:
    """Check the document on line `number`, whose faults are as those of `read_jsonl`."""
    try:
        return parse(json.loads(line))
    except ValueError as error:
        raise at_line(number, say("this is not JSON (%(fault)s).", fault=str(error))) from None
    except RecursionError:
        raise at_line(number, say("this JSON is nested too deeply.")) from None
    except Invalid as error:
        raise at_line(number, error.detail, error.extra["field"]) from None


def at_line(number: int, sentence: Sentence, field: object = "") -> Invalid:
    """Return the fault of one line of a file, which begins with where it stands."""
    return Invalid(
        say("Line %(number)s: %(sentence)s", number=number, sentence=sentence),
        line=number,
        field=field,
    )
