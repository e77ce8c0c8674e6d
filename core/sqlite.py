"""SQLite, asked once for each statement.

A connection lives in a thread of its own. As shipped, one statement is four questions to that
thread (open a cursor, execute, fetch, close), each a wait for its turn; a page of nineteen
statements waits a hundred times. Here it is one, a transaction begins with its first statement,
and one that never began isn't rolled back. docs/decisions/0009 has the figures.
"""

import sqlite3
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


@dataclass(slots=True)
class _Answer:
    """What is left of a cursor once it was read to its end, in the terms of PEP 249."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def close(self) -> None:
        """The cursor itself was closed where it was read."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()

    # `_cursor` is an answer, not an awaitable cursor: SQLAlchemy then closes it without waiting.
    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._cursor: Any = _Answer()
        self._soft_closed_memoized: Any = {}
        self._rows = deque()

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._ask(_all_rows, operation, () if parameters is None else parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._ask(_many, operation, seq_of_parameters)

    async def _ask(self, how: Any, operation: Any, parameters: Any) -> None:
        connection: Any = self._connection
        adapted: Any = self._adapt_connection
        async with adapted._execute_mutex:
            begin, adapted.to_begin = adapted.to_begin, None
            self._cursor, self._rows = await connection._execute(
                _begun, connection._conn, begin, how, operation, parameters
            )


def _begun(
    connection: sqlite3.Connection, begin: str | None, how: Any, operation: str, parameters: Any
) -> tuple[_Answer, deque[Any]]:
    if begin is not None:
        connection.execute(begin).close()
    found: tuple[_Answer, deque[Any]] = how(connection, operation, parameters)
    return found


def _all_rows(
    connection: sqlite3.Connection, operation: str, parameters: Sequence[Any]
) -> tuple[_Answer, deque[Any]]:
    cursor = connection.execute(operation, parameters)
    rows = deque(cursor.fetchall())
    return _closed(cursor), rows


def _many(
    connection: sqlite3.Connection, operation: str, seq_of_parameters: Iterable[Any]
) -> tuple[_Answer, deque[Any]]:
    return _closed(connection.executemany(operation, seq_of_parameters)), deque()


def _closed(cursor: sqlite3.Cursor) -> _Answer:
    answer = _Answer(cursor.description, cursor.rowcount, cursor.lastrowid, cursor.arraysize)
    cursor.close()
    return answer


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("to_begin",)

    _cursor_cls: Any = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        # How the transaction begins that its first statement is to open.
        self.to_begin: str | None = None

    def rollback(self) -> None:
        """End the transaction; sessions and the pool both say so, and the second asks nothing."""
        if not self._has_ended():
            super().rollback()

    def commit(self) -> None:
        """Keep what was done in the transaction, if anything was."""
        if not self._has_ended():
            super().commit()

    def _has_ended(self) -> bool:
        self.to_begin = None
        thread: Any = self._connection
        # What was asked and not yet done, by somebody who was cancelled, may begin one still.
        is_gone = thread._connection is None
        return is_gone or (thread._tx.empty() and not thread.in_transaction)


class AskedOnce(AsyncAdapt_aiosqlite_dbapi):
    """The driver to give to `create_async_engine` as its `module`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """Open a connection whose cursors ask once."""
        as_shipped = super().connect(*arg, **kw)
        return _Connection(self, as_shipped._connection)


def begin_with(connection: Any, statement: str) -> None:
    """Let the connection's next transaction begin so ("BEGIN IMMEDIATE"), with what it does first.

    `connection` is SQLAlchemy's, of an engine made with `AskedOnce`.
    """
    connection.connection.dbapi_connection.to_begin = statement
