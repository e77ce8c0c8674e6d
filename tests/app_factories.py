"""The real app for tests, and clients that are somebody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from people_factories import SignedIn
from starlette.routing import BaseRoute

from beenthere.app import create_app
from core.clock import Clock
from core.settings import Settings

ORIGIN = "https://testserver"
_routes: list[BaseRoute] = []


def app_on(database_url: str, clock: Clock) -> FastAPI:
    """The app as it is served, on this database, with a clock moved by hand."""
    settings = Settings(_env_file=None, database_url=database_url, public_url=ORIGIN)
    app = create_app(settings, clock=clock, with_upkeep=False)
    # FastAPI works out what each route takes once per app: a fifth of a journey's time. The routes
    # are the same in all of them, so they are those of the first.
    _routes.extend(app.routes if not _routes else ())
    app.router.routes[:] = _routes
    return app


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[FastAPI]:
    """Start and stop the app's parts, as a server does."""
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: FastAPI, who: SignedIn | None = None, **headers: str) -> httpx2.AsyncClient:
    """An API client: a bearer's, or a stranger's."""
    if who is not None:
        headers["authorization"] = f"Bearer {who.token}"
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


def browser_of(app: FastAPI, who: SignedIn | None = None) -> httpx2.AsyncClient:
    """A browser without JavaScript: a cookie, and the headers that browsers send."""
    client = client_of(app)
    client.headers["sec-fetch-site"] = "same-origin"
    if who is not None:
        client.cookies.set("__Host-been-there", who.token, domain="testserver.local")
    return client
