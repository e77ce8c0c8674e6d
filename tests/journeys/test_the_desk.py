"""A moderator sees the words with a reason that is kept, decides once, and everyone hears what
became of it.
"""

import pytest

from people.permissions import Role
from tests.journeys.sayings import HARD
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

KINDER = "Please say it in a way you'd like to hear it."


async def _two(town: Town) -> tuple[Resident, Resident, str]:
    wren, marigold = await town.residents("Wren", "Marigold")
    return wren, marigold, await town.talk(wren, marigold)


async def test_a_moderator_claims_looks_with_a_reason_and_reaches_out(town: Town) -> None:
    wren, _, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    colleague = await town.resident("Max", Role.MODERATOR)
    await wren.say(room_id, HARD[0], "c1")
    row = (await mo.queue())[0]
    assert row["tier"] == "now"
    assert HARD[0] not in str(row), "the queue holds nobody's words"
    case_id = row["id"]
    await mo.post(f"/cases/{case_id}/claim")
    held = await colleague.post(f"/cases/{case_id}/claim", status=409)
    assert (held["code"], held["holder"]) == ("held", "Mo")
    unread = await mo.post(f"/cases/{case_id}/look", {"reason": "  "}, status=422)
    assert unread["field"] == "reason"
    case = await mo.look(case_id)
    assert case["is_support"]
    offered = {"reached_out", "nothing", "mistaken"}
    assert set(case["offered"]) == offered, "no sanction is even on offer"
    assert case["raised"][0]["evidence"] == HARD[0]
    punish = {"version": case["version"], "steps": [{"kind": "suspend", "minutes": 60}]}
    no = await mo.post(f"/cases/{case_id}/decision", punish | {"rule": "kind"}, status=422)
    assert no["code"] == "not_on_offer"
    letter = {
        "version": case["version"],
        "steps": [{"kind": "reached_out"}],
        "reason_words": "I've read what you wrote. What would help right now?",
    }
    await mo.post(f"/cases/{case_id}/decision", letter)
    twice = await mo.post(f"/cases/{case_id}/decision", letter, status=409)
    assert twice["code"] == "superseded"
    told = await wren.told()
    assert len([words for words in told if "What would help right now?" in words]) == 1
    assert await mo.queue() == []
    looks = (await wren.get("/me/looks"))["items"]
    assert [look["day"] for look in looks] == [str(town.clock().date())]
    assert await town.audit_holds()


