"""A server killed or stopped under load: what it acknowledged is there after, once, in order."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from conftest import MORNING
from people_factories import SignedIn, sign_up
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chat import frames, protocol, rooms
from core.clock import utc_now
from core.database import Database
from core.safety import Mode
from people import organisations

pytestmark = pytest.mark.anyio

WRITERS = 12
# Below what a hand may write at once (chat.pace): nothing here is asked to wait.
EACH = 8


@dataclass
class Talker:
    """Somebody who writes; `answered` are the seqs that were acknowledged, by client id."""

    who: SignedIn
    begun: asyncio.Event
    answered: dict[str, int] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)

    def note(self, client_id: str, seq: int) -> None:
        """Take an acknowledgement; a second one of another seq would be a second message."""
        self.begun.set()
        if self.answered.setdefault(client_id, seq) != seq:
            self.doubled.append(client_id)


@dataclass
class Server:
    """A real `been-there serve` on either database, started and ended by its own process id."""

    port: int
    environment: dict[str, str]
    folder: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "beenthere", "serve", "--port", str(self.port),
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(90), httpx2.AsyncClient(trust_env=False) as client:
            while True:
                with suppress(httpx2.TransportError):
                    if (await client.get(f"{self.origin}/readyz")).status_code == 200:
                        return
                assert self.process.returncode is None, (self.folder / "server.log").read_text()
                await asyncio.sleep(0.05)

    async def end(self, by: signal.Signals = signal.SIGKILL) -> None:
        """End it as the machine's power would, without farewell, or as an operator does."""
        assert self.process is not None
        self.process.send_signal(by)
        async with asyncio.timeout(30):
            assert await self.process.wait() == -by


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        # It is free again when the test begins.
        return int(free.getsockname()[1])


@pytest.fixture
async def server(database_url: str, port: int, tmp_path: Path) -> AsyncIterator[Server]:
    """Where the server will run; whatever happens, it doesn't outlive the test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {
        "BEEN_THERE_DATABASE_URL": database_url,
        "BEEN_THERE_ENCODER": "hashed",
        "BEEN_THERE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    server = Server(port, kept | own, tmp_path)
    yield server
    if server.process is not None and server.process.returncode is None:
        await server.end()


async def _people(database: Database, *, turns: int) -> tuple[UUID, list[list[Talker]]]:
    """A room in which these people write, some in each turn."""
    async with database.unit_of_work(all_organisations=True) as session:
        made = await organisations.create(session, slug="o", name="O", now=MORNING)
    now = utc_now()
    begun = [asyncio.Event() for _ in range(turns)]
    talkers = [
        Talker(await sign_up(database, made.id, f"Writer {number}", now=now), begun[turn])
        for turn in range(turns)
        for number in range(WRITERS * turn, WRITERS * (turn + 1))
    ]
    async with database.unit_of_work(made.id) as session:
        room = await rooms.open_group(
            session, group_id=UUID(int=1), safety_mode=Mode.STANDARD, now=now
        )
        for talker in talkers:
            await rooms.add_member(session, room_id=room.id, account_id=talker.who.id, now=now)
    return room.id, [talkers[turn * WRITERS :][:WRITERS] for turn in range(turns)]


@asynccontextmanager
async def _client(server: Server, talker: Talker) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"authorization": f"Bearer {talker.who.token}"}
    async with httpx2.AsyncClient(
        base_url=server.origin, headers=headers, trust_env=False, timeout=10
    ) as client:
        yield client


async def _say_by_api(server: Server, talker: Talker, room_id: UUID, ids: list[str]) -> None:
    """Post message after message until the server is gone."""
    with suppress(httpx2.TransportError):
        async with _client(server, talker) as client:
            for client_id in ids:
                body = {"client_id": client_id, "text": f"These are the words of {client_id}."}
                answer = await client.post(f"/api/v1/rooms/{room_id}/messages", json=body)
                if answer.status_code == 201:
                    talker.note(client_id, answer.json()["seq"])


async def _say_live(server: Server, talker: Talker, room_id: UUID, ids: list[str]) -> None:
    """Send everything over one socket, and note what is acknowledged until it breaks."""
    bearer = {"Authorization": f"Bearer {talker.who.token}"}
    address = f"ws://127.0.0.1:{server.port}/api/v1/live"
    with suppress(OSError, WebSocketException):
        async with connect(address, additional_headers=bearer, proxy=None) as live:
            for client_id in ids:
                words = f"These are the words of {client_id}."
                send = frames.Send(room=room_id, client_id=client_id, text=words)
                await live.send(protocol.encode(send), text=True)
            left = set(ids)
            async for raw in live:
                frame = protocol.server_decoder.decode(raw)
                if isinstance(frame, frames.Sent):
                    talker.note(frame.client_id, frame.seq)
                    left.discard(frame.client_id)
                if not left:
                    return


async def _load(server: Server, talkers: list[Talker], room_id: UUID, ids: list[list[str]]) -> None:
    """Let everybody write at once: half of them live, half by the API."""
    ways = (_say_live, _say_by_api)
    await asyncio.gather(
        *(
            ways[number % 2](server, talker, room_id, ids[number])
            for number, talker in enumerate(talkers)
        )
    )


async def _history(server: Server, talker: Talker, room_id: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with _client(server, talker) as client:
        while True:
            after = found[-1]["seq"] if found else 0
            address = f"/api/v1/rooms/{room_id}/messages?after={after}&limit=100"
            items = (await client.get(address)).json()["items"]
            if not items:
                return found
            found += items


@pytest.mark.parametrize(
    ("backend", "ways"),
    [
        # What was mended after the first end is ended again, the other way.
        ("sqlite", (signal.SIGKILL, signal.SIGTERM)),
        ("postgresql", (signal.SIGKILL,)),
    ],
    indirect=["backend"],
)
async def test_ended_under_load_and_started_again_nothing_acknowledged_is_missing(
    server: Server, database: Database, ways: tuple[signal.Signals, ...]
) -> None:
    room_id, rounds = await _people(database, turns=len(ways))
    chance = random.Random(7)
    cut_short = 0
    await server.start()
    for turn, (talkers, by) in enumerate(zip(rounds, ways, strict=True)):
        ids = [[f"t{turn}-w{one}-{place}" for place in range(EACH)] for one in range(WRITERS)]
        load = asyncio.create_task(_load(server, talkers, room_id, ids))
        await talkers[0].begun.wait()
        await asyncio.sleep(0.1 * chance.random())
        await server.end(by)
        await load
        cut_short += sum(len(talker.answered) for talker in talkers) < WRITERS * EACH
        await server.start()
        await _load(server, talkers, room_id, ids)
        await _check(server, talkers, room_id, ids)
    assert cut_short, "it was never ended in the middle of anything"


async def _check(
    server: Server, talkers: list[Talker], room_id: UUID, ids: list[list[str]]
) -> None:
    history = await _history(server, talkers[0], room_id)
    assert [one["seq"] for one in history] == list(range(1, len(history) + 1)), "no gap"
    by_words: dict[str, list[int]] = {}
    for one in history:
        if one["type"] == "message":
            by_words.setdefault(one["text"], []).append(one["seq"])
    assert {words: seqs for words, seqs in by_words.items() if len(seqs) > 1} == {}
    for talker, mine in zip(talkers, ids, strict=True):
        assert talker.doubled == []
        assert set(mine) == talker.answered.keys(), "sent again, everything is taken"
        for client_id, seq in talker.answered.items():
            assert by_words[f"These are the words of {client_id}."] == [seq]
