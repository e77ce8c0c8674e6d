"""The place each story is told in."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from conftest import Hand
from fastapi import FastAPI

from core.database import Database
from tests.journeys.town import Town


@pytest.fixture
async def town(
    app: FastAPI, database: Database, organisation_id: UUID, clock: Hand
) -> AsyncIterator[Town]:
    """The real app on either database, with an organisation and nobody in it yet."""
    town = Town(app, database, organisation_id, clock)
    yield town
    await town.close()
