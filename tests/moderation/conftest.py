"""Until moderation's tables have a migration, they are made beside the migrated ones."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from beenthere.schema import all_tables
from core.database import Database


@pytest.fixture
async def database(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """The two doors to a database of this test's own that has every table there is."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(all_tables().create_all)
    await engine.dispose()
    database = Database(database_url)
    yield database
    await database.close()
