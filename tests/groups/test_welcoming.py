"""One group where everybody new is welcome: named by an administrator, and never two."""

import asyncio
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import select, update

from core.errors import Forbidden, Invalid, NotFound
from groups import cards, endings, welcoming
from groups.cards import Door, Group
from people.permissions import Actor

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def name(house: Any, actor: Actor, group: Group) -> None:
    async with house.work() as session:
        await welcoming.name(session, actor, group.id, now=MORNING)


async def welcomes(house: Any) -> list[str]:
    async with house.reading() as session:
        query = select(Group.name).where(Group.is_welcome).order_by(Group.name)
        return list(await session.scalars(query))


async def test_however_many_are_named_at_once_it_is_one(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    groups = []
    for called in ("Tea", "Walks", "Cake"):
        group, josie = await house.open_group(administrator, josie, name=called)
        groups.append(group)
    await asyncio.gather(*(name(house, administrator, group) for group in groups * 4))
    assert len(await welcomes(house)) == 1
    await name(house, administrator, groups[1])
    assert await welcomes(house) == ["Walks"]
    async with house.reading() as session:
        assert [one.card.name for one in await cards.everything(session) if one.is_welcome] == [
            "Walks"
        ]
    async with house.work() as session:
        for group in groups:
            await welcoming.end(session, administrator, group.id, now=MORNING)
    assert await welcomes(house) == []


@on_sqlite
async def test_nobody_else_names_one_nor_a_group_that_takes_nobody(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    tea, josie = await house.open_group(administrator, josie)
    shut, josie = await house.open_group(administrator, josie, name="Shut", door=Door.CLOSED)
    for one in (josie, await house.join("Ada")):
        with pytest.raises(Forbidden):
            await name(house, one, tea)
    with pytest.raises(Invalid, match="takes nobody in"):
        await name(house, administrator, shut)
    assert await welcomes(house) == []


@on_sqlite
async def test_when_it_has_ended_another_can_be_named(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    tea, josie = await house.open_group(administrator, josie)
    walks, josie = await house.open_group(administrator, josie, name="Walks")
    await name(house, administrator, tea)
    async with house.work() as session:
        await session.execute(update(Group).where(Group.id == tea.id).values(ends_at=MORNING))
        await endings.end_due(session, now=MORNING)
    assert await welcomes(house) == []
    with pytest.raises(NotFound):
        await name(house, administrator, tea)
    await name(house, administrator, walks)
    assert await welcomes(house) == ["Walks"]
