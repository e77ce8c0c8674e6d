"""A hello: three starters from what both have said, or one tap. The first yes opens a talk.
Nobody ever reads that they were turned down.
"""

import re
from typing import Any
from uuid import uuid4

import pytest

from matching.hellos import ONE_TAP
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

# Promises 35 and 43: what no member ever reads.
NEVER_READ = re.compile(
    r"declin|reject|refus|turned? (?:you )?down|expire|withdr|unmatch|capacity|ignored",
    re.IGNORECASE,
)
NOT_FREE = "{name} is not free to talk just now."


async def _say(one: Resident, other: Resident, words: str = "Hello there.") -> str:
    hello: str = (await one.post("/hellos", {"to": other.id, "words": words}, status=201))["id"]
    return hello


async def _sent(who: Resident) -> dict[str, dict[str, Any]]:
    return {hello["asked_id"]: hello for hello in (await who.get("/hellos/sent"))["items"]}


async def _everything_read(who: Resident) -> str:
    """What somebody sees on the pages where an answer could stand, and over the API."""
    for path in ("/home", "/hellos", "/talks", "/offers"):
        await who.browser.open(path)
    answers = [await who.get(path) for path in ("/hellos/sent", "/me/notices", "/hellos/received")]
    return " ".join([*who.browser.seen, *map(str, answers)]).replace("expires_at", "")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_three_starters_come_from_what_both_have_said(town: Town) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    await wren.tell(interests=["allotments"], wanted=["naming five green things"])
    await marigold.tell(interests=["allotments"], used=["naming five green things"])
    met = await wren.get(f"/people/{marigold.id}/introduction")
    assert len(set(met["starters"])) == 3
    shared = [one for one in met["starters"] if "allotments" in one or "green things" in one]
    assert len(shared) == 2
    assert any("allotments" in line for line in met["because"])
    stranger = await town.resident("Stranger")
    await stranger.tell(interests=["trams"])
    plain = (await wren.get(f"/people/{stranger.id}/introduction"))["starters"]
    assert all("Stranger" in one for one in plain), "no shared fact, so none is claimed"


async def test_the_first_yes_opens_a_talk_and_the_others_hear_not_free(town: Town) -> None:
    wren, yes, later, never = await town.residents("Wren", "Yes", "Later", "Never")
    first = await _say(wren, yes, "I like allotments too.")
    await _say(wren, later)
    await _say(wren, never)
    assert [one["words"] for one in (await yes.get("/hellos/received"))["items"]] == [
        "I like allotments too."
    ]
    room_id = (await yes.post(f"/hellos/{first}/yes"))["room_id"]
    assert (await yes.post(f"/hellos/{first}/yes"))["room_id"] == room_id, "yes again: same talk"
    for who, other in ((wren, yes), (yes, wren)):
        talks = (await who.get("/rooms"))["items"]
        assert [talk["room_id"] for talk in talks] == [room_id]
        assert [member["name"] for member in talks[0]["members"]] == [other.name]
    assert await wren.told() == ["Yes would like to talk."]
    assert await yes.told() == [], "what was answered asks for nothing any more"
    for other in (later, never):
        assert (await other.get("/hellos/received"))["items"] == []
        assert NOT_FREE.format(name="Wren") in await other.told()
    gone = (await later.get("/hellos/received"))["items"]
    assert gone == []


async def test_promise_35_a_hello_ends_quietly_after_72_hours(town: Town) -> None:
    wren, quiet = await town.residents("Wren", "Quiet")
    await _say(wren, quiet)
    town.clock.pass_time(hours=71, minutes=59)
    await town.sweep()
    assert (await _sent(wren))[quiet.id]["outcome"] == "waiting"
    town.clock.pass_time(minutes=2)
    assert (await _sent(wren))[quiet.id]["outcome"] == "not_free", "also before upkeep has come by"
    await town.sweep()
    await town.sweep()
    assert await wren.told() == [NOT_FREE.format(name="Quiet")]
    assert await quiet.told() == []
    assert (await quiet.get("/hellos/received"))["items"] == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_35_whatever_the_reason_they_read_the_same(town: Town) -> None:
    asker, says_no, silent, blocks, away = await town.residents("A", "B", "C", "D", "E")
    declined = await _say(asker, says_no)
    for other in (silent, blocks):
        await _say(asker, other)
    await says_no.post(f"/hellos/{declined}/not-now")
    await _say(asker, away)
    await blocks.put(f"/me/blocks/{asker.id}")
    await away.put(
        "/profile/wishes", {"is_paused": True, "is_unlisted": False, "wants_alike": False}
    )
    assert (await blocks.get("/hellos/received"))["items"] == []
    town.clock.pass_time(hours=73)
    await town.sweep()
    sent = await _sent(asker)
    seen = [set(hello.items()) - _own(hello) for hello in sent.values()]
    assert all(one == {("outcome", "not_free"), ("room_id", None)} for one in seen)
    told = sorted(await asker.told())
    assert told == [NOT_FREE.format(name=name) for name in "BCDE"]
    for who in (asker, says_no, silent, blocks, away):
        assert NEVER_READ.findall(await _everything_read(who)) == []


def _own(hello: dict[str, Any]) -> set[tuple[str, Any]]:
    return {(key, hello[key]) for key in hello if key not in ("outcome", "room_id")}


