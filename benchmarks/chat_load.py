"""What `benchmarks.chat` drives: servers in a process of their own, and very light clients.

    python -m benchmarks.chat_load serve DIR ROOMS MEMBERS
    python -m benchmarks.chat_load raw LISTENERS BYTES SECONDS

`serve` is the product's socket, engine and database. `raw` is an asyncio.Protocol that writes one
frame to each listener, one write per delivery: what the ratios are taken against.
"""

import asyncio
import base64
import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID, uuid4

import uvicorn
import uvloop
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from api.live import live
from beenthere import schema
from chat import logs, rooms
from chat.engine import Engine
from chat.pace import Pace
from core import encryption
from core.clock import utc_now
from core.database import Database
from core.safety import Mode
from core.settings import Settings
from core.tables import Base
from moderation.desk import Desk
from moderation.screening import RulesScreening
from people import accounts, consents, organisations, sign_ins
from people.consents import Purpose
from people.permissions import Actor

_numbers: Final = count()
Member = tuple[Actor, str]


async def prepare(folder: Path) -> tuple[Database, UUID]:
    """Make an empty SQLite database (WAL, synchronous FULL) with one organisation in it."""
    encryption.install(Settings(_env_file=None).key_ring())
    schema.all_tables()
    url = f"sqlite+aiosqlite:///{folder / f'{uuid4().hex}.db'}"
    making = create_async_engine(url)
    async with making.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await making.dispose()
    database = Database(url)
    async with database.unit_of_work(all_organisations=True) as session:
        made = await organisations.create(session, slug="b", name="B", now=utc_now())
    return database, made.id


async def room_of(
    database: Database, organisation_id: UUID, size: int
) -> tuple[UUID, list[Member]]:
    """Open a group room with that many new, signed-in members."""
    now, members = utc_now(), list[Member]()
    async with database.unit_of_work(organisation_id) as session:
        room = await rooms.open_group(session, group_id=uuid4(), safety_mode=Mode.STANDARD, now=now)
        for _ in range(size):
            account = await accounts.create(session, name=f"Member {next(_numbers)}", now=now)
            await consents.give_at_joining(session, account.id, set(Purpose), now=now)
            begun = await sign_ins.begin(session, account.id, now=now)
            actor = await sign_ins.actor_for(session, begun.token, now=now)
            await rooms.add_member(session, room_id=room.id, account_id=account.id, now=now)
            assert actor is not None
            members.append((actor, begun.token))
    return room.id, members


def engine_on(database: Database) -> Engine:
    """Return an engine that screens by the rules and paces nobody: its own speed is measured."""
    return Engine(database, Desk(RulesScreening()), pace=Pace(burst=1e9, per_second=1e9))


async def serve(folder: Path, room_count: int, size: int) -> None:
    """Serve until standard input closes; answer each line there with the facts so far."""
    database, organisation_id = await prepare(folder)
    told: list[dict[str, Any]] = []
    for _ in range(room_count):
        room, members = await room_of(database, organisation_id, size)
        async with database.reading(organisation_id) as session:
            epoch, _, last = (await logs.states(session, {room}))[room]
        tokens = [token for _, token in members]
        told.append({"room": str(room), "cursor": [epoch, last], "tokens": tokens})
    engine = engine_on(database)
    await engine.start()
    server = uvicorn.Server(_config(database, engine))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, not an event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "rooms": told}), flush=True)
    await asyncio.to_thread(_answer_lines, engine)
    await engine.kill()
    serving.cancel()


def _config(database: Database, engine: Engine) -> uvicorn.Config:
    app = Starlette(routes=[WebSocketRoute("/api/v1/live", live)])
    app.state.database, app.state.chat, app.state.clock = database, engine, utc_now
    app.state.settings = Settings(_env_file=None)
    return uvicorn.Config(
        app, port=0, log_level="error", ws="api.wire:Wire", lifespan="off",
        ws_per_message_deflate=False, backlog=2048,
    )  # fmt: skip


