"""A copy of the whole database in one file, and back. PostgreSQL has tools of its own for it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import erased_again, schema
from chat import logs
from core import encryption
from core.database import Database
from core.settings import Settings
from core.tables import Base
from people import audit, organisations

# In steps, so that whoever writes meanwhile waits for none longer than a moment.
PAGES_AT_ONCE: Final = 1_000
# A service that was stopped a moment ago may still be closing its files.
CLOSED_WITHIN_SECONDS: Final = 3.0


class NoBackup(ValueError):
    """It can't be done, and nothing was changed. Its words are for whoever typed the command."""


def backup(settings: Settings, target: Path) -> None:
    """Write a copy to `target`, also while people write; nothing half-made is left behind.

    Raises:
        NoBackup: this is PostgreSQL, or the copy did not come out whole.
        OSError: there is such a file already, or it can't be written.
    """
    source = _file(settings)
    if target.exists():
        raise FileExistsError(0, "There is such a file already", str(target))
    with _beside(target, "making") as made, closing(_opened(source, "rw")) as database:
        _copy(database, made)
        made.replace(target)


@dataclass(frozen=True, slots=True)
class Restored:
    """Where what was there is kept now, if there was anything; and how many were erased again.

    `erased` is None where nobody could know who was erased since.
    """

    kept: Path | None
    erased: int | None


async def restore(settings: Settings, source: Path, *, now: datetime) -> Restored:
    """Put a backup in the database's place.

    The backup is brought to this version and looked through before anything is put aside; who
    was erased since it was made is erased again.

    Raises:
        NoBackup: it is no backup of ours, it is damaged, its keys are others, or the service runs.
        OSError, CommandError: it can't be read; it is of a newer version.
    """
    encryption.install(settings.key_ring())
    file = _file(settings, must_be_there=False)
    with _beside(file, "restoring") as made:
        with closing(_opened(source, "ro")) as database:
            _copy(database, made)
        url = f"sqlite+aiosqlite:///{made}"
        await schema.upgrade(url)
        await _prepare(url, now=now)
        kept = _put_aside(file, now=now) if file.exists() else None
        # Read where nobody writes any more; until the last line what was there is still there.
        gone = erased_again.known(kept) if kept else None
        erased = None if gone is None else await erased_again.erase(url, gone, now=now)
        made.replace(file)
        _to_disk(file.parent)
    return Restored(kept, erased)


def _file(settings: Settings, *, must_be_there: bool = True) -> Path:
    if settings.database_file is None:
        raise NoBackup("This is for SQLite. For PostgreSQL see docs/operating.md.")
    if must_be_there and not settings.database_file.exists():
        raise FileNotFoundError(2, "There is no database yet", str(settings.database_file))
    return settings.database_file


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    if not file.is_file():
        raise FileNotFoundError(2, "There is no such file", str(file))
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True)


@contextmanager
def _beside(file: Path, how: str) -> Iterator[Path]:
    """A private file beside another one, gone afterwards unless it was put in that one's place."""
    made = file.with_name(f"{file.name}.{how}")
    made.touch(mode=0o600, exist_ok=False)
    try:
        yield made
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            made.with_name(made.name + suffix).unlink(missing_ok=True)


def _copy(database: sqlite3.Connection, made: Path) -> None:
    try:
        with closing(sqlite3.connect(made)) as copy:
            database.backup(copy, pages=PAGES_AT_ONCE, sleep=0.01)
            # One file, that can be read from a disk that can't be written.
            copy.execute("PRAGMA journal_mode = DELETE")
            [(said,)] = copy.execute("PRAGMA integrity_check(1)").fetchall()
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as fault:
        raise NoBackup(f"The copy could not be made ({fault}). Nothing was changed.") from None
    if said != "ok" or "alembic_version" not in tables:
        raise NoBackup("That file is damaged, or not one of Been There's. Nothing was changed.")
    _to_disk(made)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


async def _prepare(url: str, *, now: datetime) -> None:
    """See that its words can be read and its chains hold, and let open pages read anew."""
    database = Database(url)
    try:
        async with database.unit_of_work(all_organisations=True) as session:
            await _open_one_of_each(session)
            for organisation in await organisations.everyone(session):
                if await audit.verify(session, organisation.id) is not None:
                    raise NoBackup("The audit chain in that file was altered. Nothing was changed.")
            await logs.renew_epochs(session, now=now)
    finally:
        await database.close()


async def _open_one_of_each(session: AsyncSession) -> None:
    for mapper in Base.registry.mappers:
        seals = [one for one in vars(mapper.class_).values() if isinstance(one, encryption.Sealed)]
        for seal in seals:
            words = inspect(mapper.class_).columns[seal.column]
            row = (
                await session.scalars(select(mapper.class_).where(words.is_not(None)).limit(1))
            ).first()
            try:
                seal.__get__(row, mapper.class_) if row is not None else None
            except encryption.SealBroken:
                raise NoBackup(
                    "The words in that file were sealed with other keys: set BEEN_THERE_SECRET and"
                    " BEEN_THERE_KEYS to those of then. Nothing was changed."
                ) from None


def _put_aside(file: Path, *, now: datetime) -> Path:
    """Give the present database a second name, once nobody has it open."""
    try:
        with closing(
            sqlite3.connect(file, timeout=CLOSED_WITHIN_SECONDS, isolation_level=None)
        ) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Alone, this takes in what is still in the write-ahead log, and the log goes.
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as fault:
        if "locked" not in str(fault):
            raise
        raise NoBackup("The service is running: stop it first. Nothing was changed.") from None
    except sqlite3.DatabaseError:
        pass  # It is broken, which is why somebody restores: it is put aside as it is.
    kept = file.with_name(f"{file.name}.before-{now:%Y%m%d-%H%M%S}")
    # Under a second name first, so that at no moment there is no database.
    kept.hardlink_to(file)
    for suffix in ("-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.replace(kept.with_name(kept.name + suffix))
    return kept
