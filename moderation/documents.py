"""The organisation's own settings: crisis directory, staffed hours, screening, house rules.

Pydantic models of `people.documents`; the shipped defaults are in `people/defaults`. Hours are
wall time in the document's zone; a span whose end isn't after its start runs past midnight.
"""

from datetime import date, time
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from core.safety import Category, House, Watched
from core.sentences import say
from people.documents import Settled

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone called {name}") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class Part(BaseModel):
    """A piece of a document; stored as it is written in the shipped file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True,
        serialize_by_alias=True,
    )  # fmt: skip


class Span(Part):
    """From one time of day to another; past midnight when `end` isn't after `start`."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")


class WeeklyHours(Span):
    """The same span on each of these days."""

    days: tuple[Day, ...]


class AllHours(Part):
    """Day and night."""

    always: Literal[True]


Short = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[str, Field(pattern=r"^[+*#]?[0-9][0-9*#]{0,19}$")]
Address = Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=300)]


class Phone(Part):
    """`tel` for the link, `display` for people."""

    tel: Number
    display: Short


class TextLine(Part):
    """Where to send a text, and what it begins with, if anything."""

    number: Number
    keyword: str | None
    display: Short


class Line(Part):
    """Somebody outside whom people can ring, text, write to or visit."""

    id: Short
    name: Short
    what: Words
    phone: Phone | None
    text: TextLine | None
    email: str | None
    web: Address | None
    hours: AllHours | WeeklyHours
    hours_words: str
    for_whom: str
    languages: tuple[str, ...]
    is_emergency: bool
    last_reviewed: date | None

    @property
    def in_short(self) -> str:
        """Name and number, as said within a sentence."""
        if self.phone is not None:
            is_named_by_number = self.phone.tel in self.name.replace(" ", "")
            return (
                self.name
                if is_named_by_number
                else say("%(name)s on %(number)s", name=self.name, number=self.phone.display)
            )
        if self.text is not None:
            return f"{self.name} ({self.text.display[0].lower()}{self.text.display[1:]})"
        return self.name


class Region(Part):
    """A place with lines of its own."""

    name: str
    services: tuple[Line, ...]


class Emergency(Part):
    """What stands above everything else where help is listed: also when nothing else is known."""

    words: Words
    phone: Phone


NINE_NINE_NINE: Final = Emergency(
    words="If somebody is in danger now, ring 999 or 112.", phone=Phone(tel="999", display="999")
)


class CrisisDirectory(Settled):
    """Who can be reached from where, in the order in which they are offered."""

    kind: ClassVar[str] = "crisis_directory"
    review: str
    timezone: Zone
    # A directory of before it was kept here says the same as the shipped one.
    emergency: Emergency = NINE_NINE_NINE
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]

    def region(self, name: str | None = None) -> Region:
        """Return the region of that name, or the first one."""
        return next((each for each in self.regions if each.name == name), self.regions[0])


class _StaffedSentences(Part):
    somebody_here: Words
    nobody_here: Words
    no_lines_known: Words


class StaffedHours(Settled):
    """When somebody of the organisation really is there. `closed_on` are whole days off.

    `night_cover` says that a page wakes somebody outside the hours; it never makes a text say
    that somebody is here.
    """

    kind: ClassVar[str] = "staffed_hours"
    review: str
    timezone: Zone
    hours: dict[Day, tuple[Span, ...]]
    closed_on: tuple[date, ...]
    night_cover: bool
    somebody_here: Words
    nobody_here: Words
    no_lines_known: Words
    easy_read: _StaffedSentences

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the hours are told in."""
        return ZoneInfo(self.timezone)


# Of a thousand calm messages; heads know the shares for these alone (`moderation.heads.BUDGETS`).
Looks = Literal[0, 1, 2, 5, 10, 20]
FEWEST_FOR_DISTRESS, MOST_FOR_DISTRESS = 1, 10


class WatchedWords(Part):
    """Words of the place itself that a person should look at, what they may be, and why."""

    words: Short
    about: Category
    why: Short


class Screening(Settled):
    """How much a guess may bring to a person, and the organisation's own words to watch for."""

    kind: ClassVar[str] = "screening"
    review: str
    looks: dict[Category, Looks]
    watched: Annotated[tuple[WatchedWords, ...], Field(max_length=200)]
    # Corrections of the shipped heads (`moderation.learning`): the one in use, the one it replaced,
    # and the one that is counted beside it.
    learned: UUID | None = None
    learned_before: UUID | None = None
    beside: UUID | None = None

    @field_validator("looks")
    @classmethod
    def _distress_is_looked_for(cls, looks: dict[Category, Looks]) -> dict[Category, Looks]:
        # Neither off, nor so many that nobody reads them with care (moderation.md §1).
        set_to = looks.get(Category.DISTRESS, FEWEST_FOR_DISTRESS)
        if not FEWEST_FOR_DISTRESS <= set_to <= MOST_FOR_DISTRESS:
            raise ValueError("for distress it can be 1, 2, 5 or 10 in a thousand")
        return looks

    def house(self, organisation_id: UUID | None = None) -> House:
        """Return what screening is told of it."""
        return House(
            looks=tuple(self.looks.items()),
            watched=tuple(Watched(one.words, one.about, one.why) for one in self.watched),
            organisation_id=organisation_id,
            learned=self.learned,
            beside=self.beside,
        )


class Rule(Part):
    """One of the organisation's few rules; reasons name it by `id`."""

    id: str
    title: Words
    words: Words


class HouseRules(Settled):
    """How people are with each other here."""

    kind: ClassVar[str] = "house_rules"
    review: str
    title: Words
    opening: Words
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, if there is one."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
