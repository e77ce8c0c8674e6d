"""Groups and what they say of themselves: a card anyone in the organisation can read.

A card isn't sealed: it is written to be read, before joining too (promise 33). The group pushes
it to be offered; what its members told of themselves is not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Index, false, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, limits
from core.errors import Conflict, NotFound
from core.safety import Mode
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from matching import candidates, fields, vocabulary
from matching.documents import GroupDocument, GroupExperience
from matching.vocabulary import Vocabulary
from people import documents

# A group is somebody else beside the one who looks after it.
FEWEST_PLACES: Final = 2
_IS_WELCOME: Final = text("is_welcome")


class Door(StrEnum):
    """What kind of group it is: how one comes in, and whether one can."""

    OPEN = "open"  # by oneself, at any time
    ASK = "ask"  # rolling: a person answers, and places are given as they get free
    CLOSED = "closed"  # the same people stay together


class Card(BaseModel):
    """What a group says of itself. `lived`: what its people have lived, in the group's own words.

    `meets`: when it meets, as people say it ("Tuesdays at seven, here"). `capacity` counts
    everybody, those who look after the group too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[fields.Tag, Field(min_length=1)]
    purpose: fields.Words = ""
    for_whom: fields.Words = ""
    about: fields.Words = ""
    lived: fields.Words = ""
    meets: fields.Words = ""
    door: Door = Door.ASK
    capacity: Annotated[int, Field(ge=FEWEST_PLACES, le=fields.MOST_PEOPLE)] = 12
    languages: fields.Languages = ("en",)
    topics: fields.Many[fields.Tag] = ()

    @property
    def own_words(self) -> str:
        """All that is written to be read, for screening."""
        return "\n".join(
            (
                self.name,
                self.purpose,
                self.for_whom,
                self.about,
                self.lived,
                self.meets,
                *self.topics,
            )
        )


class Group(Base, Identified, Owned):
    """A group, its card, its room, and how many are in it now."""

    __tablename__ = "peer_group"
    __table_args__ = (
        Index(
            "uq_peer_group_welcome", "organisation_id", unique=True,
            sqlite_where=_IS_WELCOME, postgresql_where=_IS_WELCOME,
        ),
    )  # fmt: skip

    name: Mapped[str] = field(Retention.ORGANISATION)
    purpose: Mapped[str] = field(Retention.ORGANISATION)
    for_whom: Mapped[str] = field(Retention.ORGANISATION)
    about: Mapped[str] = field(Retention.ORGANISATION)
    lived: Mapped[str] = field(Retention.ORGANISATION)
    meets: Mapped[str] = field(Retention.ORGANISATION, default="", server_default="")
    # Nobody in particular looks after it: see `groups.keepers`.
    is_just_us: Mapped[bool] = field(Retention.ORGANISATION, default=False, server_default=false())
    # Where everybody new is welcome, one to an organisation: see `groups.welcoming`.
    is_welcome: Mapped[bool] = field(Retention.ORGANISATION, default=False, server_default=false())
    door: Mapped[Door] = field(Retention.ORGANISATION)
    capacity: Mapped[int] = field(Retention.ORGANISATION)
    member_count: Mapped[int] = field(Retention.ORGANISATION)
    # Places that are held for people who waited: see `groups.places`.
    held_count: Mapped[int] = field(Retention.ORGANISATION, default=0, server_default="0")
    safety_mode: Mapped[Mode] = field(Retention.ORGANISATION)
    languages: Mapped[list[Any]] = field(Retention.ORGANISATION)
    topics: Mapped[list[Any]] = field(Retention.ORGANISATION)
    version: Mapped[int] = field(Retention.ORGANISATION)
    room_id: Mapped[UUID] = field(Retention.ORGANISATION)
    # For those in the group alone, so sealed, unlike the card and the agreement.
    announcement_sealed: Mapped[bytes | None] = field(Retention.ORGANISATION)
    agreement: Mapped[str] = field(Retention.ORGANISATION, default="", server_default="")
    # 0 until there is one.
    agreement_version: Mapped[int] = field(Retention.ORGANISATION, default=0, server_default="0")
    # When it is planned to end; `closed_at` is when it did.
    ends_at: Mapped[datetime | None] = field(Retention.ORGANISATION)
    created_at: Mapped[datetime] = field(Retention.ORGANISATION)
    closed_at: Mapped[datetime | None] = field(Retention.ORGANISATION)

    _announcement = encryption.Sealed("announcement_sealed")

    @property
    def announcement(self) -> str:
        """The standing line; "" when there is none."""
        return self._announcement or ""

    @announcement.setter
    def announcement(self, line: str) -> None:
        """Put a line up; "" takes it down."""
        self._announcement = line or None

    @property
    def group_id(self) -> UUID:
        """The group itself, for permissions."""
        return self.id

    @property
    def has_places(self) -> bool:
        """True when there is a place that is held for nobody."""
        return self.closed_at is None and self.member_count + self.held_count < self.capacity

    @property
    def has_room(self) -> bool:
        """True when one more can come in."""
        return self.has_places and self.door is not Door.CLOSED


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as its readers see it. Who is in it is its members' to know."""

    id: UUID
    version: int
    card: Card
    safety_mode: Mode
    is_just_us: bool
    is_welcome: bool
    member_count: int
    has_room: bool


