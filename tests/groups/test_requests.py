"""Asking to come in: a person decides, and says so kindly."""

import asyncio
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from core.errors import Forbidden, Invalid, NotFound
from core.safety import Category, Response, SubjectKind, Tier, Verdict
from groups import cards, doors, facilitators, members, requests
from groups.cards import Group
from groups.doors import AnsweredElsewhere
from groups.members import GroupFull
from groups.requests import JoinRequest, Place, State
from matching.hellos import HelloHeld
from people.permissions import Actor

pytestmark = pytest.mark.anyio


@pytest.fixture
async def quiet(house: Any, administrator: Actor, josie: Actor) -> tuple[Group, Actor]:
    """A group for three where one asks first, and who looks after it."""
    found: tuple[Group, Actor] = await house.open_group(
        administrator, josie, name="Quiet", door="ask", capacity=3
    )
    return found


async def accept(house: Any, actor: Actor, request_id: Any) -> None:
    async with house.work() as session:
        await doors.accept(session, actor, request_id, now=MORNING)


async def not_now(house: Any, actor: Actor, request_id: Any) -> None:
    async with house.work() as session:
        await doors.answer_not_now(session, actor, request_id, now=MORNING)


async def place(house: Any, actor: Actor, group: Group) -> Place:
    async with house.reading() as session:
        return await requests.place(session, actor, group.id)


async def waiting(house: Any, actor: Actor, group: Group) -> list[Any]:
    async with house.reading() as session:
        return await doors.waiting(session, actor, group.id)


async def test_asking_and_being_let_in(house: Any, quiet: Any) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    assert await place(house, ada, group) is Place.NONE
    asked = await house.ask(ada, group, "I knit.")
    assert await house.ask(ada, group, "Again.") == asked
    assert await place(house, ada, group) is Place.ASKED
    [one] = await waiting(house, josie, group)
    assert (one.name, one.note, one.was_removed) == ("Ada", "I knit.", False)
    assert (await house.told(josie))[-1] == "Ada would like to come to Quiet."
    for _ in range(2):
        await accept(house, josie, asked)
    assert await place(house, ada, group) is Place.IN
    assert await house.told(ada) == ["You're welcome in Quiet. Come in when you like."]
    assert await waiting(house, josie, group) == []
    with pytest.raises(Invalid):
        await house.ask(ada, group)


async def test_not_now_is_said_kindly_and_one_may_ask_again(house: Any, quiet: Any) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    asked = await house.ask(ada, group, "")
    for _ in range(2):
        await not_now(house, josie, asked)
    [words] = await house.told(ada)
    assert words.startswith("Quiet can't take anybody new just now.")
    with pytest.raises(AnsweredElsewhere):
        await accept(house, josie, asked)
    assert await house.ask(ada, group) != asked


async def test_taking_a_request_back(house: Any, quiet: Any) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    asked = await house.ask(ada, group)
    for _ in range(2):
        async with house.work() as session:
            await requests.withdraw(session, ada, group.id, now=MORNING)
    assert await waiting(house, josie, group) == []
    with pytest.raises(AnsweredElsewhere):
        await accept(house, josie, asked)


async def test_only_who_looks_after_the_group_reads_and_answers(
    house: Any, quiet: Any, administrator: Actor
) -> None:
    group, _ = quiet
    ada, ben = await house.join("Ada"), await house.join("Ben")
    _, other = await house.open_group(administrator, await house.join("Cem"), name="Walks")
    asked = await house.ask(ada, group)
    for stranger in (ada, ben, other, administrator):
        with pytest.raises(Forbidden):
            await waiting(house, stranger, group)
        with pytest.raises(Forbidden):
            await accept(house, stranger, asked)
    with pytest.raises(NotFound):
        await accept(house, other, group.id)


async def test_a_full_group_lets_nobody_in_and_the_request_stays(house: Any, quiet: Any) -> None:
    group, josie = quiet
    asked = [await house.ask(await house.join(f"P{number}"), group) for number in range(3)]
    await accept(house, josie, asked[0])
    await accept(house, josie, asked[1])
    with pytest.raises(GroupFull):
        await accept(house, josie, asked[2])
    assert [one.id for one in await waiting(house, josie, group)] == [asked[2]]
    with pytest.raises(GroupFull):
        await house.ask(await house.join("Late"), group)


async def test_whoever_was_let_go_can_ask_and_a_person_sees_it(house: Any, quiet: Any) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    await accept(house, josie, await house.ask(ada, group))
    async with house.work() as session:
        await facilitators.remove(
            session, josie, group.id, ada.account_id, reason="Why.", now=MORNING
        )
    asked = await house.ask(ada, group)
    [one] = await waiting(house, josie, group)
    assert one.was_removed
    await accept(house, josie, asked)
    assert await place(house, ada, group) is Place.IN
    async with house.reading() as session:
        assert not await members.was_removed(session, group.id, ada.account_id)


async def test_held_words_come_back_and_own_distress_reaches_a_person(
    house: Any, quiet: Any
) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    held = Verdict(Response.HOLD, Tier.SOON, categories=frozenset({Category.THREAT}))
    with pytest.raises(HelloHeld):
        await house.ask(ada, group, "harm", verdict=held)
    distress = Verdict(
        Response.DELIVER_WITH_HELP, Tier.NOW, categories=frozenset({Category.DISTRESS})
    )
    await house.ask(ada, group, "I can't go on.", verdict=distress)
    assert [one.note for one in await waiting(house, josie, group)] == ["I can't go on."]
    [(subject, _)] = house.safety.flags
    assert (subject.kind, subject.id) == (SubjectKind.ACCOUNT, ada.account_id)


async def test_fifty_requests_at_once_are_one_and_fifty_answers_let_in_once(
    house: Any, quiet: Any
) -> None:
    group, josie = quiet
    ada = await house.join("Ada")
    asked = await asyncio.gather(*(house.ask(ada, group) for _ in range(50)))
    assert len(set(asked)) == 1
    await asyncio.gather(*(accept(house, josie, asked[0]) for _ in range(50)))
    async with house.reading() as session:
        states = list(await session.scalars(select(JoinRequest.state)))
        assert (await cards.read(session, group.id)).member_count == 2
        assert await session.scalar(select(func.count()).select_from(JoinRequest)) == 1
    assert states == [State.ACCEPTED]
    assert len(await house.told(ada)) == 1
