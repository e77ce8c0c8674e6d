"""A copy of one talk (promise 28): mine at once, others' only with their yes."""

from typing import Any
from uuid import UUID

import pytest

from people import accounts, credentials
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PASSWORD = "nine purple otters knitting"
ELSE = "[someone else's words]"


async def _let_in(town: Town, who: Resident) -> None:
    hashed = await credentials.hash_password(PASSWORD)
    async with town.database.unit_of_work(town.organisation_id) as session:
        await accounts.set_password_hash(session, UUID(who.id), hashed)


async def _copied(who: Resident, room: str) -> list[tuple[Any, str]]:
    made = await who.post(f"/rooms/{room}/copy", {"current_password": PASSWORD})
    return [(one["by"], one["words"]) for one in made["messages"]]


async def test_promise_28_a_copy_of_a_talk_holds_others_words_only_with_their_yes(
    town: Town,
) -> None:
    ada, ben = await town.residents("Ada", "Ben")
    room = await town.talk(ada, ben)
    await _let_in(town, ada)
    await ada.say(room, "I slept at last.", "a1")
    await ben.say(room, "So glad.", "b1")
    gone = await ben.say(room, "Forget that.", "b2")
    await ben.delete(f"/messages/{gone['id']}")
    assert await _copied(ada, room) == [("Ada", "I slept at last."), (None, ELSE)]
    # Asked on a page, answered on a page; silence is no.
    await ada.browser.open(f"/talks/{room}")
    assert "Not asked." in await ada.browser.follow("A copy of this talk")
    assert "Until they say yes" in await ada.browser.press("Ask for their words")
    assert await _copied(ada, room) == [("Ada", "I slept at last."), (None, ELSE)]
    assert "Ada would like a copy of your talk to keep." in await ben.browser.open("/home")
    assert "May your words be in it?" in await ben.browser.follow("Say yes or no")
    assert "You said yes." in await ben.browser.press("Yes, my words may be in it")
    assert await _copied(ada, room) == [("Ada", "I slept at last."), ("Ben", "So glad.")]
    assert "Your words are left out." in await ben.browser.press("Take my yes back")
    assert await _copied(ada, room) == [("Ada", "I slept at last."), (None, ELSE)]
    # Asked once, however often one presses; nobody is told of a no.
    await ada.post(f"/rooms/{room}/copy/wishes")
    assert len([words for words in await ben.told() if "copy" in words]) == 1
    assert not [words for words in await ada.told() if "Ben" in words and "copy" in words]


async def test_promise_17_who_shut_somebody_out_reads_as_if_they_took_their_yes_back(
    town: Town,
) -> None:
    ada, ben, cy = await town.residents("Ada", "Ben", "Cy")
    room = await town.talk(ada, ben)
    await _let_in(town, ada)
    await ben.say(room, "So glad.", "b1")
    await ada.post(f"/rooms/{room}/copy/wishes")
    await ben.put(f"/rooms/{room}/copy/wishes/{ada.id}", {"is_yes": True})
    [told] = (await ada.get(f"/rooms/{room}/copy"))["items"]
    assert told["is_yes"]
    await ben.put(f"/me/blocks/{ada.id}")
    [told] = (await ada.get(f"/rooms/{room}/copy"))["items"]
    assert (told["is_asked"], told["is_yes"]) == (True, False)
    assert await _copied(ada, room) == [(None, ELSE)]
    assert (await ben.get(f"/rooms/{room}/copy/wishes"))["items"] == []
    await cy.get(f"/rooms/{room}/copy", status=404)
    await cy.put(f"/rooms/{room}/copy/wishes/{ada.id}", {"is_yes": True}, status=404)
    await cy.post(f"/rooms/{room}/copy", {"current_password": PASSWORD}, status=404)


async def test_a_copy_is_shown_to_read_and_asks_for_the_password(town: Town) -> None:
    ada, ben = await town.residents("Ada", "Ben")
    room = await town.talk(ada, ben)
    await _let_in(town, ada)
    await ada.say(room, "I slept at last.", "a1")
    await ben.say(room, "So glad.", "b1")
    await ada.browser.open(f"/talks/{room}/copy")
    wrong = await ada.browser.press("Show it to read or print", {"current_password": "wrong one"})
    assert "That isn't your password." in wrong
    right = {"current_password": PASSWORD}
    page = await ada.browser.press("Show it to read or print", right)
    assert "I slept at last." in page
    assert ELSE in page
    assert "So glad." not in page
