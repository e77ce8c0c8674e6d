"""INSERT … ON CONFLICT, which both databases speak but SQLAlchemy keeps per dialect."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def insert(session: AsyncSession, table: Any) -> sqlite.Insert | postgresql.Insert:
    """Return the session's own INSERT, with `on_conflict_do_nothing` and `…_do_update`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
