"""A group decides together: one voice each, told to nobody, and a block changes no vote."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from core.errors import Invalid, NotFound
from core.safety import Category, Response, Verdict
from groups import members, polls
from groups.cards import Group
from groups.polls import Poll, PollOver, PollVote, Question
from groups.wordings import CardHeld
from people import blocks
from people.permissions import Actor

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
THREAT = Verdict(Response.HOLD, because=("threat: x",), categories=frozenset({Category.THREAT}))
OPTIONS = ("Thursday", "Tuesday")


@pytest.fixture
async def tea(house: Any, administrator: Actor, josie: Actor) -> tuple[Group, Actor, Actor, Actor]:
    """An open group, who looks after it, and Ada and Ben, who are in it."""
    group, josie = await house.open_group(administrator, josie)
    ada, ben = await house.join("Ada"), await house.join("Ben")
    for one in (ada, ben):
        await house.come(one, group)
    return group, josie, ada, ben


async def ask(house: Any, actor: Actor, group: Group, **more: Any) -> None:
    told = {
        "question": "Which day?", "options": list(OPTIONS), "days": 3, "client_id": "c1",
        "verdict": Verdict(),
    } | more  # fmt: skip
    async with house.work() as session:
        await polls.ask(session, actor, group.id, safety=house.safety, now=MORNING, **told)


async def choose(house: Any, actor: Actor, group: Group, number: int, *, days: int = 0) -> None:
    now = MORNING + timedelta(days=days)
    async with house.work() as session:
        [poll_id] = await session.scalars(select(Poll.id))
        await polls.choose(session, actor, group.id, poll_id, choice=number, now=now)


async def seen(house: Any, actor: Actor, group: Group, *, days: int = 0) -> Question:
    async with house.reading() as session:
        now = MORNING + timedelta(days=days)
        [one] = await polls.listed(session, actor, group.id, now=now)
    found: Question = one
    return found


@on_sqlite
async def test_everybody_has_one_voice_and_numbers_show_once_one_has_chosen(
    house: Any, tea: Any
) -> None:
    group, josie, ada, ben = tea
    for _ in range(2):
        await ask(house, ada, group)
    assert len([one for one in await house.told(ben) if "decides something" in one]) == 1
    await choose(house, ada, group, 0)
    assert (await seen(house, ben, group)).counts is None
    await choose(house, ben, group, 0)
    await choose(house, ben, group, 1)
    one = await seen(house, ben, group)
    assert (one.asker, one.question, one.options) == ("Ada", "Which day?", OPTIONS)
    assert (one.mine, one.counts, one.is_open) == (1, (1, 1), True)
    with pytest.raises(Invalid, match="one of these"):
        await choose(house, josie, group, 2)
    with pytest.raises(PollOver):
        await choose(house, josie, group, 0, days=3)
    over = await seen(house, josie, group, days=3)
    assert (over.mine, over.counts, over.is_open) == (None, (1, 1), False)


@on_sqlite
async def test_promise_17_who_shut_the_asker_out_reads_it_folded_and_has_a_voice(
    house: Any, tea: Any
) -> None:
    group, _, ada, ben = tea
    async with house.work() as session:
        await blocks.make(session, ben, ada.account_id, now=MORNING)
    await ask(house, ada, group)
    hers = await seen(house, ben, group)
    assert (hers.is_folded, hers.asker) == (True, "")
    await choose(house, ben, group, 1)
    # She can't tell: nothing is folded for her, and his voice counts like any other.
    await choose(house, ada, group, 1)
    mine = await seen(house, ada, group)
    assert (mine.is_folded, mine.asker, mine.counts) == (False, "Ada", (0, 2))


@on_sqlite
async def test_only_people_in_the_group_ask_choose_and_read(house: Any, tea: Any) -> None:
    group, josie, ada, ben = tea
    await ask(house, ada, group)
    stranger = await house.join("Stranger")
    async with house.work() as session:
        await members.leave(session, ben, group.id, now=MORNING)
    for one in (stranger, ben):
        with pytest.raises(NotFound):
            await ask(house, one, group, client_id="c2")
        with pytest.raises(NotFound):
            await choose(house, one, group, 0)
        with pytest.raises(NotFound):
            await seen(house, one, group)
    for wrong in ({"question": ""}, {"options": ["one"]}, {"options": ["x"] * 11}, {"days": 15},
                  {"options": ["x" * 201, "y"]}):  # fmt: skip
        with pytest.raises(Invalid):
            await ask(house, josie, group, **wrong)
    with pytest.raises(CardHeld):
        await ask(house, josie, group, verdict=THREAT)


async def test_however_often_one_presses_it_is_one_question_and_one_voice(
    house: Any, tea: Any
) -> None:
    group, _, ada, _ = tea
    await asyncio.gather(*(ask(house, ada, group) for _ in range(10)))
    await asyncio.gather(*(choose(house, ada, group, number % 2) for number in range(10)))
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Poll)) == 1
        assert await session.scalar(select(func.count()).select_from(PollVote)) == 1
