"""Commands for whoever keeps a place: people in and out, what is kept how long, keys."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from core.database import Database
from core.settings import Settings

if TYPE_CHECKING:
    from beenthere.importing import Count
    from beenthere.retention import Found
    from beenthere.rows import Row

keys_app = typer.Typer(help="The keys that seal people's words.")
OfOne = Annotated[str | None, typer.Option("--organisation", help="Its short name, of several")]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database with its keys; it must be there and of this version.

    Raises:
        Refused: saying which command comes first.
    """
    from beenthere import schema
    from beenthere.serving import Refused
    from core import encryption
    from core.sentences import say

    encryption.install(settings.key_ring())
    file = settings.database_file
    if file is not None and not file.exists():
        raise Refused(say("%(file)s is not there yet: run `been-there setup`.", file=str(file)))
    if not await schema.is_current(settings.database_url):
        raise Refused(say("Please run `been-there migrate` first."))
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def _organisation_id(database: Database, slug: str | None) -> UUID:
    from people import organisations

    async with database.reading(all_organisations=True) as session:
        return (await organisations.by_slug(session, slug)).id


def bring_in(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    agreed: Annotated[
        bool,
        typer.Option(
            "--agreed",
            help="Everybody in it has agreed that what they tell is shown to people who may"
            " understand, that words are checked for harm to others, and that distress is noticed",
        ),
    ] = False,
    codes: Annotated[
        Path | None, typer.Option(help="Write a first way in for each here, as CSV")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only look at the file")] = False,
    organisation: OfOne = None,
) -> None:
    """Bring people in from a file; stopped in the middle, type the same again."""
    from beenthere import rows

    if not agreed and not dry_run:
        raise typer.BadParameter(
            "nobody is brought in without their yes: --agreed says that they gave it (see --help)"
        )
    read = rows.read(file)
    if _say_faults(read) if dry_run else asyncio.run(_bring_in(read, codes, organisation)):
        raise typer.Exit(1)


def _say_faults(read: "Iterable[Row]") -> int:
    bad = 0
    for row in read:
        if row.fault is not None:
            typer.echo(row.fault, err=True)
            bad += 1
    typer.echo(f"{bad} rows can't be brought in as they are. Nothing was changed.")
    return bad


async def _bring_in(read: "Iterable[Row]", codes: Path | None, slug: str | None) -> int:
    from beenthere import importing
    from core.clock import utc_now
    from moderation import screening
    from moderation.desk import Desk

    settings = Settings()
    async with opened(settings) as database:
        with _private(codes) if codes else nullcontext() as ways_in:
            run = importing.Run(
                database=database,
                organisation_id=await _organisation_id(database, slug),
                safety=Desk(screening.shipped()),
                clock=utc_now,
                site_name=settings.site_name,
                tell=lambda fault: typer.echo(fault, err=True),
                codes=ways_in,
            )
            async for count in importing.bring(run, read):
                _show_progress(count)
    count = run.count
    typer.echo(
        f"{count.brought} people were brought in; {count.already} had been before; {count.bad} rows"
        " could not be."
    )
    return count.bad


def _private(file: Path) -> IO[str]:
    """Open a file that only this account may read, to go on writing at its end."""
    opened_at = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(opened_at, "a", encoding="utf-8", newline="")


def _show_progress(count: "Count") -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{count.read} rows read, {count.brought} people brought in ")
        sys.stderr.flush()


def export(
    file: Annotated[Path, typer.Argument(help="A new CSV file")], organisation: OfOne = None
) -> None:
    """List who is here: names, roles, since when. Nobody's words, groups or addresses."""
    if file.exists():
        raise FileExistsError(0, "There is such a file already", str(file))
    number = asyncio.run(_export(file, organisation))
    typer.echo(f"{number} people are listed in {file}.")


async def _export(file: Path, slug: str | None) -> int:
    from core import spreadsheets
    from people import registers

    number = 0
    async with opened(Settings()) as database:
        organisation_id = await _organisation_id(database, slug)
        with _private(file) as written:
            written.write(spreadsheets.written([registers.COLUMNS]))
            async with database.reading(organisation_id) as session:
                async for entry in registers.entries(session):
                    written.write(spreadsheets.written([entry.cells]))
                    number += 1
    return number


def retention(
    dry_run: Annotated[bool, typer.Option(help="Only say what would go")] = False,
    organisation: OfOne = None,
) -> None:
    """Let go what is kept no longer, as the running service does each day."""
    asyncio.run(_retention(organisation, dry_run=dry_run))


async def _retention(slug: str | None, *, dry_run: bool) -> None:
    from beenthere import retention as records
    from core.clock import utc_now

    async with opened(Settings()) as database:
        organisation_id = await _organisation_id(database, slug)
        if dry_run:
            async with database.reading(organisation_id) as session:
                _show_found(await records.look(session, now=utc_now()), "would go")
            return
        gone = True
        while gone:
            async with database.unit_of_work(organisation_id) as session:
                found = await records.sweep(session, now=utc_now())
            _show_found(found, "gone")
            gone = bool(found)


def _show_found(found: "list[Found]", what: str) -> None:
    for one in found:
        typer.echo(f"{one.name}: {one.rows} {what}, {one.since} before {one.before:%Y-%m-%d}")
    if not any(one.rows for one in found):
        typer.echo("Nothing is kept for longer than it should be.")


@keys_app.command()
def rotate() -> None:
    """Seal anew with the first of BEEN_THERE_KEYS what others sealed; stopped, type it again."""
    if asyncio.run(_rotate()):
        raise typer.Exit(1)


async def _rotate() -> int:
    """Return how many seals open with no key there is."""
    from beenthere import keys
    from core.clock import utc_now

    sealed_anew = broken = 0
    settings = Settings()
    async with opened(settings) as database:
        async for turned in keys.rotate(database, now=utc_now()):
            sealed_anew, broken = sealed_anew + turned.sealed_anew, broken + turned.broken
            if sys.stderr.isatty():
                typer.echo(f"{turned.name}: {turned.sealed_anew}", err=True)
    typer.echo(f"{sealed_anew} texts were sealed anew with {settings.key_ring().active!r}.")
    if broken:
        typer.echo(f"{broken} open with none of your keys: they stay as they are.", err=True)
    return broken
