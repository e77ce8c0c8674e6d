"""Live talk as a program or a browser has it: a real server, a real socket, a cursor per talk."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
import uvicorn
from app_factories import ORIGIN
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from beenthere.serving import SERVER
from chat import frames, history, protocol
from tests.journeys.town import Resident

# chat.md §1: a block, a mute, a removal or a sign-out counts within this time.
SOON = 2.0


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """Serve a running app on this machine, as `been-there serve` would; yield the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        config = uvicorn.Config(app, lifespan="off", **SERVER)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await task


def read_all(items: list[dict[str, Any]]) -> list[frames.Logged]:
    """Return a page's items as the frames they are."""
    found = [protocol.server_decoder.decode(msgspec.json.encode(item)) for item in items]
    return [one for one in found if isinstance(one, frames.Logged)]


class Line:
    """One open connection: what came over it, and what its talks look like by now."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Any] = []
        self.items: dict[UUID, history.Items] = {}
        self.code: int | None = None
        self._came = asyncio.Event()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for raw in self.socket:
                self._take(protocol.server_decoder.decode(raw))
        except ConnectionClosed:
            pass
        self.code = self.socket.close_code
        self._came.set()

    def _take(self, frame: Any) -> None:
        self.frames.append(frame)
        if isinstance(frame, frames.Logged):
            history.apply(self.items.setdefault(frame.room, {}), frame)
        self._came.set()

    async def listen(self, who: Resident, room_id: str, *, after: int | None = None) -> None:
        """Read what was said so far (up to `after`), then listen from there."""
        before = [
            item for item in await who.history(room_id) if after is None or item["seq"] <= after
        ]
        talks = (await who.get("/rooms"))["items"]
        epoch = next(talk["epoch"] for talk in talks if talk["room_id"] == room_id)
        room = UUID(room_id)
        self.items[room] = history.replay(read_all(before))
        cursor = (epoch, before[-1]["seq"] if before else 0)
        await self.send(frames.Hello(rooms={room: cursor}))
        await self.until(lambda frame: isinstance(frame, frames.Welcome))

    async def send(self, frame: frames.Client) -> None:
        await self.socket.send(protocol.encode(frame), text=True)

    async def say(self, room_id: str, text: str, client_id: str) -> Any:
        """Say something; return what became of it."""
        await self.send(frames.Send(room=UUID(room_id), client_id=client_id, text=text))
        return await self.until(
            lambda frame: isinstance(frame, frames.Answer) and frame.client_id == client_id
        )

    async def until(self, is_it: Callable[[Any], bool], *, seconds: float = 5.0) -> Any:
        """Return the first frame of that kind, waiting for it; or fail with what came instead."""
        seen = 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    for frame in self.frames[seen:]:
                        if is_it(frame):
                            return frame
                    seen = len(self.frames)
                    self._came.clear()
                    if seen == len(self.frames):
                        await self._came.wait()
        except TimeoutError:
            raise AssertionError(f"it did not come; what came: {self.frames}") from None

    async def until_seq(self, seq: int) -> Any:
        return await self.until(lambda frame: isinstance(frame, frames.Logged) and frame.seq >= seq)

    async def until_closed(self, *, seconds: float = SOON) -> int | None:
        """Wait until the other side ends it; return the code it gave."""
        async with asyncio.timeout(seconds):
            await self._task
        return self.code

    def words(self) -> list[str | None]:
        return [frame.text for frame in self.frames if isinstance(frame, frames.Message)]

    def seqs(self) -> list[int]:
        return [frame.seq for frame in self.frames if isinstance(frame, frames.Logged)]

    async def shows(self, who: Resident, room_id: str) -> bool:
        """History before + frames received = history after."""
        room, after = UUID(room_id), history.replay(read_all(await who.history(room_id)))
        if max(after) > max(self.items[room], default=0):
            # What is answered first to its author comes to the listeners a moment later.
            await self.until(
                lambda frame: (
                    isinstance(frame, frames.Logged)
                    and (frame.room, frame.seq) == (room, max(after))
                )
            )
        return self.items[room] == after

    async def close(self) -> None:
        await self.socket.close()
        await self._task

    async def break_off(self) -> None:
        """Lose the connection without a word, as a train does in a tunnel."""
        self.socket.transport.abort()
        await self._task


@asynccontextmanager
async def calling(port: int, who: Resident, *, as_browser: bool = False) -> AsyncIterator[Line]:
    """Open a connection as somebody, by bearer or by a browser's cookie."""
    line = await call(port, who, as_browser=as_browser)
    try:
        yield line
    finally:
        await line.close()


async def call(
    port: int, who: Resident, *, as_browser: bool = False, origin: str | None = ORIGIN
) -> Line:
    """Open a connection that the caller closes."""
    cookie = {"Cookie": f"__Host-been-there={who.token}"}
    bearer = {"Authorization": f"Bearer {who.token}"}
    return Line(
        await connect(
            "ws://testserver/api/v1/live", host="127.0.0.1", port=port, proxy=None,
            compression=None, origin=origin if as_browser else None, # type: ignore[arg-type]
            additional_headers=cookie if as_browser else bearer,
        )
    )  # fmt: skip
