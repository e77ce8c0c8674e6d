"""A WebSocket by hand, against the app itself: no server, no port, any header one likes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI

PATIENCE_SECONDS = 5.0


class HandSocket:
    """One connection. `code` is what it was closed with, None while it is open."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_open = False
        self.code: int | None = None

    async def say(self, **frame: Any) -> None:
        """Send one frame."""
        await self.to_app.put({"type": "websocket.receive", "text": json.dumps(frame)})

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """Return the next frame of one of these kinds; pass over the others."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self.from_app.get()
                if message["type"] == "websocket.close":
                    self.code = message.get("code", 1000)
                    raise ConnectionError(self.code)
                frame: dict[str, Any] = json.loads(message["text"])
                if not kinds or frame["type"] in kinds:
                    return frame


@asynccontextmanager
async def opened(app: FastAPI, **headers: str) -> AsyncIterator[HandSocket]:
    """Knock at the live socket with these headers, `_` for `-`; `is_open` tells the answer."""
    sent = {"host": "testserver"} | {name.replace("_", "-"): said for name, said in headers.items()}
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "scheme": "wss", "path": "/api/v1/live",
        "raw_path": b"/api/v1/live", "query_string": b"", "root_path": "", "subprotocols": [],
        "headers": [(name.encode(), said.encode()) for name, said in sent.items()],
        "client": ("127.0.0.1", 50_000), "server": ("testserver", 443), "state": {},
    }  # fmt: skip
    socket = HandSocket()
    await socket.to_app.put({"type": "websocket.connect"})
    task = asyncio.create_task(app(scope, socket.to_app.get, socket.from_app.put))
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await socket.from_app.get()
    socket.is_open = answer["type"] == "websocket.accept"
    socket.code = answer.get("code")
    try:
        yield socket
    finally:
        await socket.to_app.put({"type": "websocket.disconnect", "code": 1001})
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await task
