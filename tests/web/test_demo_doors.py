"""The demo's one-click doors open for this very machine alone, and only where a demo was built."""

import httpx2
import pytest
from conftest import MORNING
from fastapi import FastAPI

from core.database import Database
from people import organisations
from tests.web.crawling import AUDIENCES, HOST, client_of

pytestmark = pytest.mark.anyio
DOOR = "/demo/sign-in/member"


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_each_door_lets_in_and_gives_a_careful_cookie(demo: FastAPI, audience: str) -> None:
    async with client_of(demo) as client:
        answer = await client.post(f"/demo/sign-in/{audience}")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-been-there=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "been.example"},
        {"host": "127.0.0.1.example.org:8000"},
        {"forwarded": "for=198.51.100.7"},
        {"x-forwarded-for": "198.51.100.7"},
        {"x-forwarded-host": "been.example"},
        {"x-forwarded-proto": "https"},
        {"x-real-ip": "198.51.100.7"},
        {"via": "1.1 proxy"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_a_door_stays_shut_for_whatever_came_from_elsewhere(
    demo: FastAPI, headers: dict[str, str]
) -> None:
    async with client_of(demo) as client:
        answer = await client.post(DOOR, headers=headers)
    assert answer.status_code in {403, 404, 421}
    assert "set-cookie" not in answer.headers


async def test_a_door_stays_shut_for_another_machine(demo: FastAPI) -> None:
    transport = httpx2.ASGITransport(app=demo, client=("198.51.100.7", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        answer = await client.post(DOOR, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_a_door_opens_by_post_alone(demo: FastAPI, method: str) -> None:
    async with client_of(demo) as client:
        answer = await client.request(method, DOOR)
    assert answer.status_code == 405
    assert "set-cookie" not in answer.headers


async def test_there_is_no_door_to_just_anybody(demo: FastAPI) -> None:
    async with client_of(demo) as client:
        for name in ("Keeper", "Sam", "nobody", "%00"):
            answer = await client.post(f"/demo/sign-in/{name}")
            assert answer.status_code == 404


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_app_that_is_no_demo_has_no_doors_and_shows_none(
    app: FastAPI, database: Database
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        await organisations.create(session, slug="h", name="H", now=MORNING)
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="https://testserver") as client:
        client.headers["sec-fetch-site"] = "same-origin"
        answer = await client.post(DOOR)
        start = await client.get("/")
    assert answer.status_code == 404
    assert "/demo/" not in start.text
