"""`create_app`: the only place where the parts are joined."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import problems, routes
from api.descriptions import Described
from beenthere import doorbells, measures
from beenthere.guards import Guards
from beenthere.upkeep import Upkeep
from chat.engine import Engine
from core import encryption
from core.clock import Clock, utc_now
from core.database import Database
from core.safety import Safety
from core.settings import Settings
from matching import encoders
from moderation import screening
from moderation.desk import Desk
from people.throttles import FirstRunTries
from web import pages


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock = utc_now,
    safety: Safety | None = None,
    with_upkeep: bool = True,
) -> FastAPI:
    """Join the parts into one application.

    `clock` and `safety` are stood in for by tests; nothing else is.
    """
    settings = settings or Settings()
    encryption.install(settings.key_ring())
    encoders.choose(settings.encoder)
    database = Database(settings.database_url)
    safety = safety or Desk(screening.shipped())
    engine = Engine(database, safety, clock)
    doorbells.install(database.bus, engine, database)
    tally = safety.tally if isinstance(safety, Desk) else None
    upkeep = Upkeep(database, settings=settings, clock=clock, tally=tally)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        preparing = _begin(upkeep, safety) if with_upkeep else None
        try:
            yield
        finally:
            if preparing:
                await preparing
            await upkeep.stop()
            await engine.stop()
            await database.close()

    app = Described(
        title="Been There",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings, app.state.database, app.state.clock = settings, database, clock
    app.state.safety, app.state.chat = safety, engine
    app.state.first_run_tries = FirstRunTries()
    problems.install(app)
    routes.install(app)
    pages.install(app)
    app.add_middleware(Guards, settings=settings)
    measures.install(app)
    return app


def _begin(upkeep: Upkeep, safety: Safety) -> asyncio.Task[None] | None:
    """Begin what goes on in the background; return the making ready of what judges texts."""
    upkeep.start()
    if not isinstance(safety, Desk):
        return None
    return asyncio.create_task(asyncio.to_thread(safety.screening.prepare))
