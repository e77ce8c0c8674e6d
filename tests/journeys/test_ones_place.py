"""One's place in a talk: kept for who asks for it, shown to nobody else."""

from uuid import UUID

import pytest

from chat import frames
from people.permissions import Actor
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def _new(who: Resident) -> list[int | None]:
    return [talk["new"] for talk in (await who.get("/rooms"))["items"]]


async def test_who_asks_for_it_finds_their_place_again_and_nobody_is_told(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await bo.say(room, "Good morning.", "b1")
    assert await _new(cy) == [None]
    assert "new" not in await cy.browser.open("/talks")
    await cy.browser.open(f"/talks/{room}")
    before = await bo.history(room)
    assert "We keep your place here." in await cy.browser.press("Keep my place here")
    assert await _new(cy) == [0]
    for number in range(5):
        await bo.say(room, f"And {number}.", f"c{number}")
    gone = await bo.say(room, "Never mind.", "gone")
    await bo.delete(f"/messages/{gone['id']}")
    await cy.say(room, "My own isn't new to me.", "mine")
    assert (await _new(cy), await _new(bo)) == ([5], [None])
    assert "5 new" in await cy.browser.open("/talks")
    page = await cy.browser.open(f"/talks/{room}")
    assert "New since you last looked: 5 messages." in page
    assert await _new(cy) == [5]  # looking changes nothing
    assert "New since you last" not in await cy.browser.press("I've read this")
    assert await _new(cy) == [0]
    # The other reads nothing of it, neither on a page nor in the talk's own log.
    assert "new" not in await bo.browser.open("/talks")
    assert (await bo.history(room))[: len(before)] == before
    await cy.browser.press("Don't keep my place any more")
    assert await _new(cy) == [None]


async def test_a_place_never_goes_back_nor_past_the_end_and_a_page_begins_none(
    town: Town,
) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    for number in range(3):
        await bo.say(room, f"line {number}", f"b{number}")
    me = Actor(UUID(cy.id), town.organisation_id, "Cy")
    talk = town.app.state.chat
    await talk.do(me, frames.Read(room=UUID(room), seq=2))
    assert await _new(cy) == [None]
    await cy.put(f"/rooms/{room}/place", {"seq": 1})
    await talk.do(me, frames.Read(room=UUID(room), seq=2))
    await talk.do(me, frames.Read(room=UUID(room), seq=1))
    assert await _new(cy) == [1]
    await cy.put(f"/rooms/{room}/place", {"seq": 10**9})
    await bo.say(room, "line 3", "b3")
    assert await _new(cy) == [1]
    await cy.put(f"/me/blocks/{bo.id}")
    assert await _new(cy) == [0]
    await cy.delete(f"/rooms/{room}/place")
    assert await _new(cy) == [None]
