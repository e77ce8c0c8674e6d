"""Words kept for later: found again by their writer, read by nobody else, gone once said."""

import pytest

from people.permissions import Role
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def test_what_one_keeps_for_later_is_there_on_any_device_and_gone_once_it_is_said(
    town: Town,
) -> None:
    anna = await town.resident("Anna", Role.MODERATOR)
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    await cy.browser.open(f"/talks/{room}")
    began = "I want to die and I don't know how to say it."
    page = await cy.browser.press("Keep it for later", {"text": began})
    assert "You kept this for later. It isn't sent, and only you can read it." in page
    assert "Urgent help" in page
    assert "You began to write here." in await cy.browser.open("/talks")
    assert (await cy.get(f"/rooms/{room}/draft"))["text"] == began
    # Nobody is alarmed over what was not said, and nobody reads it.
    assert await anna.queue() == []
    assert await bo.words(room) == []
    assert (await bo.get(f"/rooms/{room}/draft"))["text"] is None
    assert began not in await bo.browser.open(f"/talks/{room}")
    await cy.browser.open(f"/talks/{room}")
    said = await cy.browser.press("Send")
    assert "Your message was sent." in said
    assert "You kept this for later" not in said
    assert await bo.words(room) == [began]
    assert [line["tier"] for line in await anna.queue()] == ["now"]


async def test_what_is_kept_is_let_go_of_empty_or_by_choice_and_is_bounded(town: Town) -> None:
    bo, cy, dee = await town.residents("Bo", "Cy", "Dee")
    room = await town.talk(bo, cy)
    await cy.put(f"/rooms/{room}/draft", {"text": "One."})
    await cy.put(f"/rooms/{room}/draft", {"text": "Two."})
    assert (await cy.get(f"/rooms/{room}/draft"))["text"] == "Two."
    await cy.browser.open(f"/talks/{room}")
    assert "kept this" not in await cy.browser.press("Keep it for later", {"text": ""})
    await cy.put(f"/rooms/{room}/draft", {"text": "Three."})
    await cy.delete(f"/rooms/{room}/draft")
    assert (await cy.get(f"/rooms/{room}/draft"))["text"] is None
    await cy.put(f"/rooms/{room}/draft", {"text": "x" * 4001}, status=422)
    for ask in (dee.get, dee.delete):
        await ask(f"/rooms/{room}/draft", status=404)
