"""Saying hello: never an empty box, nobody turned down, nothing doubled (promises 12 and 35)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from chat.rooms import Membership, Room
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.safety import Category, Response, SubjectKind, Tier, Verdict
from matching import (
    asks,
    concerns,
    connections,
    hellos,
    introductions,
    pairs,
    presences,
    requests,
)
from matching.asks import NotNow
from matching.concerns import Said
from matching.connections import NotFree
from matching.documents import Person
from matching.hellos import HelloHeld
from matching.pairs import Connection, State
from matching.requests import Outcome
from people import accounts, blocks, notices
from people.permissions import Actor, Standing

pytestmark = pytest.mark.anyio

LATER = MORNING + timedelta(hours=73)
SETTLED = MORNING - timedelta(days=30)


async def told(house: Any, actor: Actor, *, now: Any = MORNING) -> list[str]:
    """What this account reads of hellos, the oldest first."""
    async with house.reading() as session:
        unread = await notices.unread(session, actor, now=now)
    return [notice.words for notice in reversed(unread)]


async def received(house: Any, actor: Actor, *, now: Any = MORNING) -> list[Any]:
    async with house.reading() as session:
        return await requests.received(session, actor, now=now)


async def sent(house: Any, actor: Actor, *, now: Any = MORNING) -> list[Any]:
    async with house.reading() as session:
        return await requests.sent(session, actor, now=now)


async def sweep(house: Any, now: Any) -> None:
    async with house.work() as session:
        await connections.expire(session, now)
    async with house.work() as session:
        await connections.rest(session, now)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hello_and_a_yes_open_a_room_for_the_two(house: Any) -> None:
    ada, ben = await house.join("Ada", about="I grow beans."), await house.join("Ben")
    await house.ask(ada, ben, "I've been near there.")
    [hello] = await received(house, ben)
    assert (hello.name, hello.words, hello.about) == (
        "Ada",
        "I've been near there.",
        "I grow beans.",
    )
    talk = await house.accept(ben, hello)
    async with house.reading() as session:
        members = await session.scalars(
            select(Membership.account_id).where(Membership.room_id == talk.room_id)
        )
        opening = await requests.opening(session, ben, talk.room_id)
    assert set(members) == {ada.account_id, ben.account_id}
    assert (opening.other_id, opening.words) == (ada.account_id, "I've been near there.")
    assert await told(house, ben) == [], "what was answered asks for nothing any more"
    assert await told(house, ada) == ["Ben would like to talk."]
    assert [one.outcome for one in await sent(house, ada)] == [Outcome.TALKING]


async def test_accepting_twice_gives_the_same_room(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    hello = await house.ask(ada, ben)
    first, second = await house.accept(ben, hello), await house.accept(ben, hello)
    assert first.room_id == second.room_id is not None
    assert await told(house, ada) == ["Ben would like to talk."]


async def test_asking_twice_is_one_hello_and_the_first_words_stand(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    first, second = await house.ask(ada, ben, "One."), await house.ask(ada, ben, "Two.")
    assert first.id == second.id
    assert [one.words for one in await received(house, ben)] == ["One."]


async def test_two_who_say_hello_to_each_other_talk(house: Any) -> None:
    ada, ben, cem = [await house.join(name) for name in ("Ada", "Ben", "Cem")]
    await house.ask(ben, cem)
    await house.ask(ada, ben, "From Ada.")
    talk = await house.ask(ben, ada, "From Ben.")
    assert talk.state is State.ACCEPTED
    async with house.reading() as session:
        opening = await requests.opening(session, ada, talk.room_id)
    assert (opening.words, opening.answer) == ("From Ada.", "From Ben.")
    # A yes was said to Ben as well: his other hello is over.
    assert await told(house, cem) == ["Ben says hello.", "Ben is not free to talk just now."]
    assert (await house.ask(ada, ben)).id == talk.id


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_somebody_else_can_neither_accept_nor_read(house: Any) -> None:
    ada, ben, cem = [await house.join(name) for name in ("Ada", "Ben", "Cem")]
    hello = await house.ask(ada, ben)
    for stranger in (ada, cem):
        with pytest.raises(NotFound):
            await house.accept(stranger, hello)
    talk = await house.accept(ben, hello)
    with pytest.raises(NotFound):
        async with house.reading() as session:
            await requests.opening(session, cem, talk.room_id)
    with pytest.raises(NotFound):
        async with house.work() as session:
            await connections.end(session, cem, hello.id, now=MORNING)


async def test_the_first_yes_opens_and_the_others_hear_it_kindly(house: Any) -> None:
    ada, *others = [await house.join(name) for name in ("Ada", "Ben", "Cem", "Dot")]
    asked = [await house.ask(ada, other) for other in others]
    await house.accept(others[1], asked[1])
    assert await told(house, others[0]) == ["Ada says hello.", "Ada is not free to talk just now."]
    assert await received(house, others[0]) == []
    with pytest.raises(NotFree):
        await house.accept(others[2], asked[2])
    assert [one.outcome for one in await sent(house, ada)] == [Outcome.TALKING]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_not_free_and_no_answer_read_the_same_to_whoever_asked(house: Any) -> None:
    ada, ben, cem = [await house.join(name) for name in ("Ada", "Ben", "Cem")]
    hello = await house.ask(ada, ben)
    await house.ask(ada, cem)
    for _ in range(2):
        async with house.work() as session:
            await connections.answer_not_free(session, ben, hello.id, now=MORNING)
    for _ in range(2):
        await sweep(house, LATER)
    words = await told(house, ada, now=LATER)
    assert words == ["Ben is not free to talk just now.", "Cem is not free to talk just now."]
    assert {one.outcome for one in await sent(house, ada, now=LATER)} == {Outcome.NOT_FREE}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hello_is_over_after_three_days_also_before_the_sweep(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    hello = await house.ask(ada, ben)
    assert await received(house, ben, now=LATER) == []
    assert [one.outcome for one in await sent(house, ada, now=LATER)] == [Outcome.NOT_FREE]
    with pytest.raises(NotFree):
        await house.accept(ben, hello, now=LATER)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_one_can_ask_back_whoever_asked_in_vain(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    first = await house.ask(ada, ben)
    second = await house.ask(ben, ada, now=LATER)
    assert second.id != first.id
    assert [one.name for one in await received(house, ada, now=LATER)] == ["Ben"]


async def everything_seen(house: Any, asker: Actor, asked: Actor, happens: Any) -> list[Any]:
    """All that an asker can see of one hello, whatever happens once it was said."""
    hello = await house.ask(asker, asked)
    await happens(house, asker, asked)
    async with house.reading() as session:
        with pytest.raises(NotFound):
            await introductions.read(session, asker, asked.account_id, now=MORNING)
    assert (await house.ask(asker, asked)).id == hello.id
    views: list[Any] = []
    for now in (MORNING, LATER):
        await sweep(house, now)
        views += [(one.outcome, one.words) for one in await sent(house, asker, now=now)]
        views.append([words.split(" ", 1)[1] for words in await told(house, asker, now=now)])
    with pytest.raises(NotNow) as again:
        await house.ask(asker, asked, now=LATER)
    async with house.reading() as session:
        row = await session.get(Connection, hello.id)
    return [*views, again.value.detail, row.asked_id == asked.account_id]


async def nothing(house: Any, asker: Actor, asked: Actor) -> None:
    """Only that nobody answers."""


async def block(house: Any, asker: Actor, asked: Actor) -> None:
    async with house.work() as session:
        await blocks.make(session, asked, asker.account_id, now=MORNING)


async def pause(house: Any, asker: Actor, asked: Actor) -> None:
    async with house.work() as session:
        await presences.choose(
            session, asked, now=MORNING, is_paused=True, is_unlisted=False, wants_alike=False
        )


async def take_a_full_life(house: Any, asker: Actor, asked: Actor) -> None:
    for name in ("One", "Two", "Three"):
        friend = await house.join(name)
        await house.accept(asked, await house.ask(friend, asked))


async def suspend(house: Any, asker: Actor, asked: Actor) -> None:
    async with house.work() as session:
        await accounts.set_standing(session, asked.account_id, Standing.SUSPENDED)


async def rest(house: Any, asker: Actor, asked: Actor) -> None:
    async with house.work() as session:
        await presences.rest(session, asked.account_id, now=MORNING)


HAPPENED = (block, pause, take_a_full_life, suspend, rest)


@pytest.mark.parametrize("happens", HAPPENED)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whoever_says_hello_cannot_tell_why_there_is_no_answer(
    house: Any, happens: Any
) -> None:
    ada, ben, eve = [await house.join(name, now=SETTLED) for name in ("Ada", "Ben", "Eve")]
    await back(house, ben)
    plain = await everything_seen(house, eve, await house.join("Benjamin"), nothing)
    seen = await everything_seen(house, ada, ben, happens)
    assert seen == plain


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("happened", HAPPENED)
async def test_a_hello_to_whoever_is_not_offered_is_a_hello_to_nobody(
    house: Any, happened: Any
) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    await happened(house, ada, ben)
    before = await told(house, ben)
    nobody = Actor(pairs.ids.new_id(), ada.organisation_id, "Nobody")
    answers = []
    for other in (nobody, ben):
        with pytest.raises(NotFound) as answer:
            await house.ask(ada, other)
        answers.append((str(answer.value), answer.value.detail, answer.value.extra))
    assert answers[0] == answers[1]
    assert await told(house, ben) == before
    async with house.reading() as session:
        assert (await asks.left(session, ada, now=MORNING)).now == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_block_made_after_a_hello_hides_it_at_once(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    hello = await house.ask(ada, ben)
    await block(house, ada, ben)
    assert await received(house, ben) == []
    with pytest.raises(NotFree):
        await house.accept(ben, hello)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hello_back_to_somebody_who_blocked_meanwhile_opens_nothing(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    await house.ask(ben, ada)
    await block(house, ada, ben)
    with pytest.raises(NotFound):
        await house.ask(ada, ben)
    assert await sent(house, ada) == []


async def back(house: Any, *people: Actor, now: Any = MORNING) -> None:
    async with house.work() as session:
        for one in people:
            await presences.come_back(session, one, now=now)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_three_hellos_wait_at_once_and_a_fourth_is_told_why(house: Any) -> None:
    ada, *others = [await house.join(f"P{number}", now=SETTLED) for number in range(6)]
    await back(house, *others)
    for other in others[:3]:
        await house.ask(ada, other)
    with pytest.raises(NotNow, match="3 hellos waiting"):
        await house.ask(ada, others[3])
    async with house.reading() as session:
        assert await asks.left(session, ada, now=MORNING) == asks.Left(0, None)
    first = (await received(house, others[0]))[0]
    async with house.work() as session:
        await connections.withdraw(session, ada, first.id, now=MORNING)
    assert await received(house, others[0]) == []
    await house.ask(ada, others[3])


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_there_are_five_hellos_in_the_first_week(house: Any) -> None:
    ada, *others = [await house.join(f"P{number}") for number in range(7)]
    for day, other in enumerate(others[:5]):
        now = MORNING + timedelta(days=day)
        hello = await house.ask(ada, other, now=now)
        async with house.work() as session:
            await connections.answer_not_free(session, other, hello.id, now=now)
    with pytest.raises(NotNow, match="first week"):
        await house.ask(ada, others[5], now=MORNING + timedelta(days=5))
    await house.ask(others[0], ada, now=MORNING + timedelta(days=5))
    await house.ask(ada, others[5], now=MORNING + timedelta(days=7))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_same_person_is_not_pressed(house: Any) -> None:
    ada, ben = await house.join("Ada", now=SETTLED), await house.join("Ben")
    hello = await house.ask(ada, ben)
    async with house.work() as session:
        await connections.withdraw(session, ada, hello.id, now=MORNING)
    with pytest.raises(NotNow, match="not long ago"):
        await house.ask(ada, ben, now=MORNING + timedelta(days=29))
    later = MORNING + timedelta(days=31)
    await back(house, ben, now=later)
    await house.ask(ada, ben, now=later)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_own_limits_are_told(house: Any) -> None:
    ada, ben = await house.join("Ada", capacity=0), await house.join("Ben")
    with pytest.raises(NotNow, match="as many people as you said"):
        await house.ask(ada, ben)
    await pause(house, ben, ada)
    with pytest.raises(NotNow, match="break"):
        await house.ask(ada, ben)
    await block(house, ada, ben)
    with pytest.raises(NotNow, match="You've blocked"):
        await house.ask(ben, ada)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hello_to_oneself_to_nobody_or_while_suspended_is_not_one(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    with pytest.raises(Invalid):
        await house.ask(ada, ada)
    nobody = Actor(pairs.ids.new_id(), ada.organisation_id, "Nobody")
    with pytest.raises(NotFound):
        await house.ask(ada, nobody)
    away = Actor(ada.account_id, ada.organisation_id, "Ada", standing=Standing.SUSPENDED)
    with pytest.raises(Forbidden):
        await house.ask(away, ben)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hello_is_never_empty_and_never_endless(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    for words in ("", " \n", "a" * 2_001):
        with pytest.raises(Invalid):
            await house.ask(ada, ben, words)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("response", [Response.HOLD, Response.ASK])
async def test_words_that_are_held_come_back_with_why(house: Any, response: Response) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    verdict = Verdict(response, Tier.SOON, categories=frozenset({Category.THREAT}))
    with pytest.raises(HelloHeld) as held:
        await house.ask(ada, ben, verdict=verdict)
    assert held.value.verdict is verdict
    assert await sent(house, ada) == []


@pytest.mark.parametrize(
    ("response", "tier", "raised"),
    [
        (Response.HOLD, Tier.NOW, [Tier.NOW]),
        (Response.HOLD, Tier.NONE, [Tier.ROUTINE]),
        (Response.ASK, Tier.NONE, []),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_person_looks_at_words_that_were_held(
    house: Any, response: Response, tier: Tier, raised: list[Tier]
) -> None:
    ada = await house.join("Ada")
    said = Said("harm", Verdict(response, tier), house.safety)
    async with house.work() as session:
        await concerns.raise_held(session, said, author_id=ada.account_id, now=MORNING)
    assert [concern.tier for _, concern in house.safety.flags] == raised


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("response", list(Response))
async def test_own_distress_in_a_hello_is_never_held(house: Any, response: Response) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    distress = frozenset({Category.DISTRESS})
    verdict = Verdict(response, Tier.NOW, because=("distress: x",), categories=distress)
    await house.ask(ada, ben, "I can't go on.", verdict=verdict)
    [hello] = await received(house, ben)
    assert hello.words == "I can't go on."
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, subject.id) == (SubjectKind.ACCOUNT, ada.account_id)
    assert (concern.tier, concern.words) == (Tier.NOW, "I can't go on.")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_protects_somebody_else_reaches_them_folded(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    both = frozenset({Category.DISTRESS, Category.THREAT})
    verdict = Verdict(Response.DELIVER_WITH_HELP, Tier.NOW, folded=((0, 4),), categories=both)
    hello = await house.ask(ada, ben, "harm and despair", verdict=verdict)
    assert [one.folded for one in await received(house, ben)] == [[[0, 4]]]
    kinds = {(subject.kind, subject.id) for subject, _ in house.safety.flags}
    assert kinds == {
        (SubjectKind.ACCOUNT, ada.account_id),
        (SubjectKind.HELLO, hello.id),
    }


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_leaving_a_talk_ends_it_for_both_and_frees_the_place(house: Any) -> None:
    ada, ben = await house.join("Ada", now=SETTLED), await house.join("Ben", now=SETTLED)
    await back(house, ada, ben)
    hello = await house.ask(ada, ben)
    talk = await house.accept(ben, hello)
    for _ in range(2):
        async with house.work() as session:
            await connections.end(session, ben, hello.id, now=MORNING)
    async with house.reading() as session:
        room = await session.get(Room, talk.room_id)
        opening = await requests.opening(session, ada, talk.room_id)
        assert await pairs.talk_counts(session) == {}
    assert room.closed_at == MORNING
    assert opening.is_ended
    assert (await told(house, ada))[-1].startswith("Ben has left your talk.")
    with pytest.raises(NotNow):
        await house.ask(ada, ben)
    # Whoever left may come back.
    assert (await house.ask(ben, ada)).id != hello.id


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_after_two_unanswered_hellos_a_person_rests_until_they_act(house: Any) -> None:
    ben, ada, cem = [await house.join(name) for name in ("Ben", "Ada", "Cem")]
    await house.ask(ada, ben)
    await sweep(house, LATER)
    async with house.reading() as session:
        assert not (await presences.of(session, ben.account_id, now=LATER)).is_resting
    await house.ask(cem, ben, now=LATER)
    later = LATER + timedelta(hours=73)
    await sweep(house, later)
    async with house.reading() as session:
        assert (await presences.of(session, ben.account_id, now=later)).is_resting
        assert not (await presences.of(session, ada.account_id, now=later)).is_resting
    async with house.work() as session:
        await presences.come_back(session, ben, now=later)
    await sweep(house, later)
    async with house.reading() as session:
        assert not (await presences.of(session, ben.account_id, now=later)).is_resting


async def test_fifty_yeses_at_once_open_one_room(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    hello = await house.ask(ada, ben)
    talks = await asyncio.gather(*(house.accept(ben, hello) for _ in range(50)))
    assert len({talk.room_id for talk in talks}) == 1
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Room)) == 1
    assert await told(house, ada) == ["Ben would like to talk."]


async def test_fifty_hellos_at_once_from_both_sides_are_one_connection(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    both = [(ada, ben), (ben, ada)] * 25
    talks = await asyncio.gather(*(house.ask(*pair) for pair in both))
    assert len({talk.id for talk in talks}) == 1
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Connection)) == 1
        assert await session.scalar(select(func.count()).select_from(Room)) == 1


async def test_fifty_hellos_at_once_stay_within_the_limit(house: Any) -> None:
    ada, *others = [await house.join(f"P{number}", now=SETTLED) for number in range(11)]
    await back(house, *others)
    tries = [house.ask(ada, other) for other in others * 5]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert all(isinstance(one, Connection | NotNow) for one in done)
    assert len(await sent(house, ada)) == 3


async def test_of_three_yeses_at_once_one_opens(house: Any) -> None:
    ada, *others = [await house.join(name) for name in ("Ada", "Ben", "Cem", "Dot")]
    asked = [await house.ask(ada, other) for other in others]
    done = await asyncio.gather(
        *(house.accept(other, hello) for other, hello in zip(others, asked, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Connection) for one in done) == 1
    assert sum(isinstance(one, NotFree) for one in done) == 2
    async with house.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Room)) == 1


def test_starters_rest_on_what_both_wrote() -> None:
    me = Person.model_validate(
        {
            "id": "me",
            "experiences": [{"topic": "hearing voices", "where": "living_it"}],
            "wanted": ["grounding"],
            "interests": ["beans"],
        }
    )
    you = Person.model_validate(
        {
            "id": "you",
            "name": "Sam",
            "experiences": [{"topic": "hearing voices", "where": "further_along"}],
            "used": ["grounding"],
        }
    )
    starters = hellos.starters(me, you)
    assert starters == (
        "I've lived with hearing voices too. I'd be glad to talk.",
        "I'm living with hearing voices now, and you're further along. How has it been for you?",
        "You've used grounding, and I'd like to try it. How was it for you?",
    )


def test_starters_claim_nothing_where_nothing_is_shared() -> None:
    never = {"topic": "drinking", "weight": "never"}
    me = Person.model_validate({"id": "me", "experiences": [never]})
    you = Person.model_validate({"id": "you", "name": "S{name}am", "experiences": [never]})
    starters = hellos.starters(me, you)
    assert len(set(starters)) == 3
    assert all("drinking" not in one and "S{name}am" in one for one in starters)


def test_no_word_to_either_side_turns_anybody_down() -> None:
    words = [*connections.Word, NotFree.title, HelloHeld.title]
    forbidden = ("declin", "reject", "refus", "unmatch", "ignored", "blocked")
    assert not [one for one in words for bad in forbidden if bad in one.lower()]
    assert issubclass(NotFree, Conflict)
