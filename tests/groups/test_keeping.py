"""What those who look after a group keep up together, and how it ends."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import select

from chat.help_cards import HelpCard
from chat.logs import Room
from core import ids
from core.errors import Forbidden, Invalid, NotFound
from core.safety import Category, Response, Tier, Verdict
from groups import agreements, cards, endings, facilitators, keeping, members
from groups.cards import ChangedElsewhere, Group
from groups.wordings import CardHeld
from people.permissions import Actor, Role

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
FINE = Verdict()
THREAT = Verdict(Response.HOLD, because=("threat: x",), categories=frozenset({Category.THREAT}))


@pytest.fixture
async def tea(house: Any, administrator: Actor, josie: Actor) -> tuple[Group, Actor, Actor]:
    """An open group, who looks after it, and Ada, who is in it."""
    group, josie = await house.open_group(administrator, josie)
    await house.come(ada := await house.join("Ada"), group)
    return group, josie, ada


async def announce(house: Any, actor: Actor, group: Group, words: str, **more: Any) -> None:
    told = {"verdict": FINE, "safety": house.safety, "now": MORNING} | more
    async with house.work() as session:
        await keeping.announce(session, actor, group.id, words, **told)


async def agree(house: Any, actor: Actor, group: Group, words: str, over: int) -> int:
    async with house.work() as session:
        version: int = await keeping.write_agreement(
            session, actor, group.id, words, over_version=over, verdict=FINE,
            safety=house.safety, now=MORNING,
        )  # fmt: skip
    return version


async def now_in(house: Any, group: Group) -> Group:
    async with house.reading() as session:
        found: Group = await cards.by_id(session, group.id)
    return found


@on_sqlite
async def test_one_standing_line_is_put_up_and_taken_down(house: Any, tea: Any) -> None:
    group, josie, ada = tea
    await announce(house, josie, group, "Cake \n on Friday.")
    assert (await now_in(house, group)).announcement == "Cake on Friday."
    with pytest.raises(Forbidden):
        await announce(house, ada, group, "Mine.")
    with pytest.raises(Invalid, match="at most 300"):
        await announce(house, josie, group, "x" * 301)
    with pytest.raises(CardHeld):
        await announce(house, josie, group, "harm", verdict=THREAT)
    await announce(house, josie, group, "")
    assert (await now_in(house, group)).announcement == ""


@on_sqlite
async def test_promise_39_a_changed_agreement_is_a_banner_until_it_is_accepted(
    house: Any, tea: Any
) -> None:
    group, josie, ada = tea

    async def to_read() -> set[Any]:
        async with house.reading() as session:
            return set(await agreements.to_read(session, ada, {group.id}))

    async def accept(version: int, actor: Actor = ada) -> None:
        async with house.work() as session:
            await agreements.accept(session, actor, group.id, version=version)

    assert await to_read() == set()
    assert await agree(house, josie, group, "We listen.", 0) == 1
    assert await to_read() == {group.id}
    assert "has changed" in (await house.told(ada))[-1]
    for _ in range(2):
        await accept(1)
    assert await to_read() == set()
    assert await agree(house, josie, group, "We listen.", 0) == 1
    with pytest.raises(ChangedElsewhere):
        await agree(house, josie, group, "Late.", 0)
    assert await agree(house, josie, group, "We listen, twice.", 1) == 2
    assert await to_read() == {group.id}
    await accept(2)
    await accept(1)
    assert await to_read() == set()
    for version, actor in ((3, ada), (0, ada), (1, await house.join("Cem"))):
        with pytest.raises(NotFound):
            await accept(version, actor)


async def share(house: Any, actor: Actor, group: Group, other: Actor) -> Actor:
    async with house.work() as session:
        await facilitators.share(session, actor, group.id, other.account_id, now=MORNING)
    found: Actor = await house.again(other)
    return found


async def step_back(house: Any, actor: Actor, group: Group) -> None:
    async with house.work() as session:
        await facilitators.step_back(session, actor, group.id, now=MORNING)


@on_sqlite
async def test_two_who_look_after_a_group_can_do_the_same(house: Any, tea: Any) -> None:
    group, josie, ada = tea
    with pytest.raises(Forbidden):
        await share(house, ada, group, ada)
    with pytest.raises(NotFound):
        await share(house, josie, group, await house.join("Stranger"))
    ada = await share(house, josie, group, ada)
    await share(house, josie, group, ada)
    assert [one for one in await house.told(ada) if "together" in one]
    await announce(house, ada, group, "Hello from Ada.")
    await step_back(house, josie, group)
    josie = await house.again(josie)
    with pytest.raises(Forbidden):
        await announce(house, josie, group, "No more.")
    assert (await now_in(house, group)).member_count == 2
    assert await share(house, ada, group, josie)


async def test_when_the_last_two_go_at_once_the_group_goes_on_and_people_are_told(
    house: Any, tea: Any, administrator: Actor
) -> None:
    group, josie, ada = tea
    await house.come(ben := await house.join("Ben"), group)
    ada = await share(house, josie, group, ada)

    async def leave(actor: Actor) -> None:
        async with house.work() as session:
            await members.leave(session, actor, group.id, now=MORNING)

    await asyncio.gather(leave(josie), step_back(house, ada, group))
    assert await house.told(administrator) == ["Nobody looks after Tea now. Please ask somebody."]
    assert [one for one in await house.told(ben) if "The group goes on" in one]
    assert (await now_in(house, group)).member_count == 2


async def plan(house: Any, actor: Actor, group: Group, days: int) -> None:
    async with house.work() as session:
        ends_at = MORNING + timedelta(days=days)
        await keeping.plan_ending(session, actor, group.id, ends_at=ends_at, now=MORNING)


async def end_due(house: Any, days: int) -> None:
    async with house.work() as session:
        await endings.end_due(session, now=MORNING + timedelta(days=days))


@on_sqlite
async def test_an_ending_is_planned_told_and_can_be_called_off(house: Any, tea: Any) -> None:
    group, josie, ada = tea
    for days in (6, 400):
        with pytest.raises(Invalid, match="between a week and a year"):
            await plan(house, josie, group, days)
    await plan(house, josie, group, 7)
    assert "is going to end on" in (await house.told(ada))[-1]
    await end_due(house, 6)
    for _ in range(2):
        async with house.work() as session:
            await keeping.call_off_ending(session, josie, group.id, now=MORNING)
    assert (await house.told(ada))[-1] == "Tea goes on: it isn't going to end."
    await end_due(house, 8)
    assert (await now_in(house, group)).closed_at is None


@on_sqlite
async def test_promise_39_a_group_never_ends_on_somebody_in_distress(house: Any, tea: Any) -> None:
    group, josie, ada = tea
    await plan(house, josie, group, 7)
    async with house.work() as session:
        shown_at = MORNING + timedelta(days=6, hours=12)
        session.add(
            HelpCard(
                account_id=ada.account_id, message_id=ids.new_id(), tier=Tier.NOW, shown_at=shown_at
            )
        )
    await end_due(house, 7)
    assert (await now_in(house, group)).closed_at is None
    await house.ask(waiting := await house.join("Wren"), group, "")
    for _ in range(2):
        await end_due(house, 8)
    with pytest.raises(NotFound):
        await now_in(house, group)
    async with house.reading() as session:
        assert await session.scalar(select(Room.closed_at).where(Room.id == group.room_id))
    later = MORNING + timedelta(days=9)
    assert "has ended, as planned" in (await house.told(ada, now=later))[-1]
    assert "won't be a place in it" in (await house.told(waiting, now=later))[-1]
    assert not (await house.again(josie)).has(Role.FACILITATOR, group.id)
