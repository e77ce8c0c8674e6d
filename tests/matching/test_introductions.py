"""Somebody's words are for those they are offered to, not for whoever has their id."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import MORNING
from people_factories import sign_up

from core.errors import Invalid, NotFound
from core.safety import Response, Verdict
from matching import answers, connections, introductions, presences, profiles
from matching.documents import Person
from matching.introductions import Introduction
from people import accounts, blocks, organisations
from people.permissions import Actor, Standing

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

VOICES = {"topic": "hearing voices", "words": "They began when I was nineteen."}
SAID = "I grow beans."


async def introduced(
    house: Any, actor: Actor, other_id: UUID, *, now: Any = MORNING
) -> Introduction:
    async with house.reading() as session:
        return await introductions.read(session, actor, other_id, now=now)


async def ada_and_ben(house: Any, **told: Any) -> tuple[Actor, Actor]:
    ada = await house.join("Ada", experiences=[VOICES])
    return ada, await house.join("Ben", about=SAID, experiences=[VOICES], **told)


async def wish(house: Any, who: Actor, **wishes: bool) -> None:
    none = {"is_paused": False, "is_unlisted": False, "wants_alike": False}
    async with house.work() as session:
        await presences.choose(session, who, now=MORNING, **(none | wishes))


async def paused(house: Any, ada: Actor, ben: Actor) -> None:
    await wish(house, ben, is_paused=True)


async def unlisted(house: Any, ada: Actor, ben: Actor) -> None:
    await wish(house, ben, is_unlisted=True)


async def resting(house: Any, ada: Actor, ben: Actor) -> None:
    async with house.work() as session:
        await presences.rest(session, ben.account_id, now=MORNING)


async def blocking(house: Any, ada: Actor, ben: Actor) -> None:
    async with house.work() as session:
        await blocks.make(session, ben, ada.account_id, now=MORNING)


async def suspended(house: Any, ada: Actor, ben: Actor) -> None:
    async with house.work() as session:
        await accounts.set_standing(session, ben.account_id, Standing.SUSPENDED)


async def setting_her_aside(house: Any, ada: Actor, ben: Actor) -> None:
    async with house.work() as session:
        await answers.set_aside(session, ben, ada.account_id, now=MORNING)


async def talking_enough(house: Any, ada: Actor, ben: Actor) -> None:
    for name in ("One", "Two", "Three"):
        await house.accept(ben, await house.ask(await house.join(name), ben))


async def asked_already(house: Any, ada: Actor, ben: Actor) -> None:
    await house.ask(ada, ben)


async def _told(house: Any, who: Actor, verdict: Verdict | None = None, **told: Any) -> None:
    document = Person.model_validate({"id": str(who.account_id), **told})
    async with house.work() as session:
        await profiles.save(
            session, who, document, over_version=1, now=MORNING, verdict=verdict or Verdict()
        )


async def held_back(house: Any, ada: Actor, ben: Actor) -> None:
    await _told(house, ben, Verdict(Response.HOLD), about=SAID)


async def not_speaking_her_language(house: Any, ada: Actor, ben: Actor) -> None:
    await _told(house, ben, about=SAID, languages=["cy"])


async def never_to_meet(house: Any, ada: Actor, ben: Actor) -> None:
    never = {"topic": "hearing voices", "weight": "never"}
    await _told(house, ben, about=SAID, experiences=[never])


async def under_18(house: Any, ada: Actor, ben: Actor) -> None:
    await _told(house, ben, about=SAID, age_band="under_18")


NOT_OFFERED = (
    paused, unlisted, resting, blocking, suspended, setting_her_aside, talking_enough,
    asked_already, held_back, not_speaking_her_language, never_to_meet, under_18,
)  # fmt: skip


async def test_whoever_is_offered_somebody_reads_their_words_before_saying_hello(
    house: Any,
) -> None:
    ada, ben = await ada_and_ben(house)
    seen = await introduced(house, ada, ben.account_id)
    assert (seen.name, seen.about) == ("Ben", SAID)
    assert seen.because[0] == "You've both lived with hearing voices."
    assert "hearing voices" in seen.starters[0]


@pytest.mark.parametrize("happened", NOT_OFFERED)
async def test_whoever_is_not_offered_somebody_reads_what_they_would_of_nobody(
    house: Any, happened: Any
) -> None:
    ada, ben = await ada_and_ben(house)
    await happened(house, ada, ben)
    with pytest.raises(NotFound) as nobody:
        await introduced(house, ada, uuid4())
    with pytest.raises(NotFound) as seen:
        await introduced(house, ada, ben.account_id)
    assert str(seen.value) == str(nobody.value)
    assert seen.value.extra == nobody.value.extra


async def test_somebody_of_another_organisation_is_nobody(house: Any) -> None:
    ada, _ = await ada_and_ben(house)
    async with house.database.unit_of_work(all_organisations=True) as session:
        cove = await organisations.create(session, slug="cove", name="Cove", now=MORNING)
    far = (await sign_up(house.database, cove.id, "Far", now=MORNING)).actor
    async with house.database.unit_of_work(cove.id) as session:
        told = Person(id=str(far.account_id), about=SAID)
        await profiles.save(session, far, told, over_version=0, now=MORNING)
    with pytest.raises(NotFound):
        await introduced(house, ada, far.account_id)


async def test_whoever_told_nothing_yet_is_nobody_and_one_is_not_introduced_to_oneself(
    house: Any,
) -> None:
    ada, _ = await ada_and_ben(house)
    quiet = (await sign_up(house.database, house.organisation_id, "Quiet", now=MORNING)).actor
    with pytest.raises(NotFound):
        await introduced(house, ada, quiet.account_id)
    with pytest.raises(Invalid):
        await introduced(house, ada, ada.account_id)


@pytest.mark.parametrize("happened", [paused, unlisted, resting])
async def test_whoever_was_said_hello_to_reads_its_writer_while_it_waits(
    house: Any, happened: Any
) -> None:
    ada, ben = await ada_and_ben(house)
    hello = await house.ask(ben, ada)
    await happened(house, ada, ben)
    assert (await introduced(house, ada, ben.account_id)).about == SAID
    async with house.work() as session:
        await connections.withdraw(session, ben, hello.id, now=MORNING)
    with pytest.raises(NotFound):
        await introduced(house, ada, ben.account_id)


async def test_a_hello_that_ran_out_shows_nothing_before_it_is_swept(house: Any) -> None:
    ada, ben = await ada_and_ben(house)
    await house.ask(ben, ada)
    with pytest.raises(NotFound):
        await introduced(house, ada, ben.account_id, now=MORNING + timedelta(hours=73))


async def test_one_who_rests_or_chooses_for_themselves_still_reads_others(house: Any) -> None:
    ada, ben = await ada_and_ben(house)
    await wish(house, ada, is_unlisted=True)
    async with house.work() as session:
        await presences.rest(session, ada.account_id, now=MORNING)
    assert (await introduced(house, ada, ben.account_id)).about == SAID
