"""The two doors hold under load, and say so when they can't."""

import asyncio
import os
import signal
from collections.abc import Awaitable
from uuid import UUID

import pytest
from conftest import MORNING
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import events
from core.database import Database
from core.errors import Unavailable
from core.events import Bus, Event
from people import accounts, organisations
from people.accounts import Account
from people.leases import Lease

pytestmark = pytest.mark.anyio


async def test_fifty_units_of_work_lose_no_update(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        counter = Lease(name="counter", holder_id=UUID(int=0), until=MORNING)
        session.add(counter)

    async def count() -> None:
        async with database.unit_of_work(organisation_id) as session:
            # Locks the row on PostgreSQL; on SQLite the unit of work itself is the lock.
            row = await session.scalar(select(Lease).with_for_update())
            assert row is not None
            row.holder_id = UUID(int=row.holder_id.int + 1)

    await asyncio.gather(*(count() for _ in range(50)))
    async with database.reading(organisation_id) as session:
        row = await session.scalar(select(Lease))
    assert row is not None
    assert row.holder_id.int == 50


async def test_a_reading_session_cannot_write(database: Database, organisation_id: UUID) -> None:
    with pytest.raises((DBAPIError, Unavailable)):
        async with database.reading(organisation_id) as session:
            await session.execute(text("UPDATE organisation SET name = 'x'"))
    async with database.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "Harbour"


async def test_a_session_without_an_organisation_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="organisation"):
        async with database.reading():
            raise AssertionError
    with pytest.raises(ValueError, match="organisation"):
        async with database.unit_of_work(UUID(int=1), all_organisations=True):
            raise AssertionError


async def test_events_are_published_after_commit_only(
    database: Database, organisation_id: UUID
) -> None:
    heard: list[Event] = []
    database.bus.subscribe(Event, heard.append)
    async with database.unit_of_work(organisation_id) as session:
        events.after_commit(session, Event(organisation_id))
        assert heard == []
    assert heard == [Event(organisation_id)]
    with pytest.raises(RuntimeError):
        await _fail_after_an_event(database, organisation_id)
    assert len(heard) == 1


async def _fail_after_an_event(database: Database, organisation_id: UUID) -> None:
    async with database.unit_of_work(organisation_id) as session:
        events.after_commit(session, Event(organisation_id))
        raise RuntimeError


async def test_a_handler_that_fails_stops_nobody_else() -> None:
    bus, heard = Bus(), []

    def broken(_event: Event) -> None:
        raise RuntimeError

    bus.subscribe(Event, broken)
    bus.subscribe(Event, heard.append)
    bus.publish(Event(UUID(int=1)))
    assert len(heard) == 1


