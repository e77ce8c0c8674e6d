"""Whoever calls and never says what they want is let go; whoever does, however late, is served."""

import asyncio
from contextlib import suppress

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from beenthere.serving import SERVER
from tests.journeys.live import served

pytestmark = pytest.mark.anyio
WHOLE = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


async def _slow(_request: Request) -> PlainTextResponse:
    # Longer than a request's headers may take: an answer may.
    await asyncio.sleep(0.3)
    return PlainTextResponse("here you are")


async def _say(words: bytes) -> bytes:
    """Say this to a server, then nothing; return all it answers until it hangs up."""
    app = FastAPI(routes=[Route("/", _slow)])
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
