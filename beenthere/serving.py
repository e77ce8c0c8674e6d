"""Starting a server: refusing what would not be safe, then handing over to uvicorn."""

import asyncio
import socket
from typing import Any, Final

import typer
import uvicorn

from beenthere import schema
from core import encryption, limits
from core.clock import utc_now
from core.database import Database
from core.errors import Problem
from core.sentences import say
from core.settings import Environment, Settings, is_loopback
from people import beginnings, credentials, organisations

# How uvicorn is run everywhere, tests of the socket included.
SERVER: Final[dict[str, Any]] = {
    "loop": "auto",
    "http": "api.wire:Http",
    "ws": "api.wire:Wire",
    # Twice a frame's limit: what is a little too large gets an answer, not a closed connection.
    "ws_max_size": 2 * limits.FRAME_BYTES,
    "ws_per_message_deflate": False,
    "backlog": 2048,
    "access_log": False,
    "server_header": False,
    "log_level": "warning",
    # Its lines go where ours do, as ours do (beenthere.logs).
    "log_config": None,
}


class Refused(Problem):
    """This installation can't be started as it is."""

    code, title = "refused", say("Been There can't start like this.")


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until stopped.

    Raises:
        Refused: several workers on SQLite, a demo's database, or one of another version.
        ValueError: a setting is missing, or not safe for a place that others can reach.
    """
    settings = _careful(Settings())
    if workers > 1 and settings.database_file is not None:
        raise Refused(
            say(
                "SQLite is written by one process at a time, so --workers above 1 needs PostgreSQL:"
                " set BEEN_THERE_DATABASE_URL."
            )
        )
    if workers > 1:
        raise Refused(
            say(
                "Live talk is told within one process so far, so --workers stays at 1"
                " (docs/decisions/0002)."
            )
        )
    refuse_taken(host, port)
    asyncio.run(_prepare(settings))
    typer.echo(f"Been There is at {settings.public_url}")
    uvicorn.run(
        "beenthere.app:create_app", factory=True, host=host, port=port, workers=workers, **SERVER
    )


def refuse_taken(host: str, port: int) -> None:
    """Refuse a port on which something else listens already.

    Raises:
        Refused: saying what to type instead.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        # As the server does it: a port left a moment ago is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as fault:
            said = (fault.strerror or "in use").lower()
            raise Refused(
                say(
                    "Port %(port)s on %(host)s can't be used (%(why)s). Choose one with --port.",
                    port=port,
                    host=host,
                    why=said,
                )
            ) from None


def _careful(settings: Settings) -> Settings:
    """Return the settings; reached from elsewhere, production's rules hold whatever it is called.

    The secret of development is public, and with it everybody could open what is sealed.
    """
    if is_loopback(settings.host):
        return settings
    return Settings(environment=Environment.PRODUCTION)


async def _prepare(settings: Settings) -> None:
    encryption.install(settings.key_ring())
    await schema.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.reading(all_organisations=True) as session:
            found = await organisations.everyone(session)
    finally:
        await database.close()
    if any(organisation.is_demo for organisation in found):
        raise Refused(say("That database belongs to a demo, where anyone can sign in as anyone."))
    if not found:
        typer.echo(f"Nobody is here yet. Open {settings.public_url}/first-run and type this code:")
        typer.echo(f"\n  {beginnings.first_run_code()}\n")


async def set_up(*, organisation: str, name: str, password: str) -> list[str]:
    """Make the database, the organisation and its first administrator; return recovery codes."""
    settings = Settings()
    encryption.install(settings.key_ring())
    await credentials.check_strength(password, about=(name, organisation))
    password_hash = await credentials.hash_password(password)
    await schema.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.unit_of_work(all_organisations=True) as session:
            beginning = await beginnings.begin(
                session, organisation_name=organisation, name=name, password_hash=password_hash,
                now=utc_now(),
            )  # fmt: skip
    finally:
        await database.close()
    return beginning.recovery_codes
