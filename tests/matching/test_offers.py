"""People and groups for somebody, each with the reason; small places say how small they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import event

from core import ids
from core.errors import Forbidden
from core.safety import Category, Response, Verdict
from matching import answers, candidates, offers, presences, profiles
from matching.answers import Answer
from matching.documents import GroupDocument, Person
from matching.offers import Offers
from people import accounts, blocks
from people.permissions import Actor, Standing

pytestmark = pytest.mark.anyio

VOICES = {"topic": "hearing voices", "words": "They began when I was nineteen."}


async def offered(house: Any, actor: Actor, *, now: Any = MORNING, **asked: int) -> Offers:
    async with house.reading() as session:
        gathered = await offers.gather(session, actor, now=now)
    return offers.answer(gathered, **asked)


async def names(house: Any, actor: Actor, *, now: Any = MORNING) -> set[str]:
    return {card.name for card in (await offered(house, actor, now=now)).people}


async def open_group(house: Any, name: str = "Tea", **card: Any) -> UUID:
    group_id = ids.new_id()
    async with house.work() as session:
        await candidates.save(
            session,
            group_id,
            kind=candidates.Kind.GROUP,
            document=GroupDocument.model_validate({"id": str(group_id), "name": name, **card}),
            now=MORNING,
        )
    return group_id


async def test_each_person_comes_with_their_own_words_and_a_true_reason(house: Any) -> None:
    ada = await house.join("Ada", experiences=[VOICES])
    await house.join("Ben", about="I grow beans.", experiences=[VOICES])
    [card] = (await offered(house, ada)).people
    assert (card.name, card.about) == ("Ben", "I grow beans.")
    assert any("hearing voices" in reason.sentence for reason in card.reasons)


async def test_a_card_tells_nothing_but_what_was_chosen(house: Any) -> None:
    ada = await house.join("Ada")
    never = {"topic": "gambling", "words": "secret words", "weight": "never"}
    await house.join("Ben", experiences=[never], wont_talk_about=["farming"])
    said = str((await offered(house, ada)).people)
    assert not any(hidden in said for hidden in ("gambling", "secret", "farming", "never"))


async def test_who_told_nothing_or_never_saved_is_offered_people(house: Any) -> None:
    await house.join("Ben")
    new = (await sign_up(house.database, house.organisation_id, "New", now=MORNING)).actor
    assert await names(house, new) == {"Ben"}


async def test_nobody_is_offered_themselves_or_another_organisation(house: Any) -> None:
    ada = await house.join("Ada")
    found = await offered(house, ada)
    assert found.people == ()
    assert found.small_line == "You're the first here."


async def block(house: Any, one: Actor, other: Actor) -> None:
    async with house.work() as session:
        await blocks.make(session, one, other.account_id, now=MORNING)


async def be_blocked(house: Any, one: Actor, other: Actor) -> None:
    await block(house, other, one)


async def suspend(house: Any, one: Actor, other: Actor) -> None:
    async with house.work() as session:
        await accounts.set_standing(session, other.account_id, Standing.SUSPENDED)


async def pause(house: Any, one: Actor, other: Actor) -> None:
    await choose(house, other, is_paused=True)


async def choose_oneself(house: Any, one: Actor, other: Actor) -> None:
    await choose(house, other, is_unlisted=True)


async def rest(house: Any, one: Actor, other: Actor) -> None:
    async with house.work() as session:
        await presences.rest(session, other.account_id, now=MORNING)


async def ask(house: Any, one: Actor, other: Actor) -> None:
    await house.ask(one, other)


async def be_asked(house: Any, one: Actor, other: Actor) -> None:
    await house.ask(other, one)


async def talk(house: Any, one: Actor, other: Actor) -> None:
    await house.accept(other, await house.ask(one, other))


async def set_aside(house: Any, one: Actor, other: Actor) -> None:
    async with house.work() as session:
        await answers.set_aside(session, one, other.account_id, now=MORNING)


async def be_set_aside(house: Any, one: Actor, other: Actor) -> None:
    await set_aside(house, other, one)


async def write_what_is_held(house: Any, one: Actor, other: Actor) -> None:
    held = Verdict(Response.HOLD, categories=frozenset({Category.HATE}))
    async with house.work() as session:
        await profiles.save(
            session,
            other,
            Person(id="x", about="held"),
            over_version=1,
            now=MORNING,
            verdict=held,
            safety=house.safety,
        )


async def choose(house: Any, actor: Actor, **wishes: bool) -> None:
    plain = {"is_paused": False, "is_unlisted": False, "wants_alike": False}
    async with house.work() as session:
        await presences.choose(session, actor, now=MORNING, **(plain | wishes))


EVERY_WAY = [
    block, be_blocked, suspend, pause, choose_oneself, rest, ask, be_asked, talk, set_aside,
    be_set_aside, write_what_is_held,
]  # fmt: skip


@pytest.mark.parametrize("happened", EVERY_WAY)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_who_is_not_to_be_offered_is_not(house: Any, happened: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    await house.join("Cem")
    assert await names(house, ada) == {"Ben", "Cem"}
    await happened(house, ada, ben)
    assert await names(house, ada) == {"Cem"}


async def test_who_talks_with_enough_people_is_not_offered(house: Any) -> None:
    ada, ben, cem = [await house.join(name, capacity=1) for name in ("Ada", "Ben", "Cem")]
    await talk(house, ben, cem)
    found = await offered(house, ada)
    assert found.people == ()
    mine = await offered(house, ben)
    assert mine.hint_line.startswith("You're talking with as many people")


async def test_whoever_rests_or_chooses_is_still_offered_others(house: Any) -> None:
    ada = await house.join("Ada")
    await house.join("Ben")
    await choose(house, ada, is_unlisted=True)
    async with house.work() as session:
        await presences.rest(session, ada.account_id, now=MORNING)
    assert await names(house, ada) == {"Ben"}


async def test_not_now_is_not_never(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    await set_aside(house, ada, ben)
    assert await names(house, ada, now=MORNING + timedelta(days=20)) == set()
    later = MORNING + timedelta(days=31)
    async with house.work() as session:
        await presences.come_back(session, ben, now=later)
    assert await names(house, ada, now=later) == {"Ben"}


async def test_show_me_others_holds_for_a_week(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben")
    async with house.work() as session:
        await answers.set_aside(
            session, ada, ben.account_id, now=MORNING, answer=Answer.SHOW_OTHERS
        )
    found = await offered(house, ada)
    assert found.people == ()
    assert found.hint_line.startswith("You've seen everybody")
    assert await names(house, ada, now=MORNING + timedelta(days=8)) == {"Ben"}
    async with house.work() as session:
        await answers.take_back(session, ada)
    assert await names(house, ada) == {"Ben"}


async def test_answering_about_nobody_is_silent(house: Any) -> None:
    ada = await house.join("Ada")
    async with house.work() as session:
        await answers.set_aside(session, ada, ids.new_id(), now=MORNING)
        assert await answers.around(session, ada.account_id, now=MORNING) == {}


async def test_few_people_are_all_shown_and_it_is_said_how_few(house: Any) -> None:
    ada, *others = [await house.join(f"P{number:02}") for number in range(12)]
    found = await offered(house, ada)
    assert len(found.people) == 11
    assert found.small_line == "We're 12 here, so these are all of us."
    assert not found.can_refresh
    await block(house, others[0], ada)
    fewer = await offered(house, ada)
    assert len(fewer.people) == 10
    assert fewer.small_line == "We're 12 here. These are all you might talk with just now."


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_of_many_people_five_are_shown_and_others_can_be(house: Any) -> None:
    ada, *_ = [await house.join(f"P{number:02}") for number in range(52)]
    found = await offered(house, ada)
    assert len(found.people) == 5
    assert found.small_line == ""
    assert found.can_refresh


async def test_whoever_is_offered_nobody_hears_what_would_help(house: Any) -> None:
    ada = await house.join("Ada", experiences=[VOICES | {"weight": "must"}])
    await house.join("Ben")
    found = await offered(house, ada)
    assert "must be shared" in found.hint_line
    await choose(house, ada, is_paused=True)
    assert "taking a break" in (await offered(house, ada)).hint_line


async def test_a_group_is_offered_whenever_one_is_open(house: Any) -> None:
    ada = await house.join("Ada", experiences=[VOICES])
    tea = await open_group(house, "Tea")
    voices = await open_group(house, "Voices", experiences=[{"topic": "hearing voices"}])
    found = await offered(house, ada)
    assert [group.id for group in found.groups] == [voices, tea]
    assert "hearing voices" in found.groups[0].reasons[0].sentence
    for group_id in (tea, voices):
        async with house.work() as session:
            await answers.set_aside(session, ada, group_id, now=MORNING)
    assert len((await offered(house, ada)).groups) == 1


async def test_a_group_someone_is_in_or_was_let_go_from_is_not_offered(house: Any) -> None:
    ada = await house.join("Ada")
    tea, walks = await open_group(house, "Tea"), await open_group(house, "Walks")
    async with house.work() as session:
        await answers.keep(session, ada.account_id, tea, Answer.JOINED, now=MORNING)
        await answers.keep(session, ada.account_id, walks, Answer.KEPT_APART, now=MORNING)
        await answers.set_aside(session, ada, tea, now=MORNING)
    assert (await offered(house, ada, now=MORNING + timedelta(days=400))).groups == ()
    async with house.work() as session:
        await answers.release(session, ada.account_id, tea)
    assert [group.name for group in (await offered(house, ada)).groups] == ["Tea"]


async def test_a_full_or_closed_group_is_not_offered(house: Any) -> None:
    ada = await house.join("Ada")
    await open_group(house, "Full", has_room=False)
    gone = await open_group(house, "Gone")
    async with house.work() as session:
        await candidates.remove(session, gone, now=MORNING)
    assert (await offered(house, ada)).groups == ()


async def test_a_changed_document_changes_offers_at_once(house: Any) -> None:
    ada, ben = await house.join("Ada"), await house.join("Ben", about="Old.")
    await offered(house, ada)
    async with house.work() as session:
        newer = Person(id="x", about="New.")
        await profiles.save(session, ben, newer, over_version=1, now=MORNING)
    assert [card.about for card in (await offered(house, ada)).people] == ["New."]


async def test_someone_suspended_is_offered_nothing(house: Any) -> None:
    ada = await house.join("Ada")
    away = Actor(ada.account_id, ada.organisation_id, "Ada", standing=Standing.SUSPENDED)
    async with house.reading() as session:
        with pytest.raises(Forbidden):
            await offers.gather(session, away, now=MORNING)


@contextmanager
def counted(house: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engine = house.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("people", [2, 9])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_gathering_takes_six_queries_however_many_people(house: Any, people: int) -> None:
    ada, *_ = [await house.join(f"P{number}") for number in range(people)]
    await offered(house, ada)
    with counted(house) as statements:
        async with house.reading() as session:
            await offers.gather(session, ada, now=MORNING)
    assert len([one for one in statements if one.startswith("SELECT")]) == 6