class ChangedElsewhere(Conflict):
    """Somebody else saved a newer card; what was typed is still with the caller."""

    code, title = "changed_elsewhere", say("Somebody changed this a moment ago. Please look again.")


class TooFewPlaces(Conflict):
    """There are more people in the group than the new card has places for."""

    code = "too_few_places"


def shown(group: Group) -> Shown:
    """Return what anyone in the organisation may see of a group."""
    said = {name: getattr(group, name) for name in Card.model_fields}
    return Shown(
        id=group.id,
        version=group.version,
        card=Card.model_validate(said),
        safety_mode=group.safety_mode,
        is_just_us=group.is_just_us,
        is_welcome=group.is_welcome,
        member_count=group.member_count,
        has_room=group.has_room,
    )


async def by_id(session: AsyncSession, group_id: UUID) -> Group:
    """Return the group, as the database has it now.

    Raises:
        NotFound: there is none of that id here, or it has ended.
    """
    query = select(Group).where(Group.id == group_id, Group.closed_at.is_(None))
    found = await session.scalars(query.execution_options(populate_existing=True))
    group = found.one_or_none()
    if group is None:
        raise NotFound
    return group


async def read(session: AsyncSession, group_id: UUID) -> Shown:
    """Return one group's card; anyone in the organisation may read it, also before joining.

    Raises:
        NotFound: there is none of that id here, or it has ended.
    """
    return shown(await by_id(session, group_id))


async def by_ids(session: AsyncSession, group_ids: Iterable[UUID]) -> dict[UUID, Shown]:
    """Return the cards of those among these groups that haven't ended."""
    rows = await session.scalars(_OPEN.where(Group.id.in_(set(group_ids))))
    return {group.id: shown(group) for group in rows}


async def everything(session: AsyncSession) -> list[Shown]:
    """Return the cards of all groups that haven't ended, by name."""
    rows = await session.scalars(_OPEN.limit(limits.PAGE_ITEMS))
    return [shown(group) for group in rows]


async def open_to_anyone(session: AsyncSession) -> list[Shown]:
    """Return the cards of groups one can simply come to; a stranger may read them."""
    rows = await session.scalars(_OPEN.where(Group.door == Door.OPEN).limit(limits.PAGE_ITEMS))
    return [shown(group) for group in rows]


_OPEN: Final = select(Group).where(Group.closed_at.is_(None)).order_by(Group.name, Group.id)


async def in_own_words(session: AsyncSession, card: Card) -> dict[str, Any]:
    """Return a card's columns, with topics by the organisation's names for them."""
    known = await documents.current(session, Vocabulary)
    topics = [vocabulary.canonical(topic, known) for topic in card.topics]
    said = card.model_dump(mode="json")
    return said | {"door": card.door, "topics": list(dict.fromkeys(topics))}


async def push(session: AsyncSession, group: Group, *, now: datetime) -> None:
    """Hand the card on to be offered, with whether there is room."""
    lived = [GroupExperience(topic=topic) for topic in group.topics]
    said = [GroupExperience(words=words) for words in (group.about, group.lived) if words]
    document = GroupDocument(
        id=str(group.id),
        name=group.name,
        purpose=group.purpose,
        for_whom=group.for_whom,
        experiences=tuple(lived + said)[: limits.LIST_ITEMS],
        languages=tuple(group.languages),
        has_room=group.has_room,
        is_welcome=group.is_welcome,
    )
    await candidates.save(session, group.id, kind=candidates.Kind.GROUP, document=document, now=now)
