"""Every route of the JSON API and the live socket, under /api/v1."""

from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse

from api import (
    accounts,
    administration,
    cases,
    concerns,
    copies,
    deeds,
    delays,
    erasures,
    group_keeping,
    group_members,
    group_openings,
    groups,
    hellos,
    letters,
    live,
    offers,
    polls,
    profiles,
    rooms,
    sign_ins,
    talk_copies,
    talk_wishes,
    urgent_help,
    ways_in,
)
from api.dependencies import Here
from api.descriptions import RESPONSES
from core.errors import Unavailable
from people import organisations

PREFIX: Final = "/api/v1"
ROUTERS: Final = (
    accounts.router,
    sign_ins.router,
    profiles.router,
    offers.router,
    hellos.router,
    rooms.router,
    deeds.router,
    groups.router,
    group_openings.router,
    group_members.router,
    # Before the other decisions: "by-code" is no case's id.
    letters.router,
    group_keeping.router,
    polls.router,
    concerns.router,
    cases.router,
    delays.router,
    ways_in.router,
    copies.router,
    talk_copies.router,
    talk_wishes.router,
    erasures.router,
    administration.router,
    urgent_help.router,
)
health = APIRouter(include_in_schema=False)


@health.get("/healthz")
async def healthz() -> PlainTextResponse:
    """This process answers."""
    return PlainTextResponse("ok\n")


@health.get("/readyz")
async def readyz(here: Here) -> PlainTextResponse:
    """This process reaches its database; 503 when it doesn't."""
    try:
        async with here.reading(all_organisations=True) as session:
            await organisations.everyone(session)
    except Unavailable:
        return PlainTextResponse("the database can't be reached\n", 503)
    return PlainTextResponse("ready\n")


def install(app: FastAPI) -> None:
    """Add every route."""
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, responses=RESPONSES)
    app.include_router(health)
    app.add_api_websocket_route(f"{PREFIX}/live", live.live)
