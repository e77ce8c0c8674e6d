"""The made-up community: built through the same doors as a real one, on a database of its own."""

import asyncio
import tempfile
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import schema
from beenthere.app import create_app
from beenthere.demo import doors, stories
from beenthere.demo.stories import Talk, Waiting
from beenthere.serving import SERVER, Refused, refuse_taken
from chat import histories, messages
from chat.histories import Line
from core import encryption
from core.clock import utc_now
from core.database import Database
from core.safety import Concern, Context, Safety, Source
from core.sentences import say
from core.settings import Environment, Settings
from groups import members, openings
from groups.cards import Card
from matching import connections, presences, profiles
from matching.documents import Person
from moderation import telling
from moderation.desk import Desk
from moderation.reasons import Reason
from moderation.screening import RulesScreening
from people import accounts, beginnings, consents, documents, organisations, roles
from people.consents import Purpose
from people.joining import Joining
from people.permissions import Actor, Grant, Role

NAME: Final = "The Harbour (a made-up community)"
JOINED_BEFORE: Final = timedelta(days=90)
# What "tell us" means for each kind of item in the queue's file.
REASONS: Final = {
    "distress": Reason.WORRIED,
    "contact": Reason.PRESSING,
    "medication": Reason.MEDICINES,
    "harassment": Reason.UNKIND,
}


def run(*, port: int, keep: Path | None) -> None:
    """Build the community and serve it on this machine until stopped."""
    refuse_taken("127.0.0.1", port)
    folder = tempfile.TemporaryDirectory(prefix="been-there-demo-") if keep is None else None
    with folder or nullcontext():
        file = keep or Path(folder.name if folder else ".") / "demo.db"
        app = asyncio.run(prepare(settings_for(file, port), now=utc_now()))
        typer.echo(f"A made-up community is at http://127.0.0.1:{port} (Ctrl-C ends it).")
        uvicorn.run(app, host="127.0.0.1", port=port, proxy_headers=False, **SERVER)


def settings_for(file: Path, port: int) -> Settings:
    """Return settings for this machine only."""
    return Settings(
        environment=Environment.DEMO,
        database_url=f"sqlite+aiosqlite:///{file}",
        public_url=f"http://127.0.0.1:{port}",
    )


async def prepare(settings: Settings, *, now: datetime) -> FastAPI:
    """Migrate, fill an empty database, and return the app with its doors.

    Raises:
        Refused: the database belongs to a real place, not to a demo.
    """
    encryption.install(settings.key_ring())
    await schema.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.reading(all_organisations=True) as session:
            found = await organisations.everyone(session)
        if not all(organisation.is_demo for organisation in found):
            raise Refused(
                say("That database belongs to a real place. A demo wants one of its own.")
            )
        if not found:
            await fill(database, Desk(RulesScreening()), now=now)
    finally:
        await database.close()
    app = create_app(settings)
    doors.install(app, _audiences())
    return app


def _audiences() -> dict[str, str]:
    return {one["audience"]: one["document"]["name"] for one in stories.people() if one["audience"]}


async def fill(database: Database, safety: Safety, *, now: datetime) -> None:
    """Bring everybody in, let them talk, and leave work in the queue."""
    joined_at = now - JOINED_BEFORE
    async with database.unit_of_work(all_organisations=True) as session:
        first = await beginnings.begin(
            session,
            organisation_name=NAME,
            name="Keeper",
            password_hash=None,
            now=joined_at,
            is_demo=True,
        )
        keeper = _actor(session, first.begun.sign_in_id, await _only(session))
        actors = await _people(session, now=joined_at)
        await documents.change(session, keeper, Joining(is_open=True), over_version=0, now=now)
        rooms = await _groups(session, keeper, actors, now=joined_at)
        for talk in stories.talks(now):
            await _talk(session, actors, rooms, talk)
        for waiting in stories.queue(now):
            await _wait(session, actors, rooms, waiting, safety)


async def _only(session: AsyncSession) -> UUID:
    keeper = await accounts.by_name(session, "Keeper")
    assert keeper is not None
    return keeper.id


