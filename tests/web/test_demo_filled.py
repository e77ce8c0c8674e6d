"""The demo has something in it for each of those who look around."""

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.sql import Select

from chat.logs import Room
from groups.cards import Group
from moderation.cases import Case
from people.accounts import Account

pytestmark = pytest.mark.anyio

SPOKEN_IN = select(Room.id).where(Room.last_seq > 0)


async def _count(demo: FastAPI, rows: Select[tuple[object]]) -> int:
    async with demo.state.database.reading(all_organisations=True) as session:
        return await session.scalar(select(func.count()).select_from(rows.subquery())) or 0


async def test_it_is_twenty_people_three_groups_some_talk_and_a_queue_with_work(
    demo: FastAPI,
) -> None:
    assert await _count(demo, select(Account.id)) >= 20
    assert await _count(demo, select(Group.id)) == 3
    assert await _count(demo, SPOKEN_IN) >= 3
    assert await _count(demo, select(Case.id).where(Case.status == "open")) >= 3
