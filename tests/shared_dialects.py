"""One dialect and one store of compiled statements for all databases of a test process.

Each test has a database of its own, and so an engine of its own, which would work out every
statement anew: a third of a short journey. What a statement compiles to is the same for all.
"""

from typing import Any, Self

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

_compiled: LRUCache[Any, Any] = LRUCache(2_000)
_made: dict[tuple[type, type], Any] = {}


class _Shared:
    """A dialect that is made once for each driver (`dbapi`) it is asked for."""

    def __new__(cls, *, dbapi: object = None, **_options: object) -> Self:
        """Return the one there is, or the first."""
        made: Self = _made.setdefault((cls, type(dbapi)), object.__new__(cls))
        return made

    def __init__(self, **options: Any) -> None:
        if "dbapi" not in vars(self):
            super().__init__(**options)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Let a new engine find what others have compiled."""
        engine._compiled_cache = _compiled


class SharedSqlite(_Shared, SQLiteDialect_aiosqlite):
    supports_statement_cache = True


class SharedPostgresql(_Shared, PGDialect_asyncpg):
    supports_statement_cache = True


def install() -> None:
    """Let engines made from now on in this process share."""
    registry.register("sqlite.aiosqlite", __name__, SharedSqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, SharedPostgresql.__name__)
