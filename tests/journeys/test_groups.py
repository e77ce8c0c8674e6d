"""A group: its own words on a card, an open door or a door to ask at, never overfull, looked
after by one of its own.
"""

from typing import Any

import pytest

from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio


async def _opened(town: Town, **card: Any) -> tuple[Resident, str]:
    """A group and the one who looks after it."""
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader = await town.resident("Leader")
    return leader, await town.group(keeper, leader, **card)


async def _names(leader: Resident, group_id: str) -> list[str]:
    members = (await leader.get(f"/groups/{group_id}/members"))["items"]
    return sorted(member["name"] for member in members)


async def test_by_an_open_door_one_is_in_at_once_and_reads_and_writes(town: Town) -> None:
    leader, group_id = await _opened(town)
    wren = await town.resident("Wren")
    shut = await wren.get(f"/groups/{group_id}/members", status=404)
    assert shut["code"] == "not_found"
    await wren.put(f"/groups/{group_id}/place")
    assert await _names(leader, group_id) == ["Leader", "Wren"]
    room_id = await town.room_of(wren, group_id)
    await leader.say(room_id, "Welcome.", "l1")
    assert (await wren.words(room_id))[-1] == "Welcome."
    await wren.delete(f"/groups/{group_id}/place")
    assert await _names(leader, group_id) == ["Leader"]
    gone = await wren.api.get(f"/api/v1/rooms/{room_id}/messages")
    assert gone.status_code == 404


async def test_at_a_door_to_ask_at_a_person_reads_the_note_and_lets_in(town: Town) -> None:
    leader, group_id = await _opened(town, door="ask")
    wren, later = await town.residents("Wren", "Later")
    first = await wren.put(f"/groups/{group_id}/place", status=409)
    assert first["code"] == "ask_first"
    for _ in range(2):
        await wren.post(f"/groups/{group_id}/requests", {"note": "I hear extra too."}, status=202)
    await later.post(f"/groups/{group_id}/requests", {"note": ""}, status=202)
    waiting = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    assert [(one["name"], one["note"]) for one in waiting] == [
        ("Wren", "I hear extra too."),
        ("Later", ""),
    ]
    assert (await wren.get(f"/groups/{group_id}/requests", status=403))["code"] == "forbidden"
    await leader.post(f"/group-requests/{waiting[0]['id']}/accept")
    await leader.post(f"/group-requests/{waiting[1]['id']}/not-now")
    assert (await wren.get(f"/groups/{group_id}/place"))["place"] == "in"
    assert any("You're welcome in Tea and telly." in words for words in await wren.told())
    assert (await later.get(f"/groups/{group_id}/place"))["place"] == "none"
    assert "can't take anybody new just now" in (await later.told())[-1]


async def test_who_looks_after_it_asks_for_quiet_and_lets_go_with_a_reason(town: Town) -> None:
    leader, group_id = await _opened(town)
    wren, marigold = await town.residents("Wren", "Marigold")
    for one in (wren, marigold):
        await one.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(wren, group_id)
    people = f"/groups/{group_id}/members"
    no_reason = {"reason": " ", "minutes": 60}
    assert (await leader.post(f"{people}/{wren.id}/mute", no_reason, status=422))[
        "field"
    ] == "reason"
    not_theirs = {"reason": "I'd rather.", "minutes": 60}
    assert (await marigold.post(f"{people}/{wren.id}/mute", not_theirs, status=403))["code"]
    await leader.post(f"{people}/{wren.id}/mute", {"reason": "A pause.", "minutes": 60})
    assert "A pause." in (await wren.told())[-1]
    assert (await wren.say(room_id, "But.", "w1", status=403))["code"] == "muted"
    await leader.post(f"{people}/{wren.id}/unmute")
    await wren.say(room_id, "Thank you.", "w2")
    await leader.post(f"{people}/{wren.id}/remove", {"reason": "It isn't the right place."})
    assert "It isn't the right place." in (await wren.told())[-1]
    assert await _names(leader, group_id) == ["Leader", "Marigold"]
    again = await wren.put(f"/groups/{group_id}/place", status=409)
    assert again["code"] == "ask_first", "the open door doesn't decide about this one"
    await wren.post(f"/groups/{group_id}/requests", {"note": "May I come back?"})
    waiting = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    assert [one["was_removed"] for one in waiting] == [True]
    assert await town.audit_holds()