async def test_promise_12_three_hellos_at_once_and_what_would_help_is_said(town: Town) -> None:
    asker, *others = await town.residents(*"ABCDE")
    for other in others[:3]:
        await _say(asker, other)
    full = await asker.post("/hellos", {"to": others[3].id, "words": "Hello."}, status=409)
    assert full["code"] == "not_now"
    assert "3 hellos waiting" in full["detail"]
    again = await _say(asker, others[0])
    assert again == (await _sent(asker))[others[0].id]["id"], "the same hello, not a fourth"
    answered = (await _sent(asker))[others[0].id]["id"]
    await others[0].post(f"/hellos/{answered}/not-now")
    await _say(asker, others[3])
    assert await _say(others[2], asker), "receiving stays open"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_12_five_hellos_in_the_first_week(town: Town) -> None:
    newcomer = await town.newcomer("New")
    await newcomer.tell()
    others = await town.residents(*(f"Other {number}" for number in range(7)))
    for other in others[:5]:
        hello = await _say(newcomer, other)
        await newcomer.delete(f"/hellos/{hello}")
    sixth = await newcomer.post("/hellos", {"to": others[5].id, "words": "Hello."}, status=409)
    assert "first week" in sixth["detail"]
    assert await _say(others[6], newcomer), "others can still say hello"
    town.clock.pass_time(days=7)
    await _say(newcomer, others[5])


async def test_two_who_say_hello_at_once_are_talking(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    await _say(one, other, "Hello from one.")
    await _say(other, one, "Hello from the other.")
    talks = [(await who.get("/rooms"))["items"] for who in (one, other)]
    assert [talk["room_id"] for talk in talks[0]] == [talk["room_id"] for talk in talks[1]]
    assert len(talks[0]) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_would_hurt_in_a_hello_stays_with_its_author(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    cruel = "You are a worthless piece of shit."
    body = {"to": other.id, "words": cruel}
    held = await one.post("/hellos", body, status=422)
    assert held["code"] == "hello_held"
    assert "Your words are still here" in held["title"]
    assert (await other.get("/hellos/received"))["items"] == []
    await one.post("/hellos", body | {"words": f"I like dogs too. {cruel}"}, status=201)
    received = (await other.get("/hellos/received"))["items"]
    assert [_visible(hello).strip(" .") for hello in received] == ["I like dogs too"]
    assert "worthless" not in await other.browser.open("/hellos")


def _visible(hello: dict[str, Any]) -> str:
    words = str(hello["words"])
    for start, end in reversed(hello["folded"]):
        words = words[:start] + words[end:]
    return words


async def test_promise_17_a_block_keeps_two_apart_both_ways_and_nobody_can_tell(
    town: Town,
) -> None:
    one, other = await town.residents("One", "Other")
    for who in (one, other):
        await who.tell(about=f"I am {who.name}.", interests=["dogs"])
    before = await other.get("/offers")
    assert [person["name"] for person in before["people"]] == ["One"]
    await one.put(f"/me/blocks/{other.id}")
    for who in (one, other):
        assert (await who.get("/offers"))["people"] == []
    blocked = await other.get(f"/people/{one.id}/introduction", status=404)
    nobody = await other.get(f"/people/{uuid4()}/introduction", status=404)
    assert blocked == nobody
    said = [
        await other.post("/hellos", {"to": to, "words": "Hello."}, status=404)
        for to in (one.id, str(uuid4()))
    ]
    assert said[0] == said[1]
    assert (await one.get("/hellos/received"))["items"] == []
    assert await _sent(other) == {}
    assert await other.told() == []
    assert (await one.get("/me/blocks"))["items"][0]["name"] == "Other"


async def test_words_to_somebody_who_is_not_free_any_more_are_kept_and_nobody_can_tell_why(
    town: Town,
) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    await wren.browser.open(f"/hellos/new?to={marigold.id}")
    await marigold.put(f"/me/blocks/{wren.id}")
    shown = await wren.browser.press("Send hello", {"words": "I dig too."})
    assert wren.browser.status == 404
    assert "They may not be free to talk just now. Others may be." in shown
    assert wren.browser.form("Send hello")[0].values["words"] == ["I dig too."]
    assert "Marigold" not in shown


async def test_on_an_old_phone_from_an_offer_to_a_talk(town: Town) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    for who in (wren, marigold):
        await who.tell(interests=["allotments"], about=f"I am {who.name}, and I like to dig.")
    await wren.browser.open("/offers")
    await wren.browser.follow("Say hello to Marigold")
    form, _ = wren.browser.form("Send hello")
    assert "allotments" in form.values["words"][0], "never an empty box"
    await wren.browser.press("Send hello", {"words": "I dig too. How deep are your beds?"})
    assert "Waiting for an answer" in wren.browser.text
    assert "Marigold" in wren.browser.text

    await marigold.browser.open("/home")
    assert "Wren says hello." in marigold.browser.text
    await marigold.browser.open("/hellos")
    assert "How deep are your beds?" in marigold.browser.text
    yes = next(
        button.label
        for form in marigold.browser.page.forms
        for button in form.buttons
        if form.action.endswith("/yes")
    )
    await marigold.browser.press(yes)
    assert marigold.browser.address.startswith("/talks/")
    await marigold.browser.press("Send", {"text": "Two spades. Hello."})
    assert "Two spades. Hello." in await wren.browser.open(marigold.browser.address.split("?")[0])
    for who in (wren, marigold):
        assert NEVER_READ.findall(await _everything_read(who)) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_one_tap_is_enough(town: Town) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    await marigold.tell(about="I dig.")
    await wren.browser.open(f"/hellos/new?to={marigold.id}")
    button = next(
        button.label
        for form in wren.browser.page.forms
        for button in form.buttons
        if button.value == "one-tap"
    )
    await wren.browser.press(button)
    assert [one["words"] for one in (await marigold.get("/hellos/received"))["items"]] == [ONE_TAP]
