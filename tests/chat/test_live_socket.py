"""The socket itself, over loopback, with a real server and a real client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.live import live
from chat import frames, protocol
from core import limits
from core.settings import Settings
from people import sign_ins

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
ORIGIN = "https://talk.example.org"


@pytest.fixture(params=["websockets-sansio", "api.wire:Wire"])
def way_out(request: pytest.FixtureRequest) -> str:
    """Both ways out of the server: through ASGI, and the short cut."""
    return str(request.param)


@asynccontextmanager
async def _served(house: Any, way_out: str) -> AsyncIterator[str]:
    async with _server(house, way_out) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/api/v1/live"


@asynccontextmanager
async def _server(house: Any, way_out: str) -> AsyncIterator[uvicorn.Server]:
    app = Starlette(routes=[WebSocketRoute("/api/v1/live", live)])
    app.state.database, app.state.chat = house.database, house.engine
    app.state.clock = lambda: house.now
    app.state.settings = Settings(_env_file=None, public_url=ORIGIN)
    config = uvicorn.Config(
        app, port=0, log_level="error", ws=way_out, lifespan="off",
        ws_per_message_deflate=False, ws_max_size=2 * limits.FRAME_BYTES,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, not an event
        await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    await task


def _program(house: Any, actor: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.token(actor)}"}


def _browser(house: Any, actor: Any, origin: str = ORIGIN) -> dict[str, str]:
    return {"Cookie": f"__Host-been-there={house.token(actor)}", "Origin": origin}


async def _receive(socket: Any, kind: str) -> Any:
    async with asyncio.timeout(5):
        while True:
            found = json.loads(await socket.recv())
            if found["type"] == kind:
                return found


async def test_two_people_talk_over_the_socket(house: Any, way_out: str) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    epoch, last = await house.head(room)
    hello = protocol.encode(frames.Hello(rooms={room: (epoch, last)})).decode()
    async with (
        _served(house, way_out) as url,
        connect(url, additional_headers=_program(house, ash)) as here,
        connect(url, additional_headers=_browser(house, bo)) as there,
    ):
        for socket in (here, there):
            await socket.send(hello)
            assert str(room) in (await _receive(socket, "welcome"))["rooms"]
        await here.send(
            json.dumps({"type": "send", "room": str(room), "client_id": "1", "text": "Hello"})
        )
        sent = await _receive(here, "sent")
        assert sent["seq"] == 1
        assert (await _receive(there, "message"))["text"] == "Hello"


async def test_nonsense_is_answered_and_the_connection_stays(house: Any, way_out: str) -> None:
    [ash] = await house.people(1)
    async with (
        _served(house, way_out) as url,
        connect(url, additional_headers=_program(house, ash)) as socket,
    ):
        for raw in ("{", b"\xff\x00", "x" * (limits.FRAME_BYTES + 1), '{"type":"edit"}'):
            await socket.send(raw)
            assert (await _receive(socket, "problem"))["code"] in {"invalid", "too_large"}
        await socket.send('{"type":"ping"}')
        await _receive(socket, "pong")


async def test_only_our_own_pages_and_programs_may_open_it(house: Any, way_out: str) -> None:
    [ash] = await house.people(1)
    cookie_only = {"Cookie": f"__Host-been-there={house.token(ash)}"}
    refused = [
        {},
        cookie_only,
        {"Authorization": "Bearer wrong"},
        _browser(house, ash, "https://elsewhere.example.org"),
        _browser(house, ash, "http://talk.example.org"),
        _browser(house, ash, "null"),
        _browser(house, ash, "http://["),
        {"Origin": ORIGIN},
    ]
    async with _served(house, way_out) as url:
        for headers in refused:
            with pytest.raises(InvalidStatus) as answer:
                await connect(url, additional_headers=headers)
            assert answer.value.response.status_code == 403
        async with connect(url, additional_headers=_browser(house, ash)):
            pass
        with pytest.raises(InvalidStatus):
            await connect(f"{url}?token={house.token(ash)}", origin=ORIGIN)


async def test_a_sign_out_closes_the_socket_within_two_seconds(house: Any, way_out: str) -> None:
    [ash] = await house.people(1)
    async with (
        _served(house, way_out) as url,
        connect(url, additional_headers=_program(house, ash)) as socket,
    ):
        async with house.working() as session:
            await sign_ins.end_all(session, ash.account_id, now=house.now)
        async with asyncio.timeout(2):
            assert (await _receive(socket, "goodbye")) == {"type": "goodbye"}
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4001
    assert len(house.engine.hub) == 0


async def test_a_reader_that_stalls_on_the_wire_is_cut_off_and_the_other_hears_all(
    house: Any, way_out: str
) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    epoch, last = await house.head(room)
    hello = protocol.encode(frames.Hello(rooms={room: (epoch, last)})).decode()
    healthy = await house.listen(bo, room)
    async with _served(house, way_out) as url:
        stalled = await connect(
            url, additional_headers=_program(house, cy), max_queue=1, close_timeout=0.1
        )
        await stalled.send(hello)
        await _receive(stalled, "welcome")
        text, count = "long " * 790, 0
        while house.engine.hub.of(cy.account_id) and count < 3000:
            many = range(count, count + 30)
            await asyncio.gather(
                *(house.engine.send(ash, room, f"c{number}", text) for number in many)
            )
            count += 30
        assert not house.engine.hub.of(cy.account_id)
        await healthy.seq(room, (await house.head(room))[1])
        stalled.transport.abort()


async def test_who_never_reads_keeps_no_socket_open(house: Any, way_out: str) -> None:
    if way_out != "api.wire:Wire":
        pytest.skip("Only the short cut can cut a connection off.")
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    async with _server(house, way_out) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        stalled = await connect(
            f"ws://127.0.0.1:{port}/api/v1/live",
            additional_headers=_program(house, bo), max_queue=1,
        )  # fmt: skip
        await stalled.send(protocol.encode(frames.Hello(rooms={room: await house.head(room)})))
        await _receive(stalled, "welcome")
        stalled.transport.pause_reading()
        count = 0
        while house.engine.hub.of(bo.account_id) and count < 3000:
            lines = range(count, count := count + 30)
            await asyncio.gather(
                *(house.engine.send(ash, room, f"c{number}", "long " * 790) for number in lines)
            )
        async with asyncio.timeout(10):
            while server.server_state.connections:  # noqa: ASYNC110 - a set, not an event
                await asyncio.sleep(0.05)
        stalled.transport.abort()


async def test_a_server_that_ends_says_goodbye_and_what_was_sent_is_stored(
    house: Any, way_out: str
) -> None:
    if way_out != "api.wire:Wire":
        pytest.skip("Only the short cut can say goodbye when the server ends.")
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    send = {"type": "send", "room": str(room), "client_id": "last", "text": "last words"}
    async with _served(house, way_out) as url:
        socket = await connect(url, additional_headers=_program(house, ash))
        await socket.send(json.dumps(send))
        await _receive(socket, "sent")
    goodbye = await _receive(socket, "goodbye")
    assert 500 <= goodbye["retry_ms"] <= 30_000
    with pytest.raises(ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert [item.text for item in await house.page(bo, room)] == ["last words"]
