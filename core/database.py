"""The two doors to the database.

`reading()` never writes. `unit_of_work()` is the only place that commits, and publishes events
once it has. Inside either nothing is awaited but the database. On SQLite a unit of work begins
IMMEDIATE behind one fair lock: with the busy timeout alone, a short writer starves beside busy
ones, and a deferred begin loses updates.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from copy import copy
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from core import postgresql
from core.errors import Unavailable
from core.events import Bus
from core.sqlite import AskedOnce, begin_with
from core.tables import Owned

READERS: Final = 8
# How long one waits for what another holds: the file on SQLite, a row on PostgreSQL.
BUSY_TIMEOUT_MS: Final = 5_000
CLOSING_SECONDS: Final = 3.0
# On PostgreSQL a process that hangs in a unit of work loses it, and its rows are free again.
LEFT_OPEN_MS: Final = 60_000
# No statement of ours takes long; one that went astray holds a connection no longer than this.
# Migrations have a connection of their own (beenthere.schema), without it.
STATEMENT_MS: Final = 60_000
LOST_CONNECTION: Final = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)
# Classes of SQLSTATE in which PostgreSQL takes nothing just now: connection, rolled back for
# another, resources, not in the right state, an operator's doing (PostgreSQL 17, appendix A).
NOT_NOW: Final = ("08", "40", "53", "55", "57")


class Database:
    """Opens sessions on one database, SQLite or PostgreSQL."""

    def __init__(self, url: str, *, bus: Bus | None = None) -> None:
        self.url = make_url(url)
        self.bus = bus or Bus()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer, self._reader = self._engines()
        self._lock = asyncio.Lock()

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        if not self.is_sqlite:
            engine = _postgresql(self.url)
            return engine, engine.execution_options(postgresql_readonly=True)
        writer, reader = _sqlite(self.url, size=1), _sqlite(self.url, size=READERS)
        _prepare(writer.sync_engine, begin="BEGIN IMMEDIATE", query_only=False)
        _prepare(reader.sync_engine, begin="BEGIN", query_only=True)
        return writer, reader

    @asynccontextmanager
    async def reading(
        self, organisation_id: UUID | None = None, *, all_organisations: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one organisation, or says that it sees all, and only reads."""
        info = _scope(organisation_id, all_organisations=all_organisations)
        with _translating():
            async with AsyncSession(self._reader, expire_on_commit=False, info=info) as session:
                yield session

    @asynccontextmanager
    async def unit_of_work(
        self, organisation_id: UUID | None = None, *, all_organisations: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Commit everything done inside, or nothing; then publish its events.

        Raises:
            Unavailable: the database is locked or gone. Nothing was saved.
        """
        info = _scope(organisation_id, all_organisations=all_organisations)
        with _translating():
            async with (
                self._lock if self.is_sqlite else nullcontext(),
                AsyncSession(self._writer, expire_on_commit=False, info=info) as session,
                session.begin(),
            ):
                yield session
                for finish in session.info.get("finishers", {}).values():
                    await finish(session)
        for happened in session.info.get("events", ()):
            self.bus.publish(happened)

    async def close(self) -> None:
        """Give every connection back; a server that doesn't answer keeps nobody from stopping."""
        for engine in (self._writer, self._reader):
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    await engine.dispose()


def _scope(organisation_id: UUID | None, *, all_organisations: bool) -> dict[str, Any]:
    if (organisation_id is None) != all_organisations:
        raise ValueError("name one organisation, or say all_organisations=True")
    if organisation_id is None:
        return {"organisation_id": None}
    only = with_loader_criteria(
        Owned, lambda row: row.organisation_id == organisation_id, include_aliases=True
    )
    return {"organisation_id": organisation_id, "only": only}


class _translating:  # noqa: N801 - reads as a verb where it is used
    """Turn a lost or locked database into one fault that says that nothing was saved."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, LOST_CONNECTION) or _is_gone(fault):
            raise Unavailable from fault


def _is_gone(fault: BaseException | None) -> bool:
    if not isinstance(fault, exc.DBAPIError):
        return False
    state = str(getattr(fault.orig, "sqlstate", None) or "")
    return fault.connection_invalidated or state.startswith(NOT_NOW)


@asynccontextmanager
async def savepoint(session: AsyncSession) -> AsyncIterator[None]:
    """Do a piece of a unit of work that may fail alone: what it wrote, rang and recorded goes too.

    Whoever catches the fault goes on with the rest.
    """
    before = {key: copy(value) for key, value in session.info.items()}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        session.info.clear()
        session.info.update(before)
        raise


def _postgresql(url: Any) -> AsyncEngine:
    bounds = {
        "lock_timeout": str(BUSY_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(LEFT_OPEN_MS),
        "statement_timeout": str(STATEMENT_MS),
    }
    engine = create_async_engine(
        url, pool_size=10, hide_parameters=True, connect_args={"server_settings": bounds}
    )
    postgresql.look_before_use(engine.sync_engine)
    return engine


def _sqlite(url: Any, *, size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        module=AskedOnce(),
        # Messages of faults must not carry anybody's words.
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000},
    )


def _prepare(engine: Engine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        begin_with(connection, begin)


@event.listens_for(Session, "do_orm_execute")
def _only_this_organisation(state: ORMExecuteState) -> None:
    only = state.session.info.get("only")
    if only is None or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(only)


@event.listens_for(Session, "before_flush")
def _fill_in_organisation(session: Session, _context: object, _instances: object) -> None:
    organisation_id = session.info.get("organisation_id")
    for row in session.new:
        if not isinstance(row, Owned):
            continue
        if getattr(row, "organisation_id", None) is None and organisation_id is not None:
            row.organisation_id = organisation_id
        if organisation_id is not None and row.organisation_id != organisation_id:
            raise ValueError("a row of another organisation in this unit of work")
