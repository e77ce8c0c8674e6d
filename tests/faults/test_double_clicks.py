"""Every button pressed twice, at once or one after the other, does what it does once."""

import asyncio
from typing import Any

import pytest

from people.permissions import Role
from tests.faults import world as worlds
from tests.faults.world import World
from tests.journeys.town import Resident, Town

# That two at once are one on either database is in test_concurrency.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
async def here(town: Town) -> World:
    return await worlds.world(town)


async def _twice(
    who: Resident, path: str, fields: dict[str, Any] | None = None
) -> tuple[int, int, str]:
    """Post a form twice at once, as a double click does; return both statuses and one place."""
    client = who.browser.client
    answers = await asyncio.gather(*(client.post(path, data=fields or {}) for _ in range(2)))
    assert all(answer.status_code < 500 for answer in answers), [one.text for one in answers]
    places = {answer.headers.get("location", "") for answer in answers} - {""}
    return answers[0].status_code, answers[1].status_code, max(places, default="")


async def test_a_message_is_said_once(here: World) -> None:
    path = f"/talks/{here.ids['room_id']}"
    form = {"client_id": "one-click", "text": "Said once."}
    assert (await _twice(here.wren, path, form))[:2] == (303, 303)
    await _twice(here.wren, path, form)
    words = await here.anna.words(here.ids["room_id"])
    assert words.count("Said once.") == 1


async def test_words_typed_into_a_page_one_went_back_to_are_sent_too(here: World) -> None:
    path, room_id = f"/talks/{here.ids['room_id']}", here.ids["room_id"]
    form = {"client_id": "a-page-from-before", "text": "Said first."}
    await here.wren.browser.post(path, form)
    again = form | {"text": "Said from the same page, later."}
    assert (await _twice(here.wren, path, again))[:2] == (303, 303)
    words = await here.anna.words(room_id)
    assert words[-2:] == ["Said first.", "Said from the same page, later."]
    refused = await here.wren.say(room_id, "And by a program.", "a-page-from-before", status=409)
    assert refused["code"] == "other_words"
    assert (await here.wren.say(room_id, "Said\r\nfirst.", "a-page-from-before"))["seq"]


async def test_an_asked_message_goes_out_once_whatever_is_pressed(here: World) -> None:
    path = f"/talks/{here.ids['room_id']}"
    here.town.clock.pass_time(hours=72)
    form = {"client_id": "c2", "text": "My number is 07700 900123.", "choice": "anyway"}
    assert (await _twice(here.anna, path, form))[:2] == (303, 303)
    here.town.clock.pass_time(minutes=2)
    await here.town.sweep()
    await here.town.sweep()
    words = await here.wren.words(here.ids["room_id"])
    assert words.count("My number is 07700 900123.") == 1


async def test_a_person_is_asked_once(here: World) -> None:
    path = f"/talks/{here.ids['room_id']}"
    form = {"client_id": "c2", "text": "My number is 07700 900123.", "choice": "person"}
    for _ in range(2):
        assert (await _twice(here.anna, path, form))[:2] == (303, 303)
    moderator = await here.town.resident("Mo", Role.MODERATOR)
    rows = (await moderator.get("/cases"))["items"]
    assert [row["raised"] for row in rows if row["subject_kind"] == "pending"] == [1]


async def test_a_changed_message_goes_out_once(here: World) -> None:
    path = f"/talks/{here.ids['room_id']}"
    form = {"client_id": "c2", "text": "Better not, then.", "choice": "change"}
    for _ in range(2):
        assert (await _twice(here.anna, path, form))[:2] == (303, 303)
    words = await here.wren.words(here.ids["room_id"])
    assert words.count("Better not, then.") == 1


