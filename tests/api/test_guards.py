"""What every request passes first."""

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from beenthere.guards import HEADERS, Guards
from core import limits
from core.settings import Settings

pytestmark = pytest.mark.anyio


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def _client(public_url: str = "https://talk.example.org", **headers: str) -> AsyncClient:
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])])
    settings = Settings(_env_file=None, public_url=public_url)
    transport = ASGITransport(app=Guards(app, settings=settings))
    return AsyncClient(transport=transport, base_url=public_url, headers=headers)


@pytest.mark.parametrize("host", ["evil.example", "talk.example.org.evil.example", "", "127.0.0.1"])
async def test_another_host_is_refused(host: str) -> None:
    async with _client() as client:
        answer = await client.get("/", headers={"host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin", "cookie": "a=b"}, True),
        ({"sec-fetch-site": "same-site", "cookie": "a=b"}, False),
        ({"sec-fetch-site": "cross-site", "cookie": "a=b"}, False),
        ({"sec-fetch-site": "none", "cookie": "a=b"}, False),
        ({"origin": "https://talk.example.org", "cookie": "a=b"}, True),
        ({"origin": "https://evil.example", "cookie": "a=b"}, False),
        ({"origin": "null", "cookie": "a=b"}, False),
        ({"cookie": "a=b"}, False),
        ({}, True),
        ({"authorization": "Bearer x", "sec-fetch-site": "cross-site"}, True),
    ],
)
async def test_a_post_must_begin_on_our_own_pages(headers: dict[str, str], is_ours: bool) -> None:
    async with _client() as client:
        answer = await client.post("/", headers=headers)
    assert (answer.status_code == 200) == is_ours


async def test_reading_from_elsewhere_is_fine_and_carries_careful_headers() -> None:
    async with _client() as client:
        answer = await client.get("/", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_a_body_over_the_limit_is_refused_said_or_unsaid() -> None:
    async def unsaid():
        for _ in range(limits.BODY_BYTES // 1024 + 2):
            yield b"x" * 1024

    async with _client() as client:
        said = await client.post("/", content=b"x" * (limits.BODY_BYTES + 1))
        streamed = await client.post("/", content=unsaid())
        fits = await client.post("/", content=b"x" * limits.BODY_BYTES)
    assert (said.status_code, streamed.status_code, fits.status_code) == (413, 413, 200)
    assert said.headers["content-type"] == "application/problem+json"


async def test_on_this_machine_either_name_of_it_will_do() -> None:
    async with _client("http://127.0.0.1:8000") as client:
        answer = await client.get("/", headers={"host": "localhost:8000"})
        foreign = await client.get("/", headers={"host": "been.example:8000"})
    assert (answer.status_code, foreign.status_code) == (200, 421)