async def test_a_full_group_says_so_and_is_not_offered(town: Town) -> None:
    leader, group_id = await _opened(town, capacity=2)
    wren, late = await town.residents("Wren", "Late")
    assert [group["id"] for group in (await late.get("/offers"))["groups"]] == [group_id]
    await wren.put(f"/groups/{group_id}/place")
    full = await late.put(f"/groups/{group_id}/place", status=409)
    assert full["code"] == "group_full"
    assert (await late.get("/offers"))["groups"] == []
    assert await _names(leader, group_id) == ["Leader", "Wren"]
    await wren.delete(f"/groups/{group_id}/place")
    await late.put(f"/groups/{group_id}/place")
    assert await _names(leader, group_id) == ["Late", "Leader"]


async def test_promise_31_nobody_gives_themselves_a_group_or_a_role(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    wren = await town.resident("Wren")
    body = {"card": {"name": "Mine"}, "facilitator_id": keeper.id}
    assert (await keeper.post("/groups", body, status=403))["code"] == "forbidden"
    body = {"card": {"name": "Mine"}, "facilitator_id": wren.id}
    assert (await wren.post("/groups", body, status=403))["code"] == "forbidden"
    own = await keeper.put(f"/accounts/{keeper.id}/roles/moderator", status=403)
    assert own["code"] == "forbidden"
    assert (await wren.put(f"/accounts/{wren.id}/roles/moderator", status=403))["code"]


async def test_on_an_old_phone_from_the_card_to_the_groups_talk(town: Town) -> None:
    leader, group_id = await _opened(town, door="ask", for_whom="Anybody who hears more.")
    wren = await town.resident("Wren")
    phone, desk = wren.browser, leader.browser
    assert "Tea and telly" in await phone.open("/groups")
    await phone.follow("Tea and telly")
    assert "Anybody who hears more." in phone.text
    asked = await phone.press("Ask to join", {"words": "I hear extra too."})
    assert "You've asked to join." in asked
    assert "I hear extra too." in await desk.open(f"/groups/{group_id}")
    await desk.press("Let Wren in")
    assert "You're welcome in Tea and telly." in await phone.open("/home")
    await phone.open(f"/groups/{group_id}")
    await phone.follow("Go to the group's talk")
    await phone.press("Send", {"text": "Hello, all."})
    assert "Hello, all." in phone.text
    assert "Everyone in Tea and telly." in phone.text, "promise 26, in a group"
    await desk.open(f"/groups/{group_id}")
    await desk.press("Ask Wren not to write for now", at=wren.id)
    assert desk.status == 422, "not without a reason"
    await desk.press("Ask Wren not to write for now", {"reason": "A pause."}, at=wren.id)
    assert "You can read here" in await phone.open(phone.address)
    await phone.open(f"/groups/{group_id}")
    await phone.press("Leave this group")
    assert (await wren.get(f"/groups/{group_id}/place"))["place"] == "none"


async def test_who_leaves_before_their_words_go_out_finds_them_under_talks(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader, wren = await town.residents("Leader", "Wren")
    group_id = await town.group(keeper, leader)
    await wren.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(wren, group_id)
    asked = await wren.say(room_id, "My number is 07700 900123.", "c1", status=202)
    await wren.post(f"/waiting/{asked['id']}/anyway")
    await wren.delete(f"/groups/{group_id}/place")
    town.clock.pass_time(seconds=61)
    await town.sweep()
    assert any("Your words are kept for you, under Talks." in words for words in await wren.told())
    page = await wren.browser.open("/talks")
    assert "Not sent, and can't be now." in page
    assert "My number is 07700 900123." in page
    page = await wren.browser.press("Take it back")
    assert (wren.browser.address, wren.browser.status) == ("/talks", 200)
    assert "07700" not in page
    assert "07700" not in " ".join(filter(None, await leader.words(room_id)))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "is_known"), [("ga", False), ("pl", True), ("en", True)])
async def test_promise_32_a_group_in_a_language_no_rule_knows_says_so(
    town: Town, language: str, is_known: bool
) -> None:
    leader, group_id = await _opened(town, languages=[language])
    room_id = await town.room_of(leader, group_id)
    card = await leader.browser.open(f"/groups/{group_id}")
    assert ("No software here knows this group's language." not in card) is is_known
    talk = await leader.browser.open(f"/talks/{room_id}")
    assert ("it won't notice if somebody is in danger" not in talk) is is_known
    assert ("If a message suggests someone may come to harm" in talk) is is_known
    said = await leader.browser.open("/what-happens")
    assert "Software can notice it in English, and the plainest ways" in said
    assert "Polish" in said
    assert "Irish" not in said
