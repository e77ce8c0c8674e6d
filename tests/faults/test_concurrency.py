"""Fifty at once, over the API, on both databases: nothing lost, doubled or overfilled."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from people.permissions import Role
from tests.faults import world as worlds
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

FIFTY = 50


async def _crowd(town: Town, count: int) -> list[Resident]:
    return await town.residents(*(f"Person {number}" for number in range(count)))


async def _all(*asked: Any) -> list[httpx2.Response]:
    answers: list[httpx2.Response] = await asyncio.gather(*asked)
    faults = [answer.text for answer in answers if answer.status_code >= 500]
    assert faults == []
    return answers


def _post(who: Resident, path: str, body: Any = None) -> Any:
    return who.api.post(f"/api/v1{path}", json=body)


def _statuses(answers: list[httpx2.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def _group(town: Town, **card: Any) -> tuple[Resident, str]:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader = await town.resident("Leader")
    return leader, await town.group(keeper, leader, **card)


async def test_fifty_messages_each_sent_twice_are_there_once_in_one_order(town: Town) -> None:
    leader, group_id = await _group(town)
    people = await _crowd(town, 10)
    for one in people:
        await one.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(leader, group_id)
    before = (await leader.history(room_id))[-1]["seq"]
    said = [(one, f"{one.name} says {number}") for number in range(5) for one in people]
    answers = await _all(
        *(
            _post(one, f"/rooms/{room_id}/messages", {"client_id": words, "text": words})
            for one, words in [*said, *said]
        )
    )
    assert _statuses(answers) == {201: 2 * FIFTY}
    taken = {(answer.json()["client_id"], answer.json()["seq"]) for answer in answers}
    assert len(taken) == FIFTY, "sent twice, the same answer twice"
    assert sorted(seq for _, seq in taken) == list(range(before + 1, before + FIFTY + 1))
    histories = [await one.history(room_id) for one in (leader, people[0])]
    stored = [(frame["text"], frame["seq"]) for frame in histories[0] if frame["seq"] > before]
    assert sorted(stored) == sorted(taken)
    assert [one["id"] for one in histories[0]] == [one["id"] for one in histories[1]]


async def test_a_yes_pressed_fifty_times_opens_one_talk(town: Town) -> None:
    one, other = await _crowd(town, 2)
    hello = (await one.post("/hellos", {"to": other.id, "words": "Hello."}))["id"]
    answers = await _all(*(_post(other, f"/hellos/{hello}/yes") for _ in range(FIFTY)))
    assert _statuses(answers) == {200: FIFTY}
    assert len({answer.json()["room_id"] for answer in answers}) == 1
    assert len((await one.get("/rooms"))["items"]) == 1
    assert len(await one.told()) == 1


async def test_promise_35_of_many_yeses_at_once_the_first_opens_and_no_second(town: Town) -> None:
    askers, asked = await _crowd(town, 8), await town.residents(*(f"Asked {n}" for n in range(24)))
    hellos = []
    for number, other in enumerate(asked):
        body = {"to": other.id, "words": "Hello."}
        hellos.append((other, (await askers[number % 8].post("/hellos", body))["id"]))
    answers = await _all(*(_post(other, f"/hellos/{hello}/yes") for other, hello in hellos))
    assert _statuses(answers) == {200: 8, 409: 16}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "not_free"
    }
    for asker in askers:
        assert len((await asker.get("/rooms"))["items"]) == 1
        outcomes = [hello["outcome"] for hello in (await asker.get("/hellos/sent"))["items"]]
        assert outcomes == ["talking"], "the others are as if they had been taken back"


async def test_promise_12_fifty_hellos_at_once_stay_within_three(town: Town) -> None:
    asker, others = await town.resident("Asker"), await _crowd(town, FIFTY)
    answers = await _all(
        *(_post(asker, "/hellos", {"to": other.id, "words": "Hello."}) for other in others)
    )
    assert _statuses(answers) == {201: 3, 409: 47}
    sent = (await asker.get("/hellos/sent"))["items"]
    assert len(sent) == 3


async def test_two_who_ask_each_other_at_once_have_one_talk_or_one_hello(town: Town) -> None:
    pairs = [await town.residents(f"Left {n}", f"Right {n}") for n in range(10)]
    ways = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
    answers = await _all(
        *(_post(one, "/hellos", {"to": other.id, "words": "Hello."}) for one, other in ways)
    )
    assert _statuses(answers) == {201: 20}
    for one, other in pairs:
        talks = [(await who.get("/rooms"))["items"] for who in (one, other)]
        assert [talk["room_id"] for talk in talks[0]] == [talk["room_id"] for talk in talks[1]]
        assert len(talks[0]) == 1


async def test_fifty_who_come_to_ten_places_fill_them_and_no_more(town: Town) -> None:
    leader, group_id = await _group(town, capacity=10)
    people = await _crowd(town, FIFTY)
    answers = await _all(*(one.api.put(f"/api/v1/groups/{group_id}/place") for one in people))
    assert _statuses(answers) == {204: 9, 409: 41}
    assert (await leader.get(f"/groups/{group_id}"))["member_count"] == 10
    members = (await leader.get(f"/groups/{group_id}/members"))["items"]
    came = [one.id for one, answer in zip(people, answers, strict=True) if answer.is_success]
    assert sorted(member["account_id"] for member in members) == sorted([leader.id, *came])
    inside = [one for one in people if (await one.get("/rooms"))["items"]]
    assert [one.id for one in inside] == came


async def test_one_who_comes_in_fifty_times_at_once_takes_one_place(town: Town) -> None:
    leader, group_id = await _group(town, capacity=10)
    wren = await town.resident("Wren")
    place = f"/api/v1/groups/{group_id}/place"
    answers = await _all(*(wren.api.put(place) for _ in range(FIFTY)))
    assert _statuses(answers) == {204: FIFTY}
    assert (await leader.get(f"/groups/{group_id}"))["member_count"] == 2


async def test_fifty_let_in_at_once_fill_ten_places_and_the_rest_still_wait(town: Town) -> None:
    leader, group_id = await _group(town, capacity=10, door="ask")
    people = await _crowd(town, FIFTY)
    for one in people:
        await one.post(f"/groups/{group_id}/requests", {"note": ""})
    waiting = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    assert len(waiting) == FIFTY
    answers = await _all(*(_post(leader, f"/group-requests/{one['id']}/accept") for one in waiting))
    # Where it was full they are welcome once there is a place; in the very moment, it is said.
    assert _statuses(answers).keys() <= {204, 409}
    assert (await leader.get(f"/groups/{group_id}"))["member_count"] == 10
    still = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    assert len(still) == 41
    said_no = _statuses(answers)[409]
    assert [one["state"] for one in still].count("asked") == said_no


async def test_coming_and_going_at_once_keeps_the_count_true(town: Town) -> None:
    leader, group_id = await _group(town, capacity=6)
    people = await _crowd(town, 10)
    place = f"/api/v1/groups/{group_id}/place"
    for _ in range(3):
        await _all(
            *(one.api.put(place) for one in people), *(one.api.delete(place) for one in people[:5])
        )
    members = (await leader.get(f"/groups/{group_id}/members"))["items"]
    count = (await leader.get(f"/groups/{group_id}"))["member_count"]
    assert count == len(members) <= 6


async def test_one_case_is_claimed_once_and_decided_once(town: Town) -> None:
    here = await worlds.world(town)
    desk = [here.anna, *[await town.resident(f"Mo {n}", Role.MODERATOR) for n in range(9)]]
    case = f"/cases/{here.ids['case_id']}"
    claims = await _all(*(_post(one, f"{case}/claim") for one in desk))
    assert _statuses(claims) == {200: 1, 409: 9}
    holder = next(
        one for one, answer in zip(desk, claims, strict=True) if answer.status_code == 200
    )
    await holder.delete(f"{case}/claim")
    read = await holder.post(f"{case}/look", {"reason": "On shift."})
    decision = {"version": read["version"], "steps": [{"kind": "hide"}], "rule": "kind"}
    answers = await _all(*(_post(one, f"{case}/decision", decision) for one in desk))
    assert _statuses(answers) == {204: 1, 409: 9}
    after = await holder.post(f"{case}/look", {"reason": "Checking."})
    assert [effect["kind"] for effect in after["done"]] == ["hide"]
    assert await town.audit_holds()


async def test_one_invitation_for_two_lets_in_two(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    code = (await keeper.post("/invitations", {"uses": 2}))["code"]
    newcomers = [
        worlds.BODIES["Newcomer"] | {"name": f"New {number}", "invitation": code}
        for number in range(4)
    ]
    stranger = town.api()
    answers = await _all(*(stranger.post("/api/v1/accounts", json=one) for one in newcomers))
    assert _statuses(answers) == {201: 2, 422: 2}
    assert (await keeper.get("/invitations"))["items"] == []
