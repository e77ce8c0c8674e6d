"""People, talks and concerns for the tests of the desk, with readable defaults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from people_factories import sign_up
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import events, logs, rooms
from chat.entries import Entry
from chat.kinds import EventKind
from chat.waiting import PendingMessage, State
from core import ids
from core.database import Database
from core.safety import Category, Concern, Mode, Source, Subject, SubjectKind, Tier
from moderation import cases, flags, fold
from moderation.cases import Case
from people.notices import Notice
from people.permissions import Actor, Role

REASON = "on shift, from the queue"


@dataclass(frozen=True)
class World:
    """An organisation in which Ana and Ben talk, and Mo and Max moderate."""

    database: Database
    organisation_id: UUID
    room_id: UUID
    ana: Actor
    ben: Actor
    mo: Actor
    max: Actor

    @asynccontextmanager
    async def work(self) -> AsyncIterator[AsyncSession]:
        """One unit of work in the organisation."""
        async with self.database.unit_of_work(self.organisation_id) as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A look into the database."""
        async with self.database.reading(self.organisation_id) as session:
            yield session

    async def case(self, case_id: UUID) -> Case:
        """The case as it stands, after checking that its log says the same."""
        async with self.read() as session:
            case = await cases.by_id(session, case_id)
            log = await cases.log_of(session, case_id)
        assert fold.fold(line.happening for line in log) == case.state
        return case

    async def notices(self, account_id: UUID) -> list[Notice]:
        """Everything somebody was told, oldest first."""
        async with self.read() as session:
            query = select(Notice).where(Notice.account_id == account_id).order_by(Notice.id)
            return list((await session.scalars(query)).all())


async def world(database: Database, organisation_id: UUID, *, now: datetime) -> World:
    """Build a `World`."""
    people = {}
    for name in ("Ana", "Ben", "Mo", "Max"):
        held = (Role.MODERATOR,) if name.startswith("M") else ()
        person = await sign_up(database, organisation_id, name, now=now, roles_held=held)
        people[name.lower()] = person.actor
    pair = people["ana"].account_id, people["ben"].account_id
    async with database.unit_of_work(organisation_id) as session:
        room = await rooms.open_private(session, account_ids=pair, now=now)
    return World(database, organisation_id, room.id, **people)


async def say(here: World, author: Actor, text: str, *, now: datetime) -> Subject:
    """Put a message into the talk; return it as what a concern can be about."""
    async with here.work() as session:
        taken = await logs.advance(session, {here.room_id: 1}, now=now)
        message_id = ids.new_id()
        entry = Entry(
            here.room_id, taken[here.room_id], message_id, EventKind.MESSAGE, now,
            sender_id=author.account_id, client_id=str(message_id), body=text,
        )  # fmt: skip
        await events.write(session, [entry])
    return Subject(
        SubjectKind.MESSAGE, message_id, author.account_id, here.room_id, taken[here.room_id]
    )


async def hold(here: World, author: Actor, text: str, *, now: datetime) -> Subject:
    """Keep a message back for a person; return it as what a concern can be about."""
    row = PendingMessage(
        id=ids.new_id(), room_id=here.room_id, sender_id=author.account_id, client_id="held",
        state=State.HELD, tier=Tier.ROUTINE, categories=[], written_at=now,
    )  # fmt: skip
    row.body = text
    async with here.work() as session:
        session.add(row)
    return Subject(SubjectKind.PENDING, row.id, author.account_id, here.room_id)


async def group_room(here: World, *members: Actor, now: datetime) -> UUID:
    """Open a group's room with these members."""
    async with here.work() as session:
        room = await rooms.open_group(
            session, group_id=ids.new_id(), safety_mode=Mode.STANDARD, now=now
        )
        for member in members:
            await rooms.add_member(session, room_id=room.id, account_id=member.account_id, now=now)
    return room.id


def about(author: Actor | None = None) -> Subject:
    """A profile that a concern can be about."""
    author_id = author.account_id if author else None
    return Subject(SubjectKind.PROFILE, ids.new_id(), author_id)


def concern(
    now: datetime,
    *categories: Category,
    tier: Tier = Tier.SOON,
    words: str = "some words",
    source: Source = Source.SCREENING,
    reporter: Actor | None = None,
) -> Concern:
    """A concern that the software raises, unless somebody else is named."""
    return Concern(
        source, tier, words, now,
        because=tuple(f"{category}: it says so" for category in categories),
        categories=frozenset(categories),
        reporter_id=reporter.account_id if reporter else None,
    )  # fmt: skip


async def raised(here: World, subject: Subject, *raise_: Concern) -> UUID:
    """Raise concerns about one subject, each in a unit of work; return the case's id."""
    for one in raise_:
        async with here.work() as session:
            case_id = await flags.flag(session, subject, one)
    return case_id