async def test_a_hello_is_one_hello_and_a_yes_one_talk(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    hello = {"words": "Hello, you.", "do": "send"}
    assert (await _twice(one, f"/hellos/new?to={other.id}", hello))[:2] == (303, 303)
    received = (await other.get("/hellos/received"))["items"]
    assert len(received) == 1
    first, second, place = await _twice(other, f"/hellos/{received[0]['id']}/yes")
    assert (first, second) == (303, 303)
    talks = (await one.get("/rooms"))["items"]
    assert [f"/talks/{talk['room_id']}" for talk in talks] == [place]
    assert len(await one.told()) == 1


async def test_not_now_taking_back_and_leaving_twice_are_as_once(town: Town) -> None:
    one, other, third = await town.residents("One", "Other", "Third")
    for asked, path, who in ((other, "not-now", other), (third, "take-back", one)):
        hello = await one.post("/hellos", {"to": asked.id, "words": "Hello."})
        assert (await _twice(who, f"/hellos/{hello['id']}/{path}"))[:2] == (303, 303)
    assert len(await one.told()) == 1
    room_id = await town.talk(other, third)
    assert (await _twice(other, f"/talks/{room_id}/leave"))[:2] == (303, 303)
    assert len([words for words in await third.told() if "has left your talk" in words]) == 1
    again = await town.talk(one, await town.resident("Fourth"))
    assert (await _twice(one, f"/talks/{again}/shut-out"))[:2] == (303, 303)
    assert len((await one.get("/me/blocks"))["items"]) == 1


async def test_coming_in_asking_and_letting_in_twice_count_once(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    leader, wren = await town.residents("Leader", "Wren")
    opened = await town.group(keeper, leader)
    asking = await town.group(keeper, leader, name="By asking", door="ask")
    assert (await _twice(wren, f"/groups/{opened}/ask"))[:2] == (303, 303)
    assert (await wren.get(f"/groups/{opened}"))["member_count"] == 2
    await _twice(wren, f"/groups/{asking}/ask", {"words": "May I?"})
    waiting = (await leader.get(f"/groups/{asking}/requests"))["items"]
    assert len(waiting) == 1
    answer = f"/groups/{asking}/waiting/{waiting[0]['id']}"
    assert (await _twice(leader, f"{answer}/let-in"))[:2] == (303, 303)
    assert (await wren.get(f"/groups/{asking}"))["member_count"] == 2
    contrary = await leader.api.post(f"/api/v1/group-requests/{waiting[0]['id']}/not-now")
    assert contrary.status_code == 409
    assert (await _twice(wren, f"/groups/{opened}/leave"))[:2] == (303, 303)
    assert (await wren.get(f"/groups/{opened}"))["member_count"] == 1


async def test_telling_us_twice_is_one_concern(here: World) -> None:
    form = {"subject": f"message:{here.ids['message_id']}", "what": "unkind", "note": "It stung."}
    moderator = await here.town.resident("Mo", Role.MODERATOR)
    before = len((await moderator.get("/cases"))["items"])
    assert (await _twice(here.wren, "/tell-us", form))[0] in (200, 303)
    await _twice(here.wren, "/tell-us", form)
    rows = (await moderator.get("/cases"))["items"]
    assert len(rows) == before + 1
    assert max(row["raised"] for row in rows) == 1
    await _twice(here.wren, f"/talks/{here.ids['room_id']}/worried")
    assert len((await moderator.get("/cases"))["items"]) == before + 1, "the same message"


async def test_a_case_is_decided_once_and_the_second_click_says_so(here: World) -> None:
    case = f"/staff/cases/{here.ids['case_id']}"
    moderator = here.anna
    assert (await _twice(moderator, f"{case}/claim"))[:2] == (303, 303)
    read = await moderator.post(f"/cases/{here.ids['case_id']}/look", {"reason": "On shift."})
    form = {
        "version": str(read["version"]),
        "effects": ["hide", "mute"],
        "length": "60",
        "rule": "kind",
        "reason": "Please say it more gently.",
        "note": "First time.",
    }
    statuses = sorted((await _twice(moderator, f"{case}/decision", form))[:2])
    assert statuses == [303, 409]
    after = await moderator.post(f"/cases/{here.ids['case_id']}/look", {"reason": "Checking."})
    assert sorted(effect["kind"] for effect in after["done"]) == ["hide", "mute"]
    assert len([line for line in after["history"] if line["kind"] == "decided"]) == 1
    second = await here.town.resident("Second", Role.MODERATOR)
    undo = f"{case}/effects/{after['done'][0]['id']}/undo"
    await second.post(f"/cases/{here.ids['case_id']}/look", {"reason": "On shift."})
    assert (await _twice(second, undo))[:2] == (303, 303)
    done = await second.post(f"/cases/{here.ids['case_id']}/look", {"reason": "Checking."})
    assert len([line for line in done["history"] if line["kind"] == "undone"]) == 1
    assert await here.town.audit_holds()


async def test_joining_twice_makes_one_account_and_uses_one_invitation(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    code = (await keeper.post("/invitations", {"uses": 2}))["code"]
    form = {
        "name": "Wren",
        "password": "harbour lantern biscuit 7",
        "is_adult": "yes",
        "consent.store_and_share_profile": "yes",
        "consent.checking_for_harm": "yes",
        "invitation": code,
    }
    phone = town.browser()
    answers = await asyncio.gather(*(phone.client.post("/join", data=form) for _ in range(2)))
    joined, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert joined.status_code == 200
    assert refused.status_code in (409, 422)
    assert "Somebody here has that name already" in refused.text
    left = (await keeper.get("/invitations"))["items"]
    assert [invitation["uses_left"] for invitation in left] == [1]


async def test_saving_putting_away_and_consenting_twice_are_as_once(here: World) -> None:
    wren = here.wren
    form = {"about": "I dig.", "do": "save", "languages": "en"}
    assert (await _twice(wren, "/about-me", form))[0] in (303, 422)
    assert (await wren.get("/profile"))["document"]["about"] == "I dig."
    notice = (await here.anna.get("/me/notices"))["items"][0]["id"]
    assert (await _twice(here.anna, f"/notices/{notice}/read"))[:2] == (303, 303)
    assert notice not in [one["id"] for one in (await here.anna.get("/me/notices"))["items"]]
    offer = f"/offers/{here.ids['candidate_id']}/not-now"
    assert (await _twice(wren, offer))[:2] == (303, 303)
    message = f"/talks/{here.ids['room_id']}/messages/{here.ids['message_id']}/take-back"
    assert (await _twice(here.anna, message))[:2] == (303, 303)
    events = [one["type"] for one in await wren.history(here.ids["room_id"])]
    assert events.count("removed") == 1
    assert (await _twice(wren, "/sign-out"))[:2] == (303, 303)
