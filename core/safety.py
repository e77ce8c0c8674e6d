"""How chat and matching ask "is this text all right?" and "please look at this".

`moderation` fulfils the protocol; `beenthere.app` hands it in. Nothing here knows a rule.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


class Response(StrEnum):
    """What happens to a text now."""

    DELIVER = "deliver"
    DELIVER_WITH_HELP = "deliver_with_help"
    ASK = "ask"
    HOLD = "hold"


class Tier(StrEnum):
    """How soon a person should look."""

    NOW = "now"
    SOON = "soon"
    ROUTINE = "routine"
    NONE = "none"

    @property
    def urgency(self) -> int:
        """0 (none) to 3 (now): higher is sooner."""
        return {"none": 0, "routine": 1, "soon": 2, "now": 3}[self.value]


class Mode(StrEnum):
    """A group's safety mode. Private talks are always standard."""

    STANDARD = "standard"
    CLOSE = "close"
    SELF_HELD = "self_held"


class Category(StrEnum):
    """What a text may be about. Never a property of a person."""

    DISTRESS = "distress"
    ENCOURAGEMENT = "encouragement"
    HARASSMENT = "harassment"
    HATE = "hate"
    THREAT = "threat"
    SEXUAL = "sexual"
    CONTACT = "contact"
    SPAM = "spam"
    EATING = "eating"
    MEDICATION = "medication"


@dataclass(frozen=True, slots=True)
class Watched:
    """Words that an organisation wants a person to look at, and what they may be about."""

    words: str
    about: Category
    why: str


@dataclass(frozen=True, slots=True)
class House:
    """What an organisation set for screening.

    `looks`: of a thousand calm messages, how many a guess about a category may bring to a person;
    what isn't there is as it was shipped. `learned` is the correction of the shipped heads that is
    in use here, `beside` one that is only counted; `organisation_id` says whose counts they are.
    """

    looks: tuple[tuple[Category, int], ...] = ()
    watched: tuple[Watched, ...] = ()
    organisation_id: UUID | None = None
    learned: UUID | None = None
    beside: UUID | None = None


PLAIN_HOUSE: Final = House()


@dataclass(frozen=True, slots=True)
class Context:
    """What screening may know about where a text is said; nothing about who says it."""

    mode: Mode = Mode.STANDARD
    # Promise 11: the author lets distress be noticed. Harm to others is checked regardless.
    notices_distress: bool = True
    # The author's own texts of the last 60 seconds in the same room, oldest first.
    recent: tuple[str, ...] = ()
    house: House = PLAIN_HOUSE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a text, and why, in words a moderator and the author can read.

    `folded` are half-open code-point spans of the raw text, sorted and disjoint, that peers
    see folded while the rest is delivered. Each line of `because` begins with its category.
    """

    response: Response = Response.DELIVER
    tier: Tier = Tier.NONE
    folded: tuple[tuple[int, int], ...] = ()
    because: tuple[str, ...] = ()
    categories: frozenset[Category] = frozenset()
    is_unscreened: bool = False

    @property
    def reaches_peers(self) -> bool:
        """True when peers get the text at once, in whole or with folded spans."""
        return self.response in (Response.DELIVER, Response.DELIVER_WITH_HELP)


class SubjectKind(StrEnum):
    """What a concern can be about."""

    MESSAGE = "message"
    PENDING = "pending"
    HELLO = "hello"
    PROFILE = "profile"
    GROUP = "group"
    ROOM = "room"
    ACCOUNT = "account"
    NEWCOMER = "newcomer"
    INVITATION = "invitation"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a concern is about, and the account whose words it is."""

    kind: SubjectKind
    id: UUID
    author_id: UUID | None = None
    room_id: UUID | None = None
    seq: int | None = None


class Source(StrEnum):
    """Who raised a concern."""

    SCREENING = "screening"
    MEMBER = "member"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True)
class Concern:
    """A request for a person to look. `words` is the evidence, attached by the system."""

    source: Source
    tier: Tier
    words: str
    at: datetime
    because: tuple[str, ...] = ()
    categories: frozenset[Category] = field(default_factory=frozenset)
    reporter_id: UUID | None = None
    note: str = ""


class Safety(Protocol):
    """What chat, matching and groups need from moderation."""

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; pure and quick, so it may run on the event loop. Never raises."""
        ...

    async def house(self, session: AsyncSession) -> House:
        """Return what the session's organisation set for screening."""
        ...

    async def flag(self, session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
        """Put the concern into the subject's one case, in this unit of work; return its id."""
        ...
