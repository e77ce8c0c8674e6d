"""A group that needs care: words that may not go up, a door with nobody behind it."""

from typing import Any
from uuid import UUID

import pytest

from people import accounts
from people.permissions import Role, Standing
from tests.journeys.sayings import ABUSE, QUIETER
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

THREAT = "I will come round and break your legs on Friday."


async def _opened(town: Town, **card: Any) -> tuple[Resident, Resident, str]:
    """An administrator, somebody who looks after a group, and the group."""
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader = await town.resident("Leader")
    return keeper, leader, await town.group(keeper, leader, **card)


async def _suspend(town: Town, who: Resident) -> None:
    async with town.database.unit_of_work(town.organisation_id) as session:
        await accounts.set_standing(session, UUID(who.id), Standing.SUSPENDED)


async def test_a_card_with_a_threat_stays_down_and_a_person_looks(town: Town) -> None:
    _, leader, group_id = await _opened(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    card = {"name": "Tea and telly", "about": THREAT}
    held = await leader.put(f"/groups/{group_id}/card", {"version": 1, "card": card}, status=422)
    assert held["code"] == "card_held"
    assert (await leader.get(f"/groups/{group_id}"))["card"]["about"] == ""
    assert len((await moderator.get("/cases"))["items"]) == 1
    named = {"version": 1, "card": {"name": "Samaritans"}}
    posing = await leader.put(f"/groups/{group_id}/card", named, status=422)
    assert (posing["code"], posing["field"]) == ("name_poses", "name")


async def test_on_the_page_a_held_group_keeps_what_was_typed(town: Town) -> None:
    keeper, _, _ = await _opened(town)
    form = {"group": "Fridays", "purpose": THREAT, "name": "Leader", "door": "open"}
    shown = await keeper.browser.post("/administration/groups", form)
    assert keeper.browser.status == 422
    assert "We haven't put this up yet" in shown
    assert THREAT in shown
    assert "Fridays" not in await keeper.browser.open("/groups")


async def test_an_answer_that_is_neither_yes_nor_not_now_is_none(town: Town) -> None:
    _, leader, group_id = await _opened(town, door="ask")
    wren = await town.resident("Wren")
    await wren.post(f"/groups/{group_id}/requests", {"note": ""})
    [waiting] = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    for answer in ("let_in", "perhaps", "LET-IN"):
        path = f"/groups/{group_id}/waiting/{waiting['id']}/{answer}"
        await leader.browser.post(path, {})
        assert leader.browser.status == 404, answer
    assert (await wren.get(f"/groups/{group_id}/place"))["place"] == "asked"
    await leader.browser.open(f"/groups/{group_id}")
    await leader.browser.press("Not just now")
    assert "can't take anybody new just now" in (await wren.told())[-1]


async def test_a_request_is_answered_where_it_was_made(town: Town) -> None:
    keeper, leader, group_id = await _opened(town, door="ask")
    other_id = await town.group(keeper, leader, name="Other", door="ask")
    wren = await town.resident("Wren")
    await wren.post(f"/groups/{group_id}/requests", {"note": ""})
    [waiting] = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    for answer in ("let-in", "not-now"):
        await leader.browser.post(f"/groups/{other_id}/waiting/{waiting['id']}/{answer}", {})
        assert leader.browser.status == 404, answer
    assert (await wren.get(f"/groups/{group_id}/place"))["place"] == "asked"


@pytest.mark.parametrize("what", ["quiet", "remove"])
async def test_a_reason_that_would_hurt_reaches_nobody_and_stays_on_the_page(
    town: Town, what: str
) -> None:
    _, leader, group_id = await _opened(town, door="open")
    wren = await town.resident("Wren")
    await wren.put(f"/groups/{group_id}/place")
    path = f"/groups/{group_id}/people/{wren.id}/{what}"
    shown = await leader.browser.post(path, {"reason": f"You were late. {ABUSE}"})
    assert leader.browser.status == 422
    assert "We haven't done this yet" in shown
    assert ABUSE in shown
    api = {"quiet": "mute", "remove": "remove"}[what]
    body = {"reason": THREAT, "minutes": 60} if api == "mute" else {"reason": THREAT}
    held = await leader.post(f"/groups/{group_id}/members/{wren.id}/{api}", body, status=422)
    assert held["code"] == "reason_held"
    assert await wren.told() == []
    assert (await wren.get(f"/groups/{group_id}/place"))["place"] == "in"
    mine = {"reason": f"{QUIETER[0]} {ABUSE}"}
    await leader.browser.post(path, mine)
    [told] = await wren.told()
    assert QUIETER[0] in told
    assert ABUSE not in told


async def test_whoever_may_not_act_has_no_reason_read(town: Town) -> None:
    """Else anybody could fill the queue, or learn what we stop at, by way of any group."""
    _, _, group_id = await _opened(town, door="open")
    moderator = await town.resident("Mo", Role.MODERATOR)
    wren, stranger = await town.residents("Wren", "Stranger")
    await wren.put(f"/groups/{group_id}/place")
    members = f"/groups/{group_id}/members/{wren.id}"
    await stranger.post(f"{members}/remove", {"reason": THREAT}, status=403)
    await stranger.post(f"{members}/mute", {"reason": THREAT, "minutes": 60}, status=403)
    await stranger.browser.post(f"/groups/{group_id}/people/{wren.id}/quiet", {"reason": THREAT})
    assert stranger.browser.status == 403
    assert await moderator.queue() == []


@pytest.mark.parametrize("leaves", ["by choice", "suspended"])
async def test_at_a_door_with_nobody_behind_it_somebody_is_found(town: Town, leaves: str) -> None:
    keeper, leader, group_id = await _opened(town, door="ask")
    wren, marigold = await town.residents("Wren", "Marigold")
    if leaves == "suspended":
        await _suspend(town, leader)
    else:
        await leader.delete(f"/groups/{group_id}/place")
    await wren.post(f"/groups/{group_id}/requests", {"note": "May I?"})
    assert "nobody looks after it now" in (await keeper.told())[-1]
    assert "May I?" not in " ".join(await keeper.told()), "the note is not the administrator's"
    assert "Nobody looks after this group just now" in await wren.browser.open(
        f"/groups/{group_id}"
    )
    page = await keeper.browser.open("/administration")
    assert "Nobody looks after it now." in page
    assert "Waiting to join: 1" in page
    await keeper.browser.press("Ask them to look after it", {"name": "Marigold"})
    assert "looked after by Marigold" in keeper.browser.text
    assert "You look after Tea and telly now" in (await marigold.told())[-1]
    [waiting] = (await marigold.get(f"/groups/{group_id}/requests"))["items"]
    await marigold.post(f"/group-requests/{waiting['id']}/accept")
    assert "You're welcome in Tea and telly." in (await wren.told())[-1]


async def test_nobody_names_themselves_or_somebody_who_is_not_here(town: Town) -> None:
    keeper, _, group_id = await _opened(town)
    for name, status in (("Nobody at all", 422), ("Keeper", 403)):
        form = {"group": group_id, "name": name}
        await keeper.browser.post("/administration/facilitators", form)
        assert keeper.browser.status == status
    await keeper.browser.post("/administration/facilitators", {"group": "x", "name": "Leader"})
    assert keeper.browser.status == 422


async def test_a_mute_holds_for_whoever_leaves_and_comes_back(town: Town) -> None:
    _, leader, group_id = await _opened(town, door="open")
    mo = await town.resident("Mo", Role.MODERATOR)
    wren, room_id = await town.resident("Wren"), ""
    for minutes, who in ((60, leader), (24 * 60, mo)):
        await wren.put(f"/groups/{group_id}/place")
        room_id = (await wren.get("/rooms"))["items"][0]["room_id"]
        if who is leader:
            body = {"reason": "A quiet hour.", "minutes": minutes}
            await leader.post(f"/groups/{group_id}/members/{wren.id}/mute", body)
            await wren.delete(f"/groups/{group_id}/place")
        else:
            said = await wren.say(room_id, "Your name is daft.", "c1")
            await leader.post(f"/messages/{said['id']}/concerns", {"reason": "threat"})
            await wren.delete(f"/groups/{group_id}/place")
            await _muted_by(mo, minutes)
        await wren.put(f"/groups/{group_id}/place")
        assert (await wren.say(room_id, "Hello again.", "c2", status=403))["code"] == "muted"
        town.clock.pass_time(minutes=minutes + 1)


async def _muted_by(moderator: Resident, minutes: int) -> None:
    [waiting] = await moderator.queue()
    case = await moderator.look(waiting["id"])
    steps = [{"kind": "mute", "minutes": minutes}]
    decision = {"version": case["version"], "steps": steps, "rule": "no_harm"}
    await moderator.post(f"/cases/{waiting['id']}/decision", decision)


async def test_promise_36_who_comes_to_a_small_place_finds_the_group_that_welcomes_everybody(
    town: Town,
) -> None:
    keeper, leader, group_id = await _opened(town, door="open", name="The open door")
    await town.group(keeper, leader, door="open", name="Voices", topics=["hearing voices"])
    newcomer = await town.resident("Newcomer")
    await newcomer.tell(experiences=[{"topic": "hearing voices", "where": "living_it"}])
    assert (await newcomer.get("/offers"))["groups"][0]["name"] == "Voices"
    await keeper.browser.open("/administration")
    page = await keeper.browser.post("/administration/welcome", {"group": group_id})
    assert page.count("Everybody new is welcome here.") == 1
    first, second = (await newcomer.get("/offers"))["groups"]
    assert (first["name"], second["name"]) == ("The open door", "Voices")
    assert "Everybody new is welcome here." in await newcomer.browser.open("/offers")
    assert "Everybody new is welcome here." in await newcomer.browser.open(f"/groups/{group_id}")
    assert "Everybody new" not in await keeper.browser.post(
        "/administration/welcome", {"group": ""}
    )
    assert (await newcomer.get("/offers"))["groups"][0]["name"] == "Voices"
    shown = await keeper.browser.post("/administration/welcome", {"group": "none of them"})
    assert "Please choose a group." in shown
