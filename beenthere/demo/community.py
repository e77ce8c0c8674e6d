"""The made-up community: built through the same doors as a real one, on a database of its own."""

import asyncio
import tempfile
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Final

import typer
import uvicorn
from fastapi import FastAPI

from beenthere import schema
from beenthere.app import create_app
from beenthere.demo import doors, filling, stories
from beenthere.serving import SERVER, Refused, refuse_taken
from core import encryption
from core.clock import utc_now
from core.database import Database
from core.sentences import say
from core.settings import Environment, Settings
from moderation import screening
from moderation.desk import Desk
from people import organisations

NAME: Final = "The Harbour (a made-up community)"


def run(*, port: int, keep: Path | None) -> None:
    """Build the community and serve it on this machine until stopped."""
    refuse_taken("127.0.0.1", port)
    folder = tempfile.TemporaryDirectory(prefix="been-there-demo-") if keep is None else None
    with folder or nullcontext():
        file = keep or Path(folder.name if folder else ".") / "demo.db"
        app = asyncio.run(prepare(settings_for(file, port), now=utc_now()))
        typer.echo(f"A made-up community is at http://127.0.0.1:{port} (Ctrl-C ends it).")
        uvicorn.run(app, host="127.0.0.1", port=port, proxy_headers=False, **SERVER)


def settings_for(file: Path, port: int) -> Settings:
    """Return settings for this machine only."""
    return Settings(
        environment=Environment.DEMO,
        database_url=f"sqlite+aiosqlite:///{file}",
        public_url=f"http://127.0.0.1:{port}",
    )


async def prepare(settings: Settings, *, now: datetime) -> FastAPI:
    """Migrate, fill an empty database, and return the app with its doors.

    Raises:
        Refused: the database belongs to a real place, or something in the files doesn't fit.
    """
    encryption.install(settings.key_ring())
    await schema.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.reading(all_organisations=True) as session:
            found = await organisations.everyone(session)
        if not all(organisation.is_demo for organisation in found):
            raise Refused(
                say("That database belongs to a real place. A demo wants one of its own.")
            )
        if not found:
            stories.check(now)
            await filling.fill(database, Desk(screening.shipped()), name=NAME, now=now)
    finally:
        await database.close()
    app = create_app(settings)
    doors.install(app, _audiences())
    return app


def _audiences() -> dict[str, str]:
    return {one.audience: one.document.name for one in stories.people().values() if one.audience}
