"""The demo has something in it for each of those who look around."""

from datetime import timedelta

import pytest
from conftest import MORNING
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.sql import Select

from chat.events import RoomEvent
from chat.logs import Room
from groups.cards import Door, Group
from groups.places import JoinRequest
from groups.polls import Poll
from moderation.cases import Case
from people.accounts import Account

pytestmark = pytest.mark.anyio

SPOKEN_IN = select(Room.id).where(Room.last_seq > 0)


async def _count(demo: FastAPI, rows: Select[tuple[object]]) -> int:
    async with demo.state.database.reading(all_organisations=True) as session:
        return await session.scalar(select(func.count()).select_from(rows.subquery())) or 0


async def test_it_is_eighty_people_eight_groups_their_talk_and_a_queue_with_work(
    demo: FastAPI,
) -> None:
    assert await _count(demo, select(Account.id)) >= 80
    assert await _count(demo, select(Group.id)) == 8
    assert await _count(demo, SPOKEN_IN) >= 20
    assert await _count(demo, select(Case.id).where(Case.status == "open")) >= 9


async def test_they_have_talked_for_three_months(demo: FastAPI) -> None:
    long_ago = select(RoomEvent.id).where(RoomEvent.at < MORNING - timedelta(days=80))
    lately = select(RoomEvent.id).where(RoomEvent.at > MORNING - timedelta(days=7))
    assert await _count(demo, long_ago) >= 50
    assert await _count(demo, lately) >= 50


async def test_its_groups_are_of_every_kind_and_decide_things_together(demo: FastAPI) -> None:
    async with demo.state.database.reading(all_organisations=True) as session:
        groups = (await session.scalars(select(Group))).all()
    assert {one.door for one in groups} == set(Door)
    assert [one.name for one in groups if one.is_just_us] == ["The Shed"]
    assert sum(bool(one.announcement) for one in groups) >= 4
    assert sum(one.agreement_version for one in groups) >= 5
    assert await _count(demo, select(Poll.id)) == 3
    assert await _count(demo, select(JoinRequest.id).where(JoinRequest.state == "asked")) == 1
