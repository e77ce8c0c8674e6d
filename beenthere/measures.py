"""Figures for whoever watches a server: how many requests, how long, what waits. Nobody's words.

Labels are few and known beforehand: methods, routes as they are written, classes of status. Ids,
names and addresses are in none of them.
"""

import hmac
import time
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import Config, Here, bearer_in
from api.routes import PREFIX
from core.database import Database
from core.errors import NotFound, Unavailable
from moderation.cases import Case
from moderation.fold import Status
from people import notices

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE")
# From what nobody notices to what makes them try again.
SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
router = APIRouter(include_in_schema=False)


class Measures:
    """One process's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "been_there_requests", "Requests answered", ("method", "route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "been_there_request_seconds", "Seconds until a request was answered", ("route",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.letters = Gauge(
            "been_there_letters_held_up", "Letters that could not be handed over so far",
            registry=self.registry,
        )  # fmt: skip
        self.cases = Gauge(
            "been_there_cases_unsettled", "What nobody has decided yet", registry=self.registry
        )


class Measured:
    """Counts and times what passes. Pure ASGI, so that it never buffers."""

    def __init__(self, app: ASGIApp, *, measures: Measures) -> None:
        self.app = app
        self.measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), "none"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = _written(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.measures.requests.labels(method, route, status).inc()
            self.measures.seconds.labels(route).observe(time.perf_counter() - began)


def _written(scope: Scope) -> str:
    """Return the route as it is written, with its {names}; a path of nobody's choosing is none."""
    route = getattr(scope.get("route"), "path", "none")
    # A route of the API is told from where its router begins.
    is_inside = scope["path"].startswith(f"{PREFIX}/") and not route.startswith(PREFIX)
    return f"{PREFIX}{route}" if is_inside and route != "none" else route


@router.get("/metrics")
async def metrics(request: Request, here: Here, config: Config) -> Response:
    """The figures, for whoever has the token; without one in the settings there is no such page."""
    token = config.metrics_token.get_secret_value()
    shown = bearer_in(request.headers.get("authorization", "")) or ""
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise NotFound
    measures: Measures = request.app.state.measures
    await _count(here, measures)
    return Response(generate_latest(measures.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)


async def _count(database: Database, measures: Measures) -> None:
    """Look what waits now. While the database is gone, the other figures are still told."""
    try:
        async with database.reading(all_organisations=True) as session:
            measures.letters.set((await notices.held_up(session)).letters)
            unsettled = select(func.count()).select_from(Case).where(Case.status != Status.DECIDED)
            measures.cases.set(await session.scalar(unsettled) or 0)
    except Unavailable:
        return


def install(app: FastAPI) -> None:
    """Count everything that `app` answers, and tell it under /metrics."""
    app.state.measures = Measures()
    app.include_router(router)
    app.add_middleware(Measured, measures=app.state.measures)
