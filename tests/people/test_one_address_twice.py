"""Two who give one address: neither hears that the other is here."""

import asyncio
from uuid import UUID

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from core.database import Database
from people import accounts
from people.accounts import Account, NameTaken

pytestmark = pytest.mark.anyio
ADDRESS = "us@example.org"


async def _come(database: Database, organisation_id: UUID, name: str) -> bool:
    try:
        async with database.unit_of_work(organisation_id) as session:
            await accounts.create(session, name=name, email=ADDRESS, now=MORNING)
    except NameTaken:
        return False
    return True


async def _count(database: Database, organisation_id: UUID) -> tuple[int, int]:
    async with database.reading(organisation_id) as session:
        query = select(func.count(Account.id), func.count(Account.email_index))
        everyone, with_address = (await session.execute(query)).one()
    return everyone, with_address


async def test_of_twenty_who_join_at_once_with_one_address_all_are_in_and_one_has_it(
    database: Database, organisation_id: UUID
) -> None:
    names = [f"Person {number}" for number in range(20)]
    came = await asyncio.gather(*(_come(database, organisation_id, name) for name in names))
    assert all(came)
    assert await _count(database, organisation_id) == (20, 1)


async def test_of_twenty_who_join_at_once_with_one_name_and_one_address_one_is_in(
    database: Database, organisation_id: UUID
) -> None:
    came = await asyncio.gather(*(_come(database, organisation_id, "Sam") for _ in range(20)))
    assert sum(came) == 1
    assert await _count(database, organisation_id) == (1, 1)
