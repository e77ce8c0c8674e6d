"""A group kept up on its pages, without script: a line, an agreement, each other, an ending."""

from datetime import timedelta

import pytest

from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def _opened(town: Town, **card: object) -> tuple[Resident, str]:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader = await town.resident("Leader")
    return leader, await town.group(keeper, leader, **card)


async def test_who_looks_after_it_keeps_it_up_and_its_people_read_it(town: Town) -> None:
    leader, group_id = await _opened(town)
    wren = await town.resident("Wren")
    await leader.browser.open(f"/groups/{group_id}")
    await leader.browser.follow("Look after this group")
    await leader.browser.press("Save the line", {"announcement": "Cake on Friday."})
    await leader.browser.press("Save the agreement", {"agreement": "We listen.\nWe stay kind."})
    card = {"purpose": "Company and cake.", "places": "9", "door": "open"}
    shown = await leader.browser.press("Save", card)
    assert "Company and cake." in shown

    # Before joining: what was agreed, and not what is said to the people in it.
    shown = await wren.browser.open(f"/groups/{group_id}")
    assert "We stay kind." in shown
    assert "Cake on Friday." not in shown
    await wren.browser.press("Join")
    room_id = await town.room_of(wren, group_id)
    shown = await wren.browser.open(f"/talks/{room_id}")
    assert "We stay kind." in shown
    assert "Cake on Friday." in shown
    # A banner, never a locked door.
    await wren.say(room_id, "Hello all.", "w1")
    await wren.browser.press("I've read it, and that's fine by me")
    assert "We stay kind." not in await wren.browser.open(f"/talks/{room_id}")
    assert "We stay kind." in await wren.browser.open(f"/groups/{group_id}")


async def test_two_look_after_it_one_steps_back_and_it_ends_as_planned(town: Town) -> None:
    leader, group_id = await _opened(town)
    wren = await town.resident("Wren")
    await wren.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(wren, group_id)
    await leader.browser.open(f"/groups/{group_id}/look-after")
    await leader.browser.press("Ask them", {"person": wren.id})
    await leader.browser.press("Step back, and stay in the group")
    assert leader.browser.status == 200
    assert "Look after this group" not in leader.browser.text
    shown = await wren.browser.open(f"/groups/{group_id}/look-after")
    assert "Wren" in shown
    too_soon = await wren.browser.press("Plan this ending", {"ending": "2001-01-01"})
    assert wren.browser.status == 422
    assert "between a week and a year" in too_soon
    day = (town.clock() + timedelta(days=8)).date().isoformat()
    shown = await wren.browser.press("Plan this ending", {"ending": day})
    assert "It is planned to end" in shown
    assert "planned to end" in await leader.browser.open(f"/groups/{group_id}")
    town.clock.pass_time(days=9)
    await town.sweep()
    assert "has ended, as planned" in (await leader.told())[-1]
    shown = await leader.browser.open(f"/talks/{room_id}")
    assert "You can still read it" in shown


async def test_on_its_page_one_waits_for_a_place_and_takes_it(town: Town) -> None:
    leader, group_id = await _opened(town, capacity=2)
    wren, later = await town.residents("Wren", "Later")
    await wren.put(f"/groups/{group_id}/place")
    await later.browser.open(f"/groups/{group_id}")
    shown = await later.browser.press("Wait for a place")
    assert "You're waiting for a place." in shown
    assert (await later.get(f"/groups/{group_id}/place"))["place"] == "waiting"
    await wren.delete(f"/groups/{group_id}/place")
    shown = await later.browser.open(f"/groups/{group_id}")
    assert "It is held for you until" in shown
    shown = await later.browser.press("Take the place")
    assert "You're in this group." in shown
    assert "There is a place for you" in " ".join(await later.told())
    assert [one["name"] for one in (await leader.get(f"/groups/{group_id}/members"))["items"]] == [
        "Leader",
        "Later",
    ]


async def test_typed_words_stay_when_somebody_else_was_faster(town: Town) -> None:
    leader, group_id = await _opened(town)
    await leader.browser.open(f"/groups/{group_id}/look-after")
    card = {"name": "Coffee", "door": "ask"}
    await leader.put(f"/groups/{group_id}/card", {"version": 1, "card": card})
    shown = await leader.browser.press("Save", {"purpose": "Tea for everybody."})
    assert leader.browser.status == 422
    assert "Somebody changed this a moment ago" in shown
    assert "Tea for everybody." in shown
    small = {"purpose": "Tea.", "places": "1"}
    assert "a number from 2 to 1000" in await leader.browser.press("Save", small)


async def test_promise_1_what_somebody_asks_their_group_in_distress_is_asked_and_people_are_told(
    town: Town,
) -> None:
    anna = await town.resident("Anna", Role.MODERATOR)
    (cy,) = await town.residents("Cy")
    bo, group_id = await _opened(town, door="open")
    await cy.put(f"/groups/{group_id}/place")
    question = "I want to die. I have a plan for tonight. Will anybody miss me?"
    poll = {"client_id": "p1", "words": question, "options": ["Yes", "No"]}
    await cy.post(f"/groups/{group_id}/polls", poll)
    assert [one["question"] for one in (await bo.get(f"/groups/{group_id}/polls"))["items"]] == [
        question
    ]
    assert [line["tier"] for line in await anna.queue()] == ["now"]
    assert any("You wrote something hard." in words for words in await cy.told())
    assert "Urgent help" in await cy.browser.open("/home")
