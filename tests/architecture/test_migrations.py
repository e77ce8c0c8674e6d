"""Migrations and tables tell one story, forwards and backwards, on both databases."""

import pytest

from beenthere import schema

pytestmark = pytest.mark.anyio


async def test_migrations_make_what_the_tables_say(database_url: str) -> None:
    await schema.check(database_url)
    assert await schema.is_current(database_url)


async def test_a_database_goes_down_to_nothing_and_up_again(database_url: str) -> None:
    await schema.downgrade(database_url)
    assert not await schema.is_current(database_url)
    await schema.upgrade(database_url)
    await schema.check(database_url)
