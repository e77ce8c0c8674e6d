"""Two organisations in one database: each has a chain of its own, and each is walked alone."""

from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import text

from core.database import Database
from people import audit, organisations, roles
from people.permissions import Role

pytestmark = pytest.mark.anyio


async def _act(database: Database, organisation_id: UUID, number: int) -> None:
    someone = await sign_up(database, organisation_id, f"P{number}", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        await roles.grant(session, account_id=someone.id, role=Role.MODERATOR, now=MORNING)


async def _break_in(database: Database, organisation_id: UUID) -> audit.Break | None:
    async with database.reading(all_organisations=True) as session:
        return await audit.verify(session, organisation_id)


async def test_what_is_done_in_one_organisation_is_in_no_other_chain(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        cove = (await organisations.create(session, slug="cove", name="Cove", now=MORNING)).id
    for number in range(3):
        await _act(database, organisation_id, number)
        await _act(database, cove, number)
    await _act(database, organisation_id, 3)
    assert await _break_in(database, organisation_id) is None
    assert await _break_in(database, cove) is None
    async with database.unit_of_work(cove) as session:
        altered = "UPDATE audit_entry SET kind = 'nothing' WHERE seq = 2 AND organisation_id = :id"
        one = cove.hex if database.is_sqlite else cove
        await session.execute(text(altered), {"id": one})
    found = await _break_in(database, cove)
    assert found is not None
    assert found.seq == 2
    assert await _break_in(database, organisation_id) is None
