"""The live socket at /api/v1/live: who may open it, and bytes in and out. No rule of chat is here.

Browsers come with the sign-in cookie and must come from our own pages (exact Origin); programs
carry `Authorization: Bearer`. Nothing is ever read from the address.
"""

import asyncio
import contextlib
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.dependencies import bearer_in, token_of
from api.wire import EXTENSION, Wire
from chat.background import describe
from chat.engine import Engine
from chat.hub import Listener
from chat.outboxes import TOO_SLOW, Outbox, Parcel
from core.errors import Problem
from core.settings import Settings, is_loopback
from people import sign_ins
from people.permissions import Actor

log = structlog.get_logger(__name__)

# chat.md §1: who takes this long over one write is closed, and resumes.
STALLED_SECONDS: Final = 10.0
CLOSING_SECONDS: Final = 1.0
# A farewell that isn't read by then is not waited for: the socket would stay open for good.
CUT_SECONDS: Final = 5.0
# RFC 6455 §7.4.1: refused by policy; before the handshake is answered it is an HTTP 403.
REFUSED: Final = 1008


async def live(websocket: WebSocket) -> None:
    """Serve one connection until either side ends it, or its sign-in ends."""
    engine: Engine = websocket.app.state.chat
    listener = await _opened(websocket, engine)
    if listener is None:
        await websocket.close(REFUSED)
        return
    try:
        await websocket.accept()
        await _until_one_ends(websocket, engine, listener)
    finally:
        engine.disconnect(listener)
        await _close(websocket, listener.outbox)


async def _opened(websocket: WebSocket, engine: Engine) -> Listener | None:
    token = token_of(websocket)
    if token is None or not _is_ours(websocket):
        return None
    try:
        actor = await _actor(websocket, token)
        return None if actor is None else engine.connect(actor, token)
    except Problem:
        return None


async def _actor(websocket: WebSocket, token: str) -> Actor | None:
    state = websocket.app.state
    async with state.database.reading(all_organisations=True) as session:
        return await sign_ins.actor_for(session, token, now=state.clock())


def _is_ours(websocket: WebSocket) -> bool:
    """Browsers always send Origin, and any page can make them open a socket with our cookie."""
    if bearer_in(websocket.headers.get("authorization", "")) is not None:
        return True
    settings: Settings = websocket.app.state.settings
    origin, host = websocket.headers.get("origin", ""), websocket.headers.get("host", "")
    if origin == settings.origin:
        return True
    return is_loopback(settings.host) and _is_this_machine(origin, host)


def _is_this_machine(origin: str, host: str) -> bool:
    """On this machine itself, either name of it will do."""
    try:
        parts = urlsplit(origin)
        return is_loopback(parts.hostname or "") and parts.netloc == host
    except ValueError:
        # "http://[": no address at all.
        return False


async def _until_one_ends(websocket: WebSocket, engine: Engine, listener: Listener) -> None:
    tasks = {
        asyncio.create_task(_read(websocket, engine, listener)),
        asyncio.create_task(_write(websocket, listener.outbox)),
        asyncio.create_task(listener.outbox.overflow.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, WebSocketDisconnect):
                log.error("live_socket_failed", **describe(ended))


async def _read(websocket: WebSocket, engine: Engine, listener: Listener) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        raw = message.get("text")
        await engine.receive(listener, message.get("bytes") or b"" if raw is None else raw)


async def _write(websocket: WebSocket, outbox: Outbox) -> None:
    outbox.direct = wire = _wire(websocket)
    while (parcel := await outbox.take()) is not None:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                await _send(websocket, wire, parcel)
        except TimeoutError:
            outbox.close(TOO_SLOW)
            return
        outbox.sent(parcel)


def _wire(websocket: WebSocket) -> Wire | None:
    found: Wire | None = websocket.scope.get("extensions", {}).get(EXTENSION)
    return found


async def _send(websocket: WebSocket, wire: Wire | None, parcel: Parcel) -> None:
    if wire is None:
        for text in parcel.texts:
            await websocket.send_text(text)
        return
    await wire.drained()
    wire.write(parcel.wire)


async def _close(websocket: WebSocket, outbox: Outbox) -> None:
    """Say why, if the other side is still there; never wait long for one that stalls."""
    if WebSocketState.DISCONNECTED in (websocket.client_state, websocket.application_state):
        return
    if (wire := _wire(websocket)) is not None:
        wire.cut_after(CUT_SECONDS)
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await websocket.close(outbox.code or 1000)
