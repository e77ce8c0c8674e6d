"""Every page, the style sheets and scripts, and how faults look on a page."""

from importlib import resources
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from web import (
    about_me,
    administration,
    appointments,
    as_others,
    breaks,
    delays,
    directories,
    entrance,
    erasing,
    first_days,
    group_keeping,
    groups,
    hellos,
    helping,
    home,
    invitations,
    learning,
    leaving,
    letters,
    my_data,
    offers,
    papers,
    polls,
    registers,
    staff,
    starting,
    talk_copies,
    talk_deeds,
    talk_wishes,
    talks,
    telling,
    ways_in,
)
from web.faults import problem_page

STATIC: Final = Path(str(resources.files("web").joinpath("static")))
ROUTERS: Final = (
    entrance.router,
    first_days.router,
    helping.router,
    home.router,
    about_me.router,
    as_others.router,
    my_data.router,
    erasing.router,
    offers.router,
    hellos.router,
    talks.router,
    talk_deeds.router,
    breaks.router,
    leaving.router,
    talk_copies.router,
    talk_wishes.router,
    telling.router,
    invitations.router,
    letters.router,
    # Before the groups: "new" is no group's id.
    starting.router,
    groups.router,
    group_keeping.router,
    polls.router,
    staff.router,
    delays.router,
    administration.router,
    appointments.router,
    papers.router,
    learning.router,
    directories.router,
    registers.router,
    ways_in.router,
)
worker = APIRouter(include_in_schema=False)


@worker.get("/worker.js")
async def worker_script() -> FileResponse:
    """The service worker: from the root, so that its scope is the whole site."""
    return FileResponse(STATIC / "worker.js", media_type="text/javascript")


class Files(StaticFiles):
    """Our own files. They change with a release, so a browser asks whether they have."""

    async def get_response(self, path, scope):  # type: ignore[no-untyped-def] # Starlette's own
        """Return a file with a cache rule of its own: the rest of the site is never stored."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    """Add every page."""
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(worker)
    app.mount("/static", Files(directory=STATIC), name="static")
    app.state.problem_page = problem_page
