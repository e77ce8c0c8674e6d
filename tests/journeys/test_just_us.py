"""A group that is just us (promise 39): a name, a purpose, a time; nobody in charge, no forms."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from people.permissions import Role
from people.sign_ins import SignIn
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
FORMS = ("attendance", "debrief", "record of", "fill in", "before you can")
OURS = {"name": "Corner House", "purpose": "We hear voices.", "meets": "Tuesdays at seven, here."}


async def _start(who: Resident, **said: str) -> str:
    started: str = (await who.post("/groups/just-us", OURS | said))["id"]
    return started


async def _stay_signed_in(town: Town) -> None:
    """As if each had typed their password again: that is no form of the group's."""
    now = town.clock()
    async with town.database.unit_of_work(town.organisation_id) as session:
        await session.execute(
            update(SignIn).values(seen_at=now, expires_at=now + timedelta(days=30))
        )


async def test_promise_39_a_year_of_a_group_that_is_just_us_has_no_forms(town: Town) -> None:
    bo, cy, dee = await town.residents("Bo", "Cy", "Dee")
    await bo.browser.open("/groups")
    await bo.browser.follow("Start a group")
    page = await bo.browser.press("Start it", OURS)
    assert "Just us: nobody in particular looks after it." in page
    assert "Tuesdays at seven, here." in page
    group_id = bo.browser.address.rpartition("/")[2]
    await cy.browser.open(f"/groups/{group_id}")
    assert "The people in it will answer." in await cy.browser.press("Ask to join", {"words": "Hi"})
    assert "Hi" in await bo.browser.open(f"/groups/{group_id}")
    await bo.browser.press("Let Cy in")
    room = await town.room_of(cy, group_id)
    # Now anybody in it sees who waits, and lets them in.
    await dee.post(f"/groups/{group_id}/requests", {"note": "May I?"})
    assert "Dee would like to come to Corner House." in " ".join(await cy.told())
    assert "May I?" in await cy.browser.open(f"/groups/{group_id}")
    await cy.browser.press("Let Dee in")
    people, asked_for = (bo, cy, dee), list[str]()
    for month in range(12):
        town.clock.pass_time(days=30.5)
        await _stay_signed_in(town)
        who = people[month % 3]
        await who.say(room, "I'm here.", f"m{month}")
        seen = await who.browser.open(f"/talks/{room}")
        asked_for += [word for word in FORMS if word in seen.lower()]
    told = [words for who in people for words in await who.told()]
    assert not asked_for
    assert not [words for words in told if "look after" in words or "looks after" in words]
    assert len(await bo.words(room)) == 12


async def test_its_people_write_its_agreement_together_and_it_is_a_banner(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    group_id = await _start(bo)
    await cy.post(f"/groups/{group_id}/requests", {"note": ""})
    [asked] = (await bo.get(f"/groups/{group_id}/requests"))["items"]
    await bo.post(f"/group-requests/{asked['id']}/accept")
    await cy.put(f"/groups/{group_id}/agreement", {"version": 0, "words": "We listen."})
    room = await town.room_of(bo, group_id)
    assert "We listen." in await bo.browser.open(f"/talks/{room}")
    await bo.say(room, "I write before I press anything.", "b1")
    page = await bo.browser.open(f"/groups/{group_id}/look-after")
    assert "by any of you in the group" in page
    assert "Step back" not in page


async def test_nobody_in_it_has_power_over_another_and_the_team_still_has(town: Town) -> None:
    anna = await town.resident("Anna", Role.MODERATOR)
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    bo, cy, eve = await town.residents("Bo", "Cy", "Eve")
    group_id = await _start(bo)
    await cy.post(f"/groups/{group_id}/requests", {"note": ""})
    [asked] = (await bo.get(f"/groups/{group_id}/requests"))["items"]
    await eve.post(f"/group-requests/{asked['id']}/accept", status=403)
    await bo.post(f"/group-requests/{asked['id']}/accept")
    for what in ("mute", "remove"):
        body = {"reason": "Because."} | ({"minutes": 60} if what == "mute" else {})
        await bo.post(f"/groups/{group_id}/members/{cy.id}/{what}", body, status=403)
    await keeper.put(f"/groups/{group_id}/facilitators/{cy.id}", status=403)
    await eve.get(f"/groups/{group_id}/requests", status=403)
    room = await town.room_of(cy, group_id)
    await cy.say(room, "I want to die. I have a plan for tonight.", "c1")
    assert [line["tier"] for line in await anna.queue()] == ["now"]


async def test_it_ends_by_itself_when_its_last_one_has_left(town: Town) -> None:
    await town.resident("Keeper", Role.ADMINISTRATOR)
    (bo,) = await town.residents("Bo")
    group_id = await _start(bo)
    await bo.delete(f"/groups/{group_id}/place")
    await town.sweep()
    await bo.get(f"/groups/{group_id}", status=404)


async def test_starting_needs_three_things_is_done_once_and_stays_within_measure(
    town: Town,
) -> None:
    (bo,) = await town.residents("Bo")
    for name in ("name", "purpose", "meets"):
        refused = await bo.post("/groups/just-us", OURS | {name: " "}, status=422)
        assert refused["field"] == name
    assert await _start(bo) == await _start(bo)
    for number in range(2):
        await _start(bo, name=f"Another {number}")
    await bo.post("/groups/just-us", OURS | {"name": "One more"}, status=422)
    # What is kept of a group called like a helpline holds here as well.
    (cy,) = await town.residents("Cy")
    await cy.post("/groups/just-us", OURS | {"name": "Samaritans"}, status=422)
