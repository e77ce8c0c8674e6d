"""Asking to come in: a person decides, and says so kindly."""

import asyncio
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from core.errors import Forbidden, Invalid, NotFound
from core.safety import Category, Response, SubjectKind, Tier, Verdict
from groups import card_changes, cards, doors, facilitators, members, places, requests, stays
from groups.cards import Group
from groups.doors import AnsweredElsewhere
from groups.places import JoinRequest, OfferOver, State
from groups.requests import DoorClosed, Place
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


async def leave(house: Any, actor: Actor, group: Group) -> None:
    async with house.work() as session:
        await members.leave(session, actor, group.id, now=MORNING)


async def take(house: Any, actor: Actor, group: Group, *, now: Any = MORNING) -> None:
    async with house.work() as session:
        await requests.take(session, actor, group.id, now=now)


async def lapse(house: Any, *, now: Any) -> None:
    async with house.work() as session:
        await places.lapse(session, now=now)


async def counts(house: Any, group: Group) -> tuple[int, int]:
    """How many are in it, and how many places are held."""
    async with house.reading() as session:
        found = await cards.by_id(session, group.id)
        return found.member_count, found.held_count


async def test_a_place_that_gets_free_is_offered_to_who_waited_longest(
    house: Any, quiet: Any
) -> None:
    group, josie = quiet
    people = [await house.join(f"P{number}") for number in range(4)]
    for one in people:
        await accept(house, josie, await house.ask(one, group))
    first, _, third, fourth = people
    assert [await place(house, one, group) for one in people] == [
        Place.IN, Place.IN, Place.WAITING, Place.WAITING,
    ]  # fmt: skip
    assert "the next place is offered" in (await house.told(third))[-1]
    await leave(house, first, group)
    assert await counts(house, group) == (2, 1)
    assert await place(house, third, group) is Place.OFFERED
    assert "held for you until" in (await house.told(third))[-1]
    with pytest.raises(NotFound):
        await take(house, fourth, group)
    smaller = cards.Card(name="Quiet", capacity=2)
    async with house.work() as session:
        with pytest.raises(cards.TooFewPlaces, match="or promised a place"):
            await card_changes.change(
                session, josie, group.id, smaller, over_version=1, now=MORNING
            )
    for _ in range(2):
        await take(house, third, group)
    assert await counts(house, group) == (3, 0)


async def test_an_offer_that_nobody_takes_goes_to_the_next_and_can_not_be_taken_later(
    house: Any, quiet: Any
) -> None:
    group, josie = quiet
    people = [await house.join(f"P{number}") for number in range(4)]
    for one in people:
        await accept(house, josie, await house.ask(one, group))
    await leave(house, people[0], group)
    later = MORNING + places.HELD_FOR
    with pytest.raises(OfferOver):
        await take(house, people[2], group, now=later)
    for _ in range(2):
        await lapse(house, now=later)
    assert await place(house, people[2], group) is Place.NONE
    assert "free for somebody else" in (await house.told(people[2], now=later))[-1]
    assert await place(house, people[3], group) is Place.OFFERED
    async with house.work() as session:
        await requests.withdraw(session, people[3], group.id, now=later)
    assert await counts(house, group) == (2, 0)
    assert await place(house, await house.join("New"), group) is Place.NONE


async def test_an_open_door_that_is_full_has_a_line_that_nobody_walks_past(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie, capacity=2)
    ada, ben, cem = [await house.join(name) for name in ("Ada", "Ben", "Cem")]
    await house.come(ada, group)
    await house.ask(ben, group, "")
    assert await place(house, ben, group) is Place.WAITING
    await leave(house, ada, group)
    with pytest.raises(members.GroupFull):
        await house.come(cem, group)
    await take(house, ben, group)
    assert await counts(house, group) == (2, 0)


async def test_more_places_are_offered_to_who_waits(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie, capacity=2)
    ada, ben = await house.join("Ada"), await house.join("Ben")
    await house.come(ada, group)
    await house.ask(ben, group, "")
    async with house.work() as session:
        card = cards.Card(name="Tea", door=cards.Door.OPEN, capacity=5)
        await card_changes.change(session, josie, group.id, card, over_version=1, now=MORNING)
    with pytest.raises(members.GroupFull):
        await house.come(await house.join("Cem"), group)
    await lapse(house, now=MORNING)
    assert await place(house, ben, group) is Place.OFFERED
    assert await counts(house, group) == (2, 1)


async def test_in_a_closed_group_the_same_people_stay_together(
    house: Any, administrator: Actor, josie: Actor
) -> None:
    group, josie = await house.open_group(administrator, josie, door="closed")
    ada = await house.join("Ada")
    with pytest.raises(DoorClosed):
        await house.ask(ada, group)
    with pytest.raises(members.AskFirst):
        await house.come(ada, group)
    async with house.reading() as session:
        assert not (await cards.read(session, group.id)).has_room


async def test_a_place_is_taken_once_however_often_and_whoever_is_late_is_told(
    house: Any, quiet: Any
) -> None:
    """Taken, lapsed and taken back at the same moment: one of them, and the counts are right."""
    group, josie = quiet
    people = [await house.join(f"P{number}") for number in range(3)]
    for one in people:
        await accept(house, josie, await house.ask(one, group))
    await leave(house, people[0], group)
    later = MORNING + places.HELD_FOR
    found = await asyncio.gather(
        *(take(house, people[2], group) for _ in range(10)),
        *(lapse(house, now=later) for _ in range(5)),
        return_exceptions=True,
    )
    assert all(one is None or isinstance(one, OfferOver) for one in found)
    is_in = await place(house, people[2], group) is Place.IN
    assert await counts(house, group) == (3 if is_in else 2, 0)


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
        assert not await stays.was_removed(session, group.id, ada.account_id)


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
