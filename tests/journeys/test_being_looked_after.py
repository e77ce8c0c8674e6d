"""Somebody is looked after. Their own distress is always delivered, never punished; they see
help at once, and a person is told. What would harm somebody else is folded.
"""

import asyncio
from itertools import islice
from typing import Any

import pytest

from people.permissions import Role
from tests.journeys.sayings import ABUSE, HARD, QUESTION, QUIETER
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio


async def _two(town: Town) -> tuple[Resident, Resident, str]:
    wren, marigold = await town.residents("Wren", "Marigold")
    return wren, marigold, await town.talk(wren, marigold)


def _shown(frame: dict[str, Any]) -> str:
    """The words of a message as its reader sees them, folded spans left out."""
    words = str(frame["text"])
    for start, end in reversed(frame.get("folds", [])):
        words = words[:start] + words[end:]
    return words


async def test_promise_1_own_distress_is_delivered_at_once_and_a_person_is_told(
    town: Town,
) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    for number, words in enumerate([*HARD[:12], *QUIETER[:12]]):
        answer = await wren.say(room_id, words, f"c{number}")
        assert answer["type"] == "sent", words
        assert answer["help"] in ("card", "line"), words
    assert await marigold.words(room_id) == [*HARD[:12], *QUIETER[:12]], "whole, and in order"
    queue = await moderator.queue()
    assert [(row["tier"], row["categories"]) for row in queue] == [("now", ["distress"])]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_1_quieter_distress_is_looked_at_soon(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    assert (await wren.say(room_id, QUIETER[0], "c1"))["help"] == "card"
    assert await marigold.words(room_id) == [QUIETER[0]]
    assert [row["tier"] for row in await moderator.queue()] == ["soon"]
    assert not (await moderator.queue())[0]["is_late"]
    town.clock.pass_time(minutes=31)
    assert (await moderator.queue())[0]["is_late"], "within half an hour, else it is late"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_1_in_an_ask_first_place_contact_details_wait_but_not_in_distress(
    town: Town,
) -> None:
    wren, marigold, room_id = await _two(town)
    number = "My number is 07700 900123."
    early = await wren.say(room_id, number, "c0", status=202)
    assert (early["type"], set(early["choices"])) == ("asked", {"change", "person"})
    assert "In the first three days of a talk, a person looks" in await wren.browser.open(
        f"/talks/{room_id}"
    )
    town.clock.pass_time(hours=72)
    asked = await wren.say(room_id, number, "c1", status=202)
    assert (asked["type"], set(asked["choices"])) == ("asked", {"change", "anyway", "person"})
    sent = await wren.say(room_id, f"{HARD[0]} {number}", "c2")
    assert sent["type"] == "sent"
    assert await marigold.words(room_id) == [f"{HARD[0]} {number}"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_1_only_what_harms_somebody_else_is_folded(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    words = f"{HARD[0]} And you are a worthless piece of shit."
    assert (await wren.say(room_id, words, "c1"))["type"] == "sent"
    peers, mine = await marigold.history(room_id), await wren.history(room_id)
    assert HARD[0].rstrip(".") in _shown(peers[-1])
    assert "worthless" not in _shown(peers[-1])
    assert mine[-1]["text"] == words, "its author reads all of it"
    categories = {name for row in await moderator.queue() for name in row["categories"]}
    assert {"distress", "harassment"} <= categories


async def test_promise_2_a_burst_of_desperate_lines_is_never_paced(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    for number in range(25):
        answer = await wren.say(room_id, HARD[number % len(HARD)], f"d{number}")
        assert answer["type"] == "sent"
    weather = [{"client_id": f"w{number}", "text": "Anyway, rain."} for number in range(15)]
    address = f"/api/v1/rooms/{room_id}/messages"
    answers = await asyncio.gather(*(wren.api.post(address, json=body) for body in weather))
    paced = [answer for answer in answers if answer.status_code == 429]
    assert paced, "anything else written that fast waits a little"
    assert {answer.json()["code"] for answer in paced} == {"too_many"}
    assert (await marigold.words(room_id))[:25] == [HARD[n % len(HARD)] for n in range(25)]


async def test_promise_4_thirty_hard_messages_give_one_card_and_one_case(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    helps = []
    for number, words in enumerate(islice(HARD, 30)):
        helps.append((await wren.say(room_id, words, f"c{number}"))["help"])
        town.clock.pass_time(minutes=2)
    assert helps == ["card", *["line"] * 29]
    assert len(await marigold.words(room_id)) == 30
    assert len(await moderator.queue()) == 1
    case = await moderator.look((await moderator.queue())[0]["id"])
    assert len(case["raised"]) == 30
    again = await wren.say(room_id, HARD[0], "c0")
    assert again["help"] == "card", "sending the first again gives its first answer"
    town.clock.pass_time(hours=24)
    assert (await wren.say(room_id, HARD[1], "next-day"))["help"] == "card"


async def test_promise_4_the_card_comes_again_when_it_becomes_more_urgent(town: Town) -> None:
    wren, _, room_id = await _two(town)
    assert (await wren.say(room_id, QUIETER[0], "c1"))["help"] == "card"
    assert (await wren.say(room_id, QUIETER[1], "c2"))["help"] == "line"
    assert (await wren.say(room_id, HARD[0], "c3"))["help"] == "card"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_4_on_an_old_phone_the_card_then_a_line_and_the_box_stays(
    town: Town,
) -> None:
    wren, _, room_id = await _two(town)
    phone = wren.browser
    await phone.open(f"/talks/{room_id}")
    first = await phone.press("Send", {"text": HARD[0]})
    assert first.count("Your message was sent.") == 1
    assert QUESTION in first
    assert "text" in phone.form("Send")[0].names, "the box is never covered"
    second = await phone.press("Send", {"text": HARD[1]})
    assert second.count("Your message was sent.") == 1
    assert QUESTION not in second


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_11_withdrawing_one_consent_changes_no_verdict_on_harm(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    mixed = f"It rained again today. {ABUSE}."
    before = await wren.say(room_id, mixed, "a1")
    held = await wren.say(room_id, ABUSE, "a2", status=202)
    assert (await wren.say(room_id, QUIETER[0], "d1"))["help"] == "card"
    await wren.put("/me/consents/noticing_distress", {"is_given": False})
    refused = await wren.put("/me/consents/checking_for_harm", {"is_given": False}, status=422)
    assert refused["code"] == "invalid"
    waiting = len(await moderator.queue())
    assert (await wren.say(room_id, HARD[2], "d2")).get("help") is None
    assert len(await moderator.queue()) == waiting
    after = await wren.say(room_id, mixed, "a3")
    held_after = await wren.say(room_id, ABUSE, "a4", status=202)
    assert before["type"] == after["type"] == "sent"
    assert held["why"] == held_after["why"]
    read = [one for one in await marigold.history(room_id) if "rained" in one["text"]]
    assert [_shown(one) for one in read] == ["It rained again today. ."] * 2
    folds = [one["folds"] for one in read]
    assert folds[0] == folds[1]
    await wren.put("/me/consents/noticing_distress", {"is_given": True})
    assert (await wren.say(room_id, HARD[3], "d3"))["help"] == "card"


async def test_promise_19_who_is_muted_or_paused_still_reaches_a_person(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    leader, wren = await town.residents("Leader", "Wren")
    group_id = await town.group(keeper, leader)
    await wren.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(wren, group_id)
    quiet = {"reason": "Let the others in for a bit.", "minutes": 60}
    await leader.post(f"/groups/{group_id}/members/{wren.id}/mute", quiet)
    refused = await wren.say(room_id, HARD[0], "c1", status=403)
    assert (refused["code"], refused["help"]) == ("muted", "card")
    assert [row["tier"] for row in await moderator.queue()] == ["now"]
    phone = wren.browser
    shown = await phone.post(f"/talks/{room_id}", {"text": HARD[1], "client_id": "c2"})
    assert "You can read here, but you can't write here for a while." in shown
    assert QUESTION in shown
    assert "Your message was sent." not in shown, "it wasn't"
    assert phone.form("Send")[0].values["text"] == [HARD[1]], "nothing typed is lost"


async def test_promise_7_worried_about_them_alerts_a_person_and_asks_next_day(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    await marigold.say(room_id, "It's been a long day, that's all.", "m1")
    await wren.browser.open(f"/talks/{room_id}")
    read = await wren.browser.press("I'm worried about them")
    for words in ("Are you safe just now?", "Is there anyone near you?", "behind your back"):
        assert words in read, "three sentences to begin with"
    assert "You don't have to stay up all night" in read, "and what isn't theirs to carry"
    assert "We've asked a person to look." in read
    assert "text" in wren.browser.form("Send")[0].names, "the box stays"
    (row,) = await moderator.queue()
    assert row["tier"] == "now"
    await moderator.look(row["id"])
    told = len(await wren.told())
    town.clock.pass_time(hours=24, minutes=1)
    assert len(await wren.told()) == told + 1
    assert "Marigold" in (await wren.told())[-1]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_7_in_a_group_it_is_about_whom_one_names_and_nobody_else(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    leader, wren, marigold = await town.residents("Leader", "Wren", "Marigold")
    group_id = await town.group(keeper, leader)
    for person in (wren, marigold):
        await person.put(f"/groups/{group_id}/place")
    room_id = await town.room_of(wren, group_id)
    await marigold.say(room_id, "Evening all, it's me.", "m1")
    await leader.say(room_id, "The kettle is on.", "l1")
    phone = wren.browser
    await phone.open(f"/talks/{room_id}")
    await phone.press("I'm worried about them")
    assert phone.status == 422, "nobody is guessed"
    assert "Please choose who you are worried about." in phone.text
    assert "The kettle is on." in phone.text, "beside the choice, on the talk's own page"
    assert await moderator.queue() == []
    read = await phone.press("I'm worried about them", {"about": marigold.id})
    assert "You can say good night." in read
    (row,) = await moderator.queue()
    assert row["where"]["group_name"]
    case = await moderator.look(row["id"])
    assert case["author_name"] == "Marigold"
    assert case["raised"][0]["evidence"] == "Evening all, it's me."


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_7_one_can_be_worried_about_somebody_who_has_written_nothing(
    town: Town,
) -> None:
    wren, _, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    await wren.browser.open(f"/talks/{room_id}")
    await wren.browser.press("I'm worried about them")
    (row,) = await moderator.queue()
    assert (row["tier"], row["subject_kind"]) == ("now", "account")
    assert (await moderator.look(row["id"]))["author_name"] == "Marigold"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_distress_in_a_second_talk_is_read_where_it_was_said(town: Town) -> None:
    wren, marigold, first = await _two(town)
    (juno,) = await town.residents("Juno")
    moderator = await town.resident("Mo", Role.MODERATOR)
    second = await town.talk(wren, juno)
    for number in range(4):
        await marigold.say(first, f"A private word, number {number}.", f"m{number}")
    await wren.say(first, HARD[0], "w1")
    await juno.say(second, "How was your day?", "j1")
    await wren.say(second, HARD[1], "w2")
    (row,) = await moderator.queue()
    window = [said["text"] for said in (await moderator.look(row["id"]))["window"]]
    assert window == ["How was your day?", HARD[1]], "not some other talk's lines"
