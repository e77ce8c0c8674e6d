"""An organisation watches for words of its own: moderators see them, nobody is held."""

import pytest

from people.permissions import Role
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SAID = "See you all at the Blue House on Sunday"


async def test_words_set_on_a_page_bring_a_moderator_and_hold_nobody(town: Town) -> None:
    ada = await town.resident("Ada", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    wren, marigold = await town.residents("Wren", "Marigold")
    room_id = await town.talk(wren, marigold)
    await ada.browser.open("/administration/documents/screening")
    await ada.browser.press("Save", {"watched": "blue house: threat: where the fight was"})
    assert "Saved." in ada.browser.text
    assert (await wren.say(room_id, SAID, "c1"))["type"] == "sent"
    assert await marigold.words(room_id) == [SAID]
    (row,) = await moderator.queue()
    assert (row["tier"], row["categories"]) == ("routine", ["threat"])
    await moderator.browser.open(f"/staff/cases/{row['id']}")
    page = await moderator.browser.press("Read", {"reason": "On shift."})
    assert "our own words: where the fight was" in page


async def test_they_count_in_a_letter_to_the_team_too(town: Town) -> None:
    ada = await town.resident("Ada", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    wren = await town.resident("Wren")
    await ada.browser.open("/administration/documents/screening")
    await ada.browser.press("Save", {"watched": "blue house: threat: where the fight was"})
    await wren.post("/me/letters", {"words": "They meet at the Blue House again."}, status=202)
    (row,) = await moderator.queue()
    assert "threat" in row["categories"]