def _actor(session: AsyncSession, sign_in_id: UUID | None, account_id: UUID) -> Actor:
    return Actor(
        account_id=account_id,
        organisation_id=session.info["organisation_id"],
        name="Keeper",
        grants=frozenset({Grant(Role.ADMINISTRATOR)}),
        sign_in_id=sign_in_id,
    )


async def _people(session: AsyncSession, *, now: datetime) -> dict[str, Actor]:
    actors = {}
    for one in stories.people():
        told: dict[str, Any] = one["document"]
        account = await accounts.create(session, name=told["name"], now=now)
        await consents.give_at_joining(session, account.id, set(Purpose), now=now)
        for role in one["roles"]:
            if "group" not in role:
                held = Role(role["role"])
                await roles.grant(session, account_id=account.id, role=held, now=now)
        actor = Actor(account.id, account.organisation_id, account.name or "")
        document = Person.model_validate(told | {"blocked": []})
        await profiles.save(session, actor, document, over_version=0, now=now)
        actors[told["id"]] = actor
    return actors


async def _groups(
    session: AsyncSession, keeper: Actor, actors: dict[str, Actor], *, now: datetime
) -> dict[str, UUID]:
    rooms = {}
    for one in stories.groups():
        card = Card(
            name=one["name"],
            purpose=one["purpose"],
            for_whom=one["for_whom"],
            about=one["card"],
            lived=one["words"],
            door=one["door"],
            capacity=one["capacity"],
            languages=tuple(one["languages"]),
            topics=tuple(one["topics"]),
        )
        leader = actors[one["facilitator"]]
        group = await openings.open_group(
            session, keeper, card, facilitator_id=leader.account_id, now=now
        )
        for name in one["members"]:
            await members.let_in(session, group, actors[name].account_id, now=now)
        rooms[one["slug"]] = group.room_id
    return rooms


async def _talk(
    session: AsyncSession, actors: dict[str, Actor], rooms: dict[str, UUID], talk: Talk
) -> None:
    room_id = await _room(session, actors, rooms, talk)
    lines = [Line(actors[said.by].account_id, said.words, said.at) for said in talk.said]
    await histories.append(session, room_id, lines)


async def _room(
    session: AsyncSession, actors: dict[str, Actor], rooms: dict[str, UUID], talk: Talk | Waiting
) -> UUID:
    """Return the room of a talk; two people's is opened by a hello and a yes."""
    if talk.group is not None:
        return rooms[talk.group]
    assert talk.between is not None
    key = "+".join(sorted(talk.between))
    if key not in rooms:
        assert isinstance(talk, Talk)
        rooms[key] = await _meet(session, actors, talk.between, at=talk.said[0].at)
    return rooms[key]


async def _meet(
    session: AsyncSession, actors: dict[str, Actor], pair: tuple[str, str], *, at: datetime
) -> UUID:
    asker, asked = actors[pair[0]], actors[pair[1]]
    # Whoever hasn't been here for weeks rests from hellos.
    await presences.come_back(session, asked, now=at - timedelta(hours=2))
    hello = await connections.ask(
        session,
        asker,
        asked.account_id,
        words="I read your words. I've been near there.",
        verdict=profiles.UNSCREENED,
        safety=Desk(RulesScreening()),
        now=at - timedelta(hours=2),
    )
    talk = await connections.accept(session, asked, hello.id, now=at - timedelta(hours=1))
    assert talk.room_id is not None
    return talk.room_id


async def _wait(
    session: AsyncSession,
    actors: dict[str, Actor],
    rooms: dict[str, UUID],
    waiting: Waiting,
    safety: Safety,
) -> None:
    room_id = await _room(session, actors, rooms, waiting)
    said = waiting.said
    author = actors[said.by]
    (entry,) = await histories.append(
        session, room_id, [Line(author.account_id, said.words, said.at)]
    )
    subject = messages.subject(entry)
    if waiting.reported_by is not None:
        await telling.tell(
            session,
            actors[waiting.reported_by],
            subject,
            said.words,
            reason=REASONS[waiting.kind],
            note=waiting.note,
            now=said.at + timedelta(minutes=1),
        )
        return
    verdict = safety.screen(said.words, Context())
    concern = Concern(
        Source.SCREENING,
        verdict.tier,
        said.words,
        said.at,
        because=verdict.because,
        categories=verdict.categories,
    )
    await safety.flag(session, subject, concern)
