"""What somebody changes in About me: their talks stay, and nobody is told of it."""

import pytest

from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PLACES = (
    "living_it", "coming_through", "further_along", "part_of_my_life", "comes_and_goes",
    "rather_not_say",
)  # fmt: skip


async def _offered(who: Resident) -> set[str]:
    return {one["id"] for one in (await who.get("/offers"))["people"]}


async def test_promise_34_changing_where_i_am_in_it_is_silent(town: Town) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    room_id = await town.talk(wren, marigold)
    await marigold.say(room_id, "Hello.", "m1")
    before = [await who.told() for who in (wren, marigold)], await marigold.history(room_id)
    pages = await marigold.browser.open("/talks"), await marigold.browser.open(f"/talks/{room_id}")
    for place in PLACES:
        lived = {"topic": "grief", "where": place, "words": "My brother died."}
        await wren.tell(experiences=[lived])
        assert (await wren.get("/profile"))["document"]["experiences"][0]["where"] == place
    town.clock.pass_time(minutes=5)
    await town.sweep()
    assert (
        [await who.told() for who in (wren, marigold)],
        await marigold.history(room_id),
    ) == before
    words = [
        await marigold.browser.open("/talks"),
        await marigold.browser.open(f"/talks/{room_id}"),
    ]
    # Not a line more than there was; only clocks on the page may differ.
    assert [len(one.splitlines()) for one in words] == [len(one.splitlines()) for one in pages]


async def test_with_fewer_people_than_one_talks_with_already_every_talk_goes_on(
    town: Town,
) -> None:
    wren, marigold, bo, cy = await town.residents("Wren", "Marigold", "Bo", "Cy")
    rooms = [await town.talk(wren, other) for other in (marigold, bo)]
    assert wren.id in await _offered(cy)
    await wren.tell(capacity=1)
    for number, room_id in enumerate(rooms):
        await wren.say(room_id, "Still here.", f"w{number}")
        assert (await wren.words(room_id))[-1] == "Still here."
    # Full is full: nobody new is offered them, and they can't ask anybody.
    assert wren.id not in await _offered(cy)
    assert await _offered(wren) == set()
    hello = {"to": cy.id, "words": "Hello."}
    refused = await wren.post("/hellos", hello, status=409)
    assert refused["detail"].startswith("You're talking with as many people as you said you can.")
    await wren.tell(capacity=3)
    assert wren.id in await _offered(cy)
    await wren.post("/hellos", hello, status=201)
