"""Whoever calls and never says what they want is let go; whoever does, however late, is served."""

import asyncio
from contextlib import suppress

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from beenthere.guards import Guards
from beenthere.serving import SERVER
from core.settings import Settings
from tests.journeys.live import served

pytestmark = pytest.mark.anyio
WHOLE = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"
PART = b"POST /%b HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nwords"


async def _slow(_request: Request) -> PlainTextResponse:
    # Longer than a request's headers may take: an answer may.
    await asyncio.sleep(0.3)
    return PlainTextResponse("here you are")


async def _read(request: Request) -> PlainTextResponse:
    # As frameworks do, who take a body that breaks off for a bad one.
    with suppress(Exception):
        return PlainTextResponse((await request.body()).decode())
    return PlainTextResponse("what?", 400)


async def _unread(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("whatever it is")


def _app() -> FastAPI:
    ways = (("/read", _read), ("/unread", _unread))
    posts = [Route(path, answer, methods=["POST"]) for path, answer in ways]
    app = FastAPI(routes=[Route("/", _slow), *posts])
    app.add_middleware(Guards, settings=Settings(_env_file=None, extra_hosts=("here",)))
    return app


async def _say(words: bytes) -> bytes:
    """Say this to a server, then nothing; return all it answers until it hangs up."""
    app = _app()
    answer = bytearray()
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        with suppress(ConnectionResetError):
            async with asyncio.timeout(15):
                while some := await reader.read(65_536):
                    answer += some
        writer.close()
    return bytes(answer)


@pytest.mark.parametrize("words", [b"", WHOLE[:-2], WHOLE + WHOLE[:-2]])
async def test_who_never_finishes_asking_is_let_go(
    words: bytes, monkeypatch: pytest.MonkeyPatch, anyio_backend: object
) -> None:
    monkeypatch.setattr("api.wire.HEADERS_SECONDS", 0.1)
    # Else it is uvicorn that hangs up, after the answer.
    monkeypatch.setitem(SERVER, "timeout_keep_alive", 600)
    await _say(words)


async def test_an_answer_may_take_longer_than_asking(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: object
) -> None:
    monkeypatch.setattr("api.wire.HEADERS_SECONDS", 0.1)
    monkeypatch.setitem(SERVER, "timeout_keep_alive", 0.05)
    assert (await _say(WHOLE)).endswith(b"here you are")


async def test_a_body_that_never_ends_is_answered_and_cut(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: object
) -> None:
    monkeypatch.setattr("core.limits.BODY_SECONDS", 0.2)
    monkeypatch.setitem(SERVER, "timeout_keep_alive", 600)
    answer = await _say(PART % b"read")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in answer
    assert answer.count(b"HTTP/1.1") == 1


async def test_an_answer_before_the_body_is_no_way_to_stay(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: object
) -> None:
    monkeypatch.setattr("core.limits.BODY_SECONDS", 0.1)
    monkeypatch.setattr("api.wire.ANSWER_SECONDS", 0.1)
    monkeypatch.setitem(SERVER, "timeout_keep_alive", 600)
    assert (await _say(PART % b"unread")).endswith(b"whatever it is")


async def test_an_answer_may_take_longer_than_a_body(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: object
) -> None:
    monkeypatch.setattr("core.limits.BODY_SECONDS", 0.05)
    monkeypatch.setattr("api.wire.ANSWER_SECONDS", 0.05)
    monkeypatch.setitem(SERVER, "timeout_keep_alive", 0.05)
    assert (await _say(WHOLE)).endswith(b"here you are")