def _answer_lines(engine: Engine) -> None:
    for _ in sys.stdin:
        facts = {
            "cpu_seconds": time.process_time(),
            "stored": engine.writer.stored,
            "batches": engine.writer.batches,
        }
        print(json.dumps(facts), flush=True)


class Raw(asyncio.Protocol):
    """A listener of the raw server, with the same patience as a socket has."""

    everyone: Final[list["Raw"]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be written to from now on."""
        self.transport: Any = transport
        self.is_ready = True
        self.everyone.append(self)

    def pause_writing(self) -> None:
        """Wait."""
        self.is_ready = False

    def resume_writing(self) -> None:
        """Go on."""
        self.is_ready = True


async def raw(listeners: int, size: int, seconds: float) -> None:
    """Write frames of `size` bytes to every listener for a while; print what it took."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Raw, "127.0.0.1", 0, backlog=2048)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while len(Raw.everyone) < listeners:  # noqa: ASYNC110 - a count, not an event
        await asyncio.sleep(0.01)
    frame, deliveries = b"x" * size, 0
    started, begin = time.monotonic(), time.process_time()
    while time.monotonic() - started < seconds:
        for listener in Raw.everyone:
            if listener.is_ready:
                listener.transport.write(frame)
                deliveries += 1
        await asyncio.sleep(0)
    spent = time.process_time() - begin
    print(json.dumps({"deliveries": deliveries, "cpu_seconds": spent}), flush=True)


class Light(asyncio.Protocol):
    """A WebSocket client that does next to nothing: counts frames, checks seqs and order."""

    def __init__(self, room: str, cursor: tuple[int, int], token: str) -> None:
        self._hello = {"type": "hello", "rooms": {room: cursor}}
        self._token = token
        self.room = room
        self._rest = b""
        self._is_open = False
        self.seq = cursor[1]
        self.frames = self.bytes = self.faults = self.order = 0
        self.sent: dict[str, float] = {}
        self.waits: list[float] = []
        self.on_sent: Callable[[], None] = lambda: None
        self.welcomed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {self._token}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the frames out of what came (RFC 6455 §5.2; a server never masks)."""
        data = self._rest + data
        if not self._is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            self._is_open = True
            self.write(self._hello)
        at, end = 0, len(data)
        while end - at >= 4:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            if start + length > end:
                break
            self._frame(data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _frame(self, frame: bytes) -> None:
        if frame.startswith(b'{"type":"message"'):
            begin = frame.index(b'"seq":') + 6
            seq = int(frame[begin : frame.index(b",", begin)])
            self.faults += seq != self.seq + 1
            self.seq = seq
            # Its id comes next: whoever heard the same in the same order has the same sum.
            self.order = zlib.crc32(frame[begin : frame.index(b'"sender"')], self.order)
            self.frames += 1
            self.bytes += len(frame)
        elif frame.startswith(b'{"type":"sent"'):
            client_id = json.loads(frame)["client_id"]
            self.waits.append(time.perf_counter() - self.sent.pop(client_id))
            self.on_sent()
        elif frame.startswith(b'{"type":"welcome"'):
            self.welcomed.set_result(None)

    def say(self, text: str) -> None:
        """Send one message with an id of its own."""
        client_id = f"{next(_numbers):x}"
        self.sent[client_id] = time.perf_counter()
        self.write({"type": "send", "room": self.room, "client_id": client_id, "text": text})

    def write(self, frame: dict[str, Any]) -> None:
        """Send a frame, masked with zeros, which is masked enough on loopback."""
        data = json.dumps(frame).encode()
        size = len(data)
        head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE, *divmod(size, 256)))
        self.transport.write(head + bytes(4) + data)


class Counting(asyncio.Protocol):
    """A listener of the raw server: counts nothing, reads everything."""


if __name__ == "__main__":
    name, *given = sys.argv[1:]
    if name == "serve":
        uvloop.run(serve(Path(given[0]), int(given[1]), int(given[2])))
    else:
        uvloop.run(raw(int(given[0]), int(given[1]), float(given[2])))