async def test_a_row_of_another_organisation_does_not_enter(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        other = await organisations.create(session, slug="hill", name="Hill", now=MORNING)
    with pytest.raises(ValueError, match="another organisation"):
        await _smuggle(database, organisation_id, other.id)


async def _smuggle(database: Database, organisation_id: UUID, other_id: UUID) -> None:
    async with database.unit_of_work(organisation_id) as session:
        row = Account(id=UUID(int=7), name="x", name_key="x", joined_at=MORNING)
        row.organisation_id = other_id
        session.add(row)


async def test_naive_time_is_refused(database: Database, organisation_id: UUID) -> None:
    with pytest.raises(Exception, match="time zone"):
        async with database.unit_of_work(organisation_id) as session:
            await accounts.create(session, name="x", now=MORNING.replace(tzinfo=None))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_locked_database_says_that_nothing_was_saved(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.BUSY_TIMEOUT_MS", 50)
    other = Database(str(database.url))
    async with database.unit_of_work(organisation_id) as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable):
            await _write(other, organisation_id)
    await _write(other, organisation_id)
    await other.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_row_that_another_holds_is_waited_for_so_long_and_no_longer(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.BUSY_TIMEOUT_MS", 50)
    other = Database(database.url.render_as_string(hide_password=False))
    async with database.unit_of_work(organisation_id) as session:
        await session.execute(text("SELECT 1 FROM organisation FOR UPDATE"))
        # Without a bound this waits for the row, and the row for this.
        async with asyncio.timeout(20):
            with pytest.raises(Unavailable):
                await _rename(other, organisation_id)
    async with other.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "Harbour"
    await _rename(other, organisation_id)
    async with other.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "Quay"
    await other.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_unit_of_work_that_was_left_open_gives_its_rows_back(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.LEFT_OPEN_MS", 50)
    stuck = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(Unavailable):
        await _hang(stuck, organisation_id, _rename(database, organisation_id))
    await stuck.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_statement_that_went_astray_is_ended_and_its_connection_serves_again(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.STATEMENT_MS", 50)
    bounded = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(Unavailable):
        async with bounded.reading(organisation_id) as session:
            await session.execute(text("SELECT pg_sleep(20)"))
    async with bounded.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "Harbour"
    await bounded.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_connection_that_the_server_ended_is_made_anew_before_it_is_used(
    database: Database, organisation_id: UUID
) -> None:
    kept = await _process(database)
    other = Database(database.url.render_as_string(hide_password=False))
    async with other.unit_of_work(all_organisations=True) as session:
        await session.execute(text("SELECT pg_terminate_backend(:it)"), {"it": kept})
    await other.close()
    await _ended(kept)
    assert await _process(database) != kept


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_only_a_connection_that_rested_is_asked_whether_it_is_there(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect, asked = database._reader.sync_engine.dialect, []
    as_it_was = dialect.do_ping
    dialect.do_ping = lambda connection: (asked.append(1), as_it_was(connection))[1]  # type: ignore[method-assign]
    first = await _process(database)
    assert (await _process(database), len(asked)) == (first, 0)
    monkeypatch.setattr("core.postgresql.RESTED_SECONDS", 0.0)
    assert (await _process(database), len(asked)) == (first, 1)
    dialect.do_ping = lambda _connection: False  # type: ignore[method-assign]
    assert await _process(database) != first, "what doesn't answer is made anew"


async def _process(database: Database) -> int:
    async with database.reading(all_organisations=True) as session:
        return int(await session.scalar(text("SELECT pg_backend_pid()")) or 0)


async def _ended(process_id: int) -> None:
    """Wait until a process of the server is gone, and the loop has heard of it."""
    for _ in range(500):
        await asyncio.sleep(0.01)
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            await asyncio.sleep(0.01)
            return


async def _hang(database: Database, organisation_id: UUID, meanwhile: Awaitable[None]) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await session.execute(text("SELECT 1 FROM organisation FOR UPDATE"))
        await meanwhile


async def _rename(database: Database, organisation_id: UUID) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await session.execute(text("UPDATE organisation SET name = 'Quay'"))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_full_disk_says_that_nothing_was_saved(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(Unavailable):
        await _fill(database, organisation_id)
    async with database.reading(organisation_id) as session:
        assert await session.scalar(select(Account)) is None


async def test_a_database_that_is_gone_says_that_nothing_was_saved() -> None:
    gone = Database("postgresql+asyncpg://nobody@127.0.0.1:9/gone")
    with pytest.raises(Unavailable):
        await _write(gone, UUID(int=1))
    await gone.close()


async def _write(database: Database, organisation_id: UUID) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await accounts.create(session, name="Sam", now=MORNING)


async def _fill(database: Database, organisation_id: UUID) -> None:
    async with database.unit_of_work(organisation_id) as session:
        for number in range(2_000):
            await accounts.create(session, name=f"Person {number}", now=MORNING)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_is_committed_to_a_file_is_on_the_disk(
    database: Database, organisation_id: UUID
) -> None:
    """SQLite: FULL is 2; with less, a power cut takes what was acknowledged."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    async with database.unit_of_work(organisation_id) as session:
        found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_server_that_answers_nothing_keeps_nobody_from_stopping(database_url: str) -> None:
    database = Database(database_url)
    async with database.reading(all_organisations=True) as session:
        process_id = await session.scalar(text("SELECT pg_backend_pid()"))
    os.kill(process_id, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            await database.close()
    finally:
        os.kill(process_id, signal.SIGCONT)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_of_two_who_wait_for_each_other_one_is_asked_to_try_again(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        session.add_all(Lease(name=name, holder_id=UUID(int=0), until=MORNING) for name in "ab")
    both = asyncio.Barrier(2)

    async def take(first: str, second: str) -> None:
        async with database.unit_of_work(organisation_id) as session:
            await session.scalar(select(Lease).where(Lease.name == first).with_for_update())
            await both.wait()
            await session.scalar(select(Lease).where(Lease.name == second).with_for_update())

    ended = await asyncio.gather(take("a", "b"), take("b", "a"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", "Unavailable"]
