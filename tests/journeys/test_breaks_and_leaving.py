"""Stepping back from a talk: for a while, with one's place kept; or for good, kindly."""

from datetime import timedelta

import pytest

from people.permissions import Role
from tests.journeys.town import Town

HARDEST = "I want to die. I have a plan for tonight."

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def test_on_a_break_nothing_is_counted_and_ones_place_is_there_on_return(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await bo.say(room, "Good morning.", "b1")
    await cy.browser.open(f"/talks/{room}")
    page = await cy.browser.press("Take a break", {"length": "week"})
    assert "You're on a break from this talk, until" in page
    assert "I'm back" in page
    await bo.say(room, "Are you there?", "b2")
    await bo.say(room, "No hurry.", "b3")
    talks = await cy.browser.open("/talks")
    assert "On a break" in talks
    assert "new" not in talks.replace("Nothing new", "")
    assert "wrote last" not in talks
    # Bo isn't told, and may write as before.
    assert "break" not in (await bo.browser.open(f"/talks/{room}")).partition("Messages")[0][-200:]
    assert await bo.told() == ["Cy would like to talk."]
    back = await cy.browser.open(f"/talks/{room}")
    assert "New since you last looked: 2 messages." in back
    assert "You're on a break" not in await cy.browser.press("I'm back")
    assert "2 new" in await cy.browser.open("/talks")


async def test_who_likes_lets_the_other_know_and_a_break_ends_by_itself(town: Town) -> None:
    bo, cy, dee = await town.residents("Bo", "Cy", "Dee")
    room = await town.talk(bo, cy)
    until = (town.clock.now + timedelta(days=1)).isoformat()
    await cy.put(f"/rooms/{room}/break", {"until": until, "is_told": True})
    said = "Cy is taking a break from this talk. It isn't about you."
    assert said in await bo.browser.open(f"/talks/{room}")
    assert (await cy.get("/rooms"))["items"][0]["is_on_break"]
    over = (town.clock.now - timedelta(minutes=1)).isoformat()
    await cy.put(f"/rooms/{room}/break", {"until": over}, status=422)
    await dee.put(f"/rooms/{room}/break", {"until": None}, status=404)
    # Whom one of the two shut out reads nothing of the other's coming and going.
    await cy.put(f"/me/blocks/{bo.id}")
    assert said not in await bo.browser.open(f"/talks/{room}")
    await cy.delete(f"/me/blocks/{bo.id}")
    town.clock.pass_time(days=2)
    assert said not in await bo.browser.open(f"/talks/{room}")
    assert not (await cy.get("/rooms"))["items"][0]["is_on_break"]


async def test_promise_1_distress_written_to_somebody_on_a_break_reaches_people(
    town: Town,
) -> None:
    anna = await town.resident("Anna", Role.MODERATOR)
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await cy.put(f"/rooms/{room}/break", {})
    sent = await bo.say(room, HARDEST, "b1")
    assert (sent["type"], sent["help"]) == ("sent", "card")
    assert [line["tier"] for line in await anna.queue()] == ["now"]
    assert (await cy.words(room))[-1] == HARDEST


async def test_leaving_a_talk_says_what_it_does_and_takes_a_last_word(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await cy.say(room, "I told you a lot.", "c1")
    await bo.say(room, "You did.", "b1")
    await cy.browser.open(f"/talks/{room}")
    form = await cy.browser.follow("Leave this talk")
    assert "You can leave at any time, and you don't have to say why." in form
    assert "Cy has left your talk." in form
    chosen = await cy.browser.follow("Thank you for talking with me. I wish you well.")
    assert "Thank you for talking with me." in chosen
    left = await cy.browser.press("Leave this talk", {"take_back": "yes"})
    assert "You've left. You can still read what was said, below." in left
    assert await bo.words(room) == [
        None,
        "You did.",
        "Thank you for talking with me. I wish you well.",
    ]
    [told] = [words for words in await bo.told() if "left" in words]
    assert told.startswith("Cy has left your talk. There can be many reasons")
    assert "Open the talk" in await bo.browser.open("/home")
    # Taken back, Bo can still tell us of it; the page and the log say the same.
    assert "I told you a lot." not in await bo.browser.open(f"/talks/{room}")
    assert "This talk has ended" in await cy.browser.open(f"/talks/{room}/leave")


async def test_a_last_word_in_distress_leaves_nobody_alone(town: Town) -> None:
    anna = await town.resident("Anna", Role.MODERATOR)
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await cy.browser.open(f"/talks/{room}/leave")
    page = await cy.browser.press("Leave this talk", {"text": HARDEST})
    assert "Your message was sent." in page
    assert "This talk has ended" in page
    assert (await bo.words(room))[-1] == HARDEST
    assert [line["tier"] for line in await anna.queue()] == ["now"]


async def test_a_last_word_that_is_asked_about_keeps_one_in_the_talk(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await cy.browser.open(f"/talks/{room}/leave")
    page = await cy.browser.press(
        "Leave this talk", {"text": "Ring me on 07700 900123, my number."}
    )
    assert "Not sent yet. Your words are still here." in page
    assert (await cy.get("/rooms"))["items"][0]["is_open"]
