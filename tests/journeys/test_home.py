"""Home: what is waiting and nothing else; at night, what there is at night (promise 37)."""

import pytest

from people.permissions import Role
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

NIGHT = {"hours": 16}  # from ten in the morning to two at night
QUIET = "Nothing is waiting for you. That is all right."
SLOW = "Write something slow"


async def test_in_opening_hours_home_says_nothing_of_the_night(town: Town) -> None:
    wren = await town.resident("Wren")
    shown = await wren.browser.open("/home")
    assert "Somebody is on shift until" in shown
    assert SLOW not in shown


async def test_promise_37_at_two_at_night_there_is_something_to_do_and_someone_to_ring(
    town: Town,
) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    wren, sam = await town.residents("Wren", "Sam")
    lively = await town.group(keeper, sam, name="Leave the Light On")
    silent = await town.group(keeper, sam, name="Tea and telly")
    for group_id in (lively, silent):
        await wren.browser.open(f"/groups/{group_id}")
        await wren.browser.press("Join")
    town.clock.pass_time(days=1)
    await sam.say(await town.room_of(sam, lively), "The kettle is on.", "one")
    town.clock.pass_time(**NIGHT)

    shown = await wren.browser.open("/home")
    assert "Nobody from the team is here until 9:00." in shown
    assert "Leave the Light On" in shown
    assert "Tea and telly" not in shown
    assert "Call 116 123" in shown
    # Nobody is promised who is not there.
    assert "on shift" not in shown
    await wren.browser.follow("Leave the Light On")
    assert "The kettle is on." in wren.browser.text


async def test_a_saved_copy_of_urgent_help_says_of_no_line_that_it_is_open(town: Town) -> None:
    wren = await town.resident("Wren")
    town.clock.pass_time(**NIGHT)
    assert "open now" in await wren.browser.open("/help")
    assert "open now" not in await wren.browser.open("/help?saved=1")


async def test_at_night_something_slow_goes_to_who_one_talks_with_or_into_ones_own_words(
    town: Town,
) -> None:
    wren, sam = await town.residents("Wren", "Sam")
    town.clock.pass_time(**NIGHT)
    await wren.browser.open("/home")
    await wren.browser.follow(SLOW)
    assert wren.browser.address == "/first-words"
    room_id = await town.talk(wren, sam)
    await wren.browser.open("/home")
    await wren.browser.follow(SLOW)
    await wren.browser.follow("Sam")
    assert wren.browser.address == f"/talks/{room_id}"


async def test_a_newcomer_is_shown_a_first_step_and_somebody_who_took_it_is_left_in_peace(
    town: Town,
) -> None:
    wren = await town.newcomer("Wren")
    await wren.browser.open("/home")
    await wren.browser.follow("Write a few words")
    await wren.browser.press("Show me people and groups", {"words": "I sing, and I hear extra."})
    assert QUIET in await wren.browser.open("/home")


async def test_the_first_words_stand_in_their_box_and_are_never_written_over_unseen(
    town: Town,
) -> None:
    wren = await town.resident("Wren")
    await wren.tell(about="It took me all night to write.", interests=["choirs"])
    await wren.browser.open("/first-words")
    await wren.browser.press("Show me people and groups")
    mine = await wren.get("/profile")
    assert mine["document"]["about"] == "It took me all night to write."
    await wren.browser.open("/first-words")
    await wren.browser.press("Show me people and groups", {"words": ""})
    emptied = await wren.get("/profile")
    assert (emptied["document"]["about"], emptied["document"]["interests"]) == ("", ["choirs"])