async def test_an_unkind_message_from_tell_us_to_a_secondlook(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    unkind = "Honestly, nobody asked you to come here."
    message_id = (await marigold.say(room_id, unkind, "m1"))["id"]
    report = {"reason": "unkind", "note": "It stung."}
    await wren.post(f"/messages/{message_id}/concerns", report, status=202)

    case_id = (await mo.queue())[0]["id"]
    case = await mo.look(case_id)
    assert case["raised"][0]["by"] == "a member", "who told us stays with us"
    decision = {"version": case["version"], "steps": [{"kind": "hide"}], "reason_words": KINDER}
    unnamed = await mo.post(f"/cases/{case_id}/decision", decision, status=422)
    assert unnamed["field"] == "rule", "promise 31: no warning without a rule"
    await mo.post(f"/cases/{case_id}/decision", decision | {"rule": "kind"})
    assert unkind not in await wren.words(room_id)

    reason = next(words for words in await marigold.told() if "Be kind" in words)
    assert KINDER in reason
    assert "follow “If you think it's wrong”" in reason
    shown = await marigold.browser.open("/home")
    assert "If you think it's wrong" in shown
    # Each thing it says stands by itself.
    pieces = marigold.browser.page.words
    assert [one for one in pieces if one.startswith("It's about this rule: Be kind")]
    assert "Wren" not in reason
    outcome = next(words for words in await wren.told() if "what you told us" in words)
    assert "We did something about it." in outcome
    looked = (await marigold.get("/me/looks"))["items"]
    assert [look["words"] for look in looked] == [look["words"] for look in looked[:1]]
    assert len(looked) == 1

    nobody = await wren.post(f"/decisions/{case_id}/look-again", {"words": "Hm."}, status=404)
    assert nobody["code"] == "not_found"
    await marigold.post(f"/decisions/{case_id}/look-again", {"words": "I meant the weather."})
    assert await mo.queue() == [], "whoever decided has a part in it"
    other = await town.resident("Max", Role.MODERATOR)
    assert [row["is_appealed"] for row in await other.queue()] == [True]
    gone = await mo.post(f"/cases/{case_id}/look", {"reason": "Curious."}, status=404)
    assert gone["code"] == "not_found"
    appeal = await other.look(case_id)
    await other.post(f"/effects/{appeal['done'][0]['id']}/undo")
    fresh = await other.look(case_id)
    settled = {"version": fresh["version"], "steps": [{"kind": "nothing"}]}
    await other.post(f"/cases/{case_id}/decision", settled)
    assert unkind in await wren.words(room_id)
    told = " ".join(await marigold.told())
    assert "We've put your message back." in told
    assert "It has been taken back." in told
    assert await town.audit_holds()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_promise_27_an_administrator_reads_nobodys_words(town: Town) -> None:
    wren, _, room_id = await _two(town)
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    message_id = (await wren.say(room_id, HARD[0], "c1"))["id"]
    case_id = (await moderator.queue())[0]["id"]
    for answer in (
        await keeper.api.get("/api/v1/cases"),
        await keeper.api.post(f"/api/v1/cases/{case_id}/look", json={"reason": "Because."}),
        await keeper.api.get(f"/api/v1/rooms/{room_id}/messages"),
        await keeper.api.post(f"/api/v1/messages/{message_id}/concerns", json={"reason": "hate"}),
    ):
        assert answer.status_code in (403, 404)
    for path in ("/audit", "/invitations"):
        assert HARD[0] not in str(await keeper.get(path))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_desk_works_without_javascript(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    unkind = "Nobody asked you to come here."
    await marigold.say(room_id, unkind, "m1")
    await wren.browser.open(f"/talks/{room_id}")
    await wren.browser.follow("Tell us about this message")
    thanks = await wren.browser.press("Tell us", {"what": "unkind", "note": "It stung."})
    assert "Thank you for telling us" in thanks

    desk = (await town.resident("Mo", Role.MODERATOR)).browser
    assert unkind not in await desk.open("/queue")
    await desk.follow("A message in a private talk")
    assert "Before you read" in desk.text
    assert unkind not in desk.text
    assert unkind in await desk.press("Read", {"reason": "On shift."})
    await desk.press("Claim")
    await desk.press("Decide", {"effects": ["hide"], "reason": KINDER})
    assert desk.status == 422
    assert desk.form("Decide")[0].values["reason"] == [KINDER], "what was written is still there"
    await desk.press("Decide", {"rule": "kind"})
    assert desk.address.startswith("/queue?done=")
    assert "Settled:" in desk.text, "what was done is said, and where it can be undone"
    assert "message hidden" in desk.text
    await desk.follow("Look again or undo")
    assert "This case is settled." in desk.text
    assert "Undo this" in desk.text
    assert unkind not in await wren.browser.open(f"/talks/{room_id}")
    assert "Be kind" in await marigold.browser.open("/home")
    await marigold.browser.follow("If you think it's wrong")
    form = next(form for form in marigold.browser.page.forms if "words" in form.names)
    await marigold.browser.press(form.buttons[-1].label, {"words": "I meant the weather."})
    assert marigold.browser.status == 200

    second = (await town.resident("Max", Role.MODERATOR)).browser
    await second.open("/queue")
    await second.follow("Look again")
    await second.press("Read", {"reason": "Asked to look again."})
    await second.press("Undo this")
    assert unkind in await wren.browser.open(f"/talks/{room_id}")
    assert await town.audit_holds()


async def test_promise_19_a_paused_account_keeps_help_the_reason_and_a_second_look(
    town: Town,
) -> None:
    wren, marigold, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    other = await town.resident("Max", Role.MODERATOR)
    message_id = (await marigold.say(room_id, "I never forget a name.", "m1"))["id"]
    await wren.post(f"/messages/{message_id}/concerns", {"reason": "threat"})
    case_id = (await mo.queue())[0]["id"]
    case = await mo.look(case_id)
    pause = {
        "version": case["version"],
        "steps": [{"kind": "hide"}, {"kind": "suspend", "minutes": 24 * 60}],
        "rule": "no_harm",
    }
    await mo.post(f"/cases/{case_id}/decision", pause)
    refused = await marigold.say(room_id, "Wait.", "m2", status=403)
    assert refused["code"] == "suspended"
    assert (await wren.post("/hellos", {"to": marigold.id, "words": "Hi."}))["id"]
    assert (await marigold.get("/hellos/received"))["items"] == []
    home = await marigold.browser.open("/home")
    assert "Your account is paused until" in home
    assert "Urgent help" in await marigold.browser.open("/help")
    assert await marigold.browser.open(f"/talks/{room_id}"), "what was said stays readable"
    desperate = await marigold.say(room_id, HARD[0], "m3", status=403)
    assert desperate["help"] == "card"
    assert [row["categories"] for row in await mo.queue()] == [["distress"]]
    await marigold.post(f"/decisions/{case_id}/look-again", {"words": "It was a song."})
    appeal = next(row for row in await other.queue() if row["is_appealed"])
    assert appeal["id"] == case_id
    town.clock.pass_time(hours=24, minutes=1)
    await town.sweep()
    await town.sweep()
    told = await marigold.told()
    assert len([words for words in told if "no longer paused" in words]) == 1
    assert (await marigold.say(room_id, "I'm sorry.", "m4"))["type"] == "sent"
    assert await town.audit_holds()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_one_tells_of_another_in_a_day_is_one_line_and_leads_to_each(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    for number in range(3):
        said = await marigold.say(room_id, f"Your jumper is ugly, {number}.", f"c{number}")
        await wren.post(f"/messages/{said['id']}/concerns", {"reason": "unkind"})
    (row,) = await mo.queue()
    assert len(row["more_ids"]) == 2
    shown = await mo.browser.open("/queue")
    assert "2 more from the same person, about the same person" in shown
    for number, case_id in enumerate(row["more_ids"], 2):
        await mo.browser.open("/queue")
        assert "why" in await mo.browser.follow(f"Number {number}")
        assert (await mo.look(case_id))["raised"][0]["evidence"].startswith("Your jumper")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_day_after_somebody_comes_back_to_them_and_to_who_read_it(town: Town) -> None:
    wren, _, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    await wren.say(room_id, HARD[0], "c1")
    (row,) = await mo.queue()
    case = await mo.look(row["id"])
    letter = {
        "version": case["version"],
        "steps": [{"kind": "reached_out"}],
        "reason_words": "I've read what you wrote. What would help right now?",
    }
    await mo.post(f"/cases/{row['id']}/decision", letter)
    assert (await mo.get("/aftercare"))["items"] == []
    town.clock.pass_time(days=1)
    tasks = (await mo.get("/aftercare"))["items"]
    assert [task["task"] for task in tasks] == ["ask_them", "ask_who_read"]
    page = await mo.browser.open("/queue")
    assert "Ask them how they are today" in page
    assert HARD[0] not in page
    await mo.post(f"/aftercare/{tasks[0]['id']}/done")
    await mo.browser.open("/queue")
    await mo.browser.press("I've done this")
    assert "To come back to today" not in mo.browser.text
    await wren.get("/aftercare", status=403)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_delay_that_can_not_be_is_said_on_the_case_itself(town: Town) -> None:
    wren, _, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    await wren.say(room_id, HARD[0], "c1")
    case_id = (await mo.queue())[0]["id"]
    await mo.look(case_id)
    path, wide = f"/staff/cases/{case_id}/delay", mo.browser
    refused = await wide.post(path, {"do": "ask", "ground": "curious", "days": "30"})
    assert "Please choose why." in refused
    assert "What was said" in refused, "the case is still there"
    await wide.post(path, {"do": "ask", "ground": "danger", "days": "30"})
    assert "Somebody else has to say yes." in await wide.post(path, {"do": "confirm"})
    assert "Somebody has asked for that already." in await wide.post(
        path, {"do": "ask", "ground": "witness", "days": "7"}
    )
