"""Bringing the made-up community in, by the doors that everybody comes in by."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from beenthere.demo import circles, stories
from beenthere.demo.circles import Actors, Rooms
from beenthere.demo.scripts import Script
from beenthere.demo.stories import Waiting
from chat import histories, messages
from chat.histories import Line
from core.database import Database
from core.safety import Concern, Context, Safety, Source
from matching import connections, presences, profiles
from moderation import telling
from people import accounts, beginnings, consents, documents, roles
from people.consents import Purpose
from people.joining import Joining
from people.permissions import Actor, Grant, Role

JOINED_BEFORE: Final = timedelta(days=90)
# So long ago everybody was last here: whoever is away for weeks rests from being offered.
HERE_BEFORE: Final = timedelta(days=2)
KEEPER: Final = "Keeper"


async def fill(database: Database, safety: Safety, *, name: str, now: datetime) -> None:
    """Bring everybody in, let them talk, and leave work in the queue."""
    joined_at = now - JOINED_BEFORE
    async with database.unit_of_work(all_organisations=True) as session:
        keeper = await _begin(session, name=name, now=joined_at)
        actors = await _people(session, joined_at=joined_at, now=now - HERE_BEFORE)
        await documents.change(session, keeper, Joining(is_open=True), over_version=0, now=now)
        rooms = await circles.fill(
            session, keeper, actors, safety=safety, began_at=joined_at, now=now
        )
        for talk in stories.talks():
            await _talk(session, actors, rooms, talk, safety=safety, now=now)
        await _come_back(session, actors, now=now - HERE_BEFORE)
        for waiting in stories.queue():
            await _wait(session, actors, rooms, waiting, safety=safety, now=now)


async def _begin(session: AsyncSession, *, name: str, now: datetime) -> Actor:
    first = await beginnings.begin(
        session, organisation_name=name, name=KEEPER, password_hash=None, now=now, is_demo=True
    )
    keeper = await accounts.by_name(session, KEEPER)
    assert keeper is not None
    return Actor(
        account_id=keeper.id,
        organisation_id=keeper.organisation_id,
        name=KEEPER,
        grants=frozenset({Grant(Role.ADMINISTRATOR)}),
        sign_in_id=first.begun.sign_in_id,
    )


async def _people(session: AsyncSession, *, joined_at: datetime, now: datetime) -> Actors:
    actors = {}
    for name, one in stories.people().items():
        account = await accounts.create(session, name=one.document.name, now=joined_at)
        await consents.give_at_joining(session, account.id, set(Purpose), now=joined_at)
        for role in one.roles:
            await roles.grant(session, account_id=account.id, role=role, now=joined_at)
        actor = Actor(account.id, account.organisation_id, account.name or "")
        await profiles.save(session, actor, one.document, over_version=0, now=now)
        actors[name] = actor
    return actors


async def _talk(
    session: AsyncSession,
    actors: Actors,
    rooms: Rooms,
    talk: Script,
    *,
    safety: Safety,
    now: datetime,
) -> None:
    lines = [Line(actors[one.by].account_id, one.words, one.at(now)) for one in talk.lines]
    if talk.who not in rooms:
        asker, asked = (actors[name] for name in talk.who)
        room_id = await _meet(session, asker, asked, safety=safety, at=lines[0].at)
        rooms[talk.who] = room_id
    await histories.append(session, rooms[talk.who], lines)


async def _meet(
    session: AsyncSession, asker: Actor, asked: Actor, *, safety: Safety, at: datetime
) -> UUID:
    """Return the room of two people: a hello and a yes opened it."""
    # Whoever hasn't been here for weeks rests from hellos.
    await presences.come_back(session, asked, now=at - timedelta(hours=2))
    hello = await connections.ask(
        session,
        asker,
        asked.account_id,
        words="I read your words. I've been near there.",
        verdict=profiles.UNSCREENED,
        safety=safety,
        now=at - timedelta(hours=2),
    )
    talk = await connections.accept(session, asked, hello.id, now=at - timedelta(hours=1))
    assert talk.room_id is not None
    return talk.room_id


async def _come_back(session: AsyncSession, actors: Actors, *, now: datetime) -> None:
    """Let nobody rest for whom an old hello was the last that was known of them."""
    met = {name for talk in stories.talks() for name in talk.who if name in actors}
    for name in sorted(met):
        await presences.come_back(session, actors[name], now=now)


async def _wait(
    session: AsyncSession,
    actors: Actors,
    rooms: Rooms,
    waiting: Waiting,
    *,
    safety: Safety,
    now: datetime,
) -> None:
    at = now - timedelta(minutes=waiting.minutes_ago)
    said = Line(actors[waiting.by].account_id, waiting.words, at)
    (entry,) = await histories.append(session, rooms[waiting.talk], [said])
    subject = messages.subject(entry)
    if waiting.told_by:
        await telling.tell(
            session,
            actors[waiting.told_by],
            subject,
            waiting.words,
            reason=waiting.reason,
            note=waiting.note,
            now=at + timedelta(minutes=1),
        )
        return
    verdict = safety.screen(waiting.words, Context())
    concern = Concern(
        Source.SCREENING,
        verdict.tier,
        waiting.words,
        at,
        because=verdict.because,
        categories=verdict.categories,
    )
    await safety.flag(session, subject, concern)
