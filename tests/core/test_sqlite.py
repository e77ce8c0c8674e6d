"""One question a statement: what comes back is what the driver as shipped brings back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.database import Database
from core.errors import Unavailable
from core.sqlite import AskedOnce

pytestmark = pytest.mark.anyio

STATEMENTS = [
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT UNIQUE)",
    "INSERT INTO kept (words) VALUES ('one'), ('two'), ('three')",
    "SELECT id, words AS said FROM kept ORDER BY id",
    "SELECT id FROM kept WHERE id > 99",
    "UPDATE kept SET words = words || '!' WHERE id < 3",
    "UPDATE kept SET words = 'none' WHERE id > 99",
    "DELETE FROM kept WHERE id = 1 RETURNING id, words",
    "INSERT INTO kept (words) VALUES ('four') RETURNING id",
]


@asynccontextmanager
async def _open(file: Path, module: Any) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", module=module)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def _told(file: Path, module: Any) -> list[object]:
    said: list[object] = []
    async with _open(file, module) as connection:
        for statement in STATEMENTS:
            result = await connection.execute(text(statement))
            # Rows first: what RETURNING changed is counted once it was read.
            rows = list(result.mappings()) if result.returns_rows else None
            said.append((rows, result.rowcount))
        many = [{"words": "five"}, {"words": "six"}]
        insert = text("INSERT INTO kept (words) VALUES (:words)")
        said.append((await connection.execute(insert, many)).rowcount)
        raw = await connection.exec_driver_sql("INSERT INTO kept (words) VALUES (?)", ("seven",))
        said.append(raw.lastrowid)
        said.append((await connection.exec_driver_sql("SELECT * FROM kept")).fetchmany(2))
    return said


async def test_the_same_rows_counts_and_names_as_the_driver_as_shipped(tmp_path: Path) -> None:
    assert await _told(tmp_path / "a.db", AskedOnce()) == await _told(tmp_path / "b.db", None)


async def test_faults_are_of_the_same_kinds(tmp_path: Path) -> None:
    async with _open(tmp_path / "a.db", AskedOnce()) as connection:
        await connection.execute(text(STATEMENTS[0]))
        await connection.execute(text(STATEMENTS[1]))
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO kept (words) VALUES ('one')"))
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT * FROM nowhere"))
        assert (await connection.scalar(text("SELECT count(*) FROM kept"))) == 3


async def test_who_stops_waiting_leaves_the_connection_fit_for_the_next(tmp_path: Path) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000)"
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{tmp_path / 'a.db'}", module=AskedOnce(), pool_size=1, max_overflow=0
    )

    async def ask() -> int:
        async with engine.connect() as connection:
            return int(await connection.scalar(text(f"{slow} SELECT count(*) FROM n")) or 0)

    for turns in (0, 1, 2, 5, 10, 20, 40):
        asked = asyncio.create_task(ask())
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
    assert await ask() == 200_000
    await engine.dispose()


async def test_each_statement_is_one_question(tmp_path: Path) -> None:
    questions: list[object] = []
    async with _open(tmp_path / "a.db", AskedOnce()) as connection:
        await connection.exec_driver_sql("SELECT 1")
        raw: Any = (await connection.get_raw_connection()).driver_connection
        as_it_was = raw._execute

        async def count(how: Any, *arguments: Any) -> Any:
            questions.append(how)
            return await as_it_was(how, *arguments)

        raw._execute = count
        for number in range(3):
            await connection.exec_driver_sql("SELECT ?", (number,))
        assert len(questions) == 3


class Counted:
    """What a connection asks its thread, passed on and counted."""

    def __init__(self, asked: Any) -> None:
        self.asked, self.count = asked, 0

    def put_nowait(self, question: Any) -> None:
        self.count += 1
        self.asked.put_nowait(question)

    def empty(self) -> bool:
        return bool(self.asked.empty())


async def test_a_session_asks_its_statements_and_once_to_end(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    async with database.reading(all_organisations=True) as session:
        await session.execute(text("SELECT 1"))
        raw: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    raw._tx = counted = Counted(raw._tx)
    for statements in (1, 3):
        counted.count = 0
        async with database.reading(all_organisations=True) as session:
            for _ in range(statements):
                await session.execute(text("SELECT 1"))
        assert counted.count == statements + 1
    await database.close()


async def test_a_unit_of_work_holds_the_file_from_its_first_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.BUSY_TIMEOUT_MS", 50)
    address = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    one, other = Database(address), Database(address)
    async with one.unit_of_work(all_organisations=True) as session:
        await session.execute(text("CREATE TABLE kept (id INTEGER)"))
    async with one.unit_of_work(all_organisations=True) as session:
        await session.execute(text("SELECT * FROM kept"))
        async with other.reading(all_organisations=True) as seeing:
            assert await seeing.scalar(text("SELECT count(*) FROM kept")) == 0
        with pytest.raises(Unavailable):
            async with other.unit_of_work(all_organisations=True) as writing:
                await writing.execute(text("SELECT 1"))
    async with other.unit_of_work(all_organisations=True) as writing:
        await writing.execute(text("INSERT INTO kept VALUES (1)"))
    async with one.reading(all_organisations=True) as seeing:
        assert await seeing.scalar(text("SELECT count(*) FROM kept")) == 1
    await one.close()
    await other.close()


async def test_who_stops_waiting_at_any_moment_leaves_no_transaction_open(tmp_path: Path) -> None:
    """Left open, the next would write into it, and lose it with a stranger's fault."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    async with database.unit_of_work(all_organisations=True) as session:
        await session.execute(text("CREATE TABLE kept (id INTEGER)"))

    async def write(number: int) -> None:
        async with database.unit_of_work(all_organisations=True) as session:
            await session.execute(text("INSERT INTO kept VALUES (:id)"), {"id": number})
            await session.execute(text("SELECT count(*) FROM kept"))

    for turns in range(40):
        asked = asyncio.create_task(write(turns))
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        async with database.unit_of_work(all_organisations=True) as session:
            await session.execute(text("DELETE FROM kept"))
        async with database.reading(all_organisations=True) as session:
            assert await session.scalar(text("SELECT count(*) FROM kept")) == 0
    await database.close()
