"""A small real house for chat tests: database, engine, people, rooms; `Safety` is stood in for."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from stand_in_safety import StandInSafety

from chat import frames, history, messages, protocol, rooms
from chat.engine import Engine
from chat.hub import Listener
from chat.pace import Pace
from core.database import Database
from core.safety import Mode
from people import accounts, blocks, consents, organisations, sign_ins
from people.consents import Purpose
from people.permissions import Actor


class Client:
    """What a browser does: receives, keeps a cursor per room, applies frames to its history."""

    def __init__(self, engine: Engine, actor: Actor, token: str) -> None:
        self.engine = engine
        self.actor = actor
        self.listener: Listener = engine.connect(actor, token)
        self.frames: list[Any] = []
        self.items: dict[UUID, history.Items] = {}
        self._came = asyncio.Event()
        self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while (one := await self.listener.outbox.take()) is not None:
            for text in one.texts:
                self._receive(protocol.server_decoder.decode(text))
            self.listener.outbox.sent(one)
            self._came.set()

    def _receive(self, frame: Any) -> None:
        self.frames.append(frame)
        if isinstance(frame, frames.Logged):
            history.apply(self.items.setdefault(frame.room, {}), frame)

    async def hello(self, room_id: UUID, cursor: tuple[int, int]) -> None:
        raw = protocol.encode(frames.Hello(rooms={room_id: cursor}))
        await self.engine.receive(self.listener, raw)

    async def do(self, deed: frames.Deed) -> None:
        await self.engine.receive(self.listener, protocol.encode(deed))

    async def send(self, room_id: UUID, text: str, client_id: str | None = None) -> str:
        client_id = client_id or uuid4().hex
        frame = frames.Send(room=room_id, client_id=client_id, text=text)
        await self.engine.receive(self.listener, protocol.encode(frame))
        return client_id

    async def until(self, found: Callable[[Any], bool], *, seconds: float = 5.0) -> Any:
        async with asyncio.timeout(seconds):
            while True:
                for frame in self.frames:
                    if found(frame):
                        return frame
                self._came.clear()
                await self._came.wait()

    async def answer(self, client_id: str) -> Any:
        return await self.until(lambda f: isinstance(f, frames.Answer) and f.client_id == client_id)

    async def seq(self, room_id: UUID, seq: int) -> Any:
        return await self.until(
            lambda f: isinstance(f, frames.Logged) and f.room == room_id and f.seq >= seq
        )

    def logged(self, room_id: UUID) -> list[Any]:
        return [f for f in self.frames if isinstance(f, frames.Logged) and f.room == room_id]

    def words(self, room_id: UUID) -> list[str | None]:
        return [f.text for f in self.logged(room_id) if isinstance(f, frames.Message)]

    def stall(self) -> None:
        """Read nothing more."""
        self._task.cancel()

    async def close(self) -> None:
        self.engine.disconnect(self.listener)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class House:
    """One organisation with an engine; `now` moves only when a test moves it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.safety = StandInSafety()
        self.now = datetime(2026, 3, 4, 12, tzinfo=UTC)
        self.engine = self.new_engine()
        self.organisation_id = UUID(int=0)
        self.clients: list[Client] = []
        self._names = itertools.count(1)
        self._tokens: dict[UUID, str] = {}

    def new_engine(self, **options: Any) -> Engine:
        options = {"pace": Pace(burst=1e6, per_second=1e6)} | options
        return Engine(self.database, self.safety, lambda: self.now, **options)

    async def open(self) -> None:
        async with self.database.unit_of_work(all_organisations=True) as session:
            made = await organisations.create(session, slug="o", name="O", now=self.now)
        self.organisation_id = made.id
        await self.engine.start()

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.engine.stop()

    def pass_time(self, **lengths: float) -> datetime:
        self.now += timedelta(**lengths)
        return self.now

    def working(self) -> Any:
        return self.database.unit_of_work(self.organisation_id)

    def reading(self) -> Any:
        return self.database.reading(self.organisation_id)

    async def person(self, *, purposes: set[Purpose] | None = None) -> Actor:
        purposes = set(Purpose) if purposes is None else purposes
        async with self.working() as session:
            account = await accounts.create(
                session, name=f"Person {next(self._names)}", now=self.now
            )
            await consents.give_at_joining(session, account.id, purposes, now=self.now)
            begun = await sign_ins.begin(session, account.id, now=self.now)
            actor = await sign_ins.actor_for(session, begun.token, now=self.now)
        assert actor is not None
        self._tokens[actor.account_id] = begun.token
        return actor

    def token(self, actor: Actor) -> str:
        return self._tokens[actor.account_id]

    async def people(self, count: int) -> list[Actor]:
        return [await self.person() for _ in range(count)]

    async def private(self, one: Actor, other: Actor) -> UUID:
        async with self.working() as session:
            room = await rooms.open_private(
                session, account_ids=(one.account_id, other.account_id), now=self.now
            )
        return room.id

    async def group(self, *members: Actor, mode: Mode = Mode.STANDARD) -> UUID:
        async with self.working() as session:
            room = await rooms.open_group(session, group_id=uuid4(), safety_mode=mode, now=self.now)
            for member in members:
                await rooms.add_member(
                    session, room_id=room.id, account_id=member.account_id, now=self.now
                )
        return room.id

    async def block(self, actor: Actor, other: Actor) -> None:
        async with self.working() as session:
            await blocks.make(session, actor, other.account_id, now=self.now)

    async def page(self, actor: Actor, room_id: UUID, **options: Any) -> list[Any]:
        async with self.reading() as session:
            return await messages.page(session, actor, room_id, **({"limit": 100} | options))

    async def whole(self, actor: Actor, room_id: UUID) -> list[Any]:
        found: list[Any] = []
        while more := await self.page(actor, room_id, after=found[-1].seq if found else 0):
            found += more
        return found

    async def head(self, room_id: UUID) -> tuple[int, int]:
        async with self.reading() as session:
            from chat import logs

            epoch, _, last = (await logs.states(session, {room_id}))[room_id]
        return epoch, last

    def connect(self, actor: Actor) -> Client:
        return self.connect_to(self.engine, actor)

    def connect_to(self, engine: Engine, actor: Actor) -> Client:
        client = Client(engine, actor, self._tokens[actor.account_id])
        self.clients.append(client)
        return client

    async def listen(self, actor: Actor, room_id: UUID, *, after: int | None = None) -> Client:
        client = self.connect(actor)
        epoch, last = await self.head(room_id)
        await client.hello(room_id, (epoch, last if after is None else after))
        await client.until(lambda f: isinstance(f, frames.Welcome))
        return client


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    house = House(database)
    await house.open()
    yield house
    await house.close()
