"""Somebody is looked after. Their own distress is always delivered, never punished; they see
help at once, and a person is told. What would harm somebody else is folded. A moderator sees the
words with a reason that is kept, decides once, and everyone hears what became of it.
"""

import asyncio
from importlib import resources
from itertools import islice
from typing import Any

import pytest

from core.safety import Category, Context, Tier
from moderation import rulebooks
from moderation.safety_words import SafetyWords
from moderation.screening import RulesScreening
from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

RULES = rulebooks.shipped().rules


def _distress(tier: Tier) -> list[str]:
    """Sentences of the rulebook's own, each in another voice: distress of that tier alone."""
    screening = RulesScreening()
    own = [rule for rule in RULES if (rule.category, rule.tier) == (Category.DISTRESS, tier)]
    said = [example for rule in own for example in rule.matches]
    verdicts = {words: screening.screen(words, Context()) for words in said}
    wanted = (tier, {Category.DISTRESS})
    return [words for words in said if (verdicts[words].tier, verdicts[words].categories) == wanted]


HARD, QUIETER = _distress(Tier.NOW), _distress(Tier.SOON)
SAFETY = resources.files("people").joinpath("defaults", "safety_words.json").read_text("utf-8")
QUESTION = SafetyWords.model_validate_json(SAFETY).wording(is_easy_read=False).help_card.question
ABUSE = next(rule for rule in RULES if rule.id == "harassment.insult").matches[0]
KINDER = "Please say it in a way you'd like to hear it."


async def _two(town: Town) -> tuple[Resident, Resident, str]:
    wren, marigold = await town.residents("Wren", "Marigold")
    return wren, marigold, await town.talk(wren, marigold)


async def _queue(moderator: Resident) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await moderator.get("/cases"))["items"]
    return found


async def _look(moderator: Resident, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await moderator.post(
        f"/cases/{case_id}/look", {"reason": "On shift, from the queue."}
    )
    return found


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
    queue = await _queue(moderator)
    assert [(row["tier"], row["categories"]) for row in queue] == [("now", ["distress"])]


async def test_promise_1_in_an_ask_first_place_contact_details_wait_but_not_in_distress(
    town: Town,
) -> None:
    wren, marigold, room_id = await _two(town)
    number = "My number is 07700 900123."
    asked = await wren.say(room_id, number, "c1", status=202)
    assert (asked["type"], set(asked["choices"])) == ("asked", {"change", "anyway", "person"})
    sent = await wren.say(room_id, f"{HARD[0]} {number}", "c2")
    assert sent["type"] == "sent"
    assert await marigold.words(room_id) == [f"{HARD[0]} {number}"]


async def test_promise_1_only_what_harms_somebody_else_is_folded(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    words = f"{HARD[0]} And you are a worthless piece of shit."
    assert (await wren.say(room_id, words, "c1"))["type"] == "sent"
    peers, mine = await marigold.history(room_id), await wren.history(room_id)
    assert HARD[0].rstrip(".") in _shown(peers[-1])
    assert "worthless" not in _shown(peers[-1])
    assert mine[-1]["text"] == words, "its author reads all of it"
    categories = {name for row in await _queue(moderator) for name in row["categories"]}
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
    assert len(await _queue(moderator)) == 1
    case = await _look(moderator, (await _queue(moderator))[0]["id"])
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
    waiting = len(await _queue(moderator))
    assert (await wren.say(room_id, HARD[2], "d2")).get("help") is None
    assert len(await _queue(moderator)) == waiting
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
    assert [row["tier"] for row in await _queue(moderator)] == ["now"]
    phone = wren.browser
    shown = await phone.post(f"/talks/{room_id}", {"text": HARD[1], "client_id": "c2"})
    assert "You can read here, but you can't write here for a while." in shown
    assert QUESTION in shown
    assert "Your message was sent." not in shown, "it wasn't"
    assert phone.form("Send")[0].values["text"] == [HARD[1]], "nothing typed is lost"


async def test_a_moderator_claims_looks_with_a_reason_and_reaches_out(town: Town) -> None:
    wren, _, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    colleague = await town.resident("Max", Role.MODERATOR)
    await wren.say(room_id, HARD[0], "c1")
    row = (await _queue(mo))[0]
    assert row["tier"] == "now"
    assert HARD[0] not in str(row), "the queue holds nobody's words"
    case_id = row["id"]
    await mo.post(f"/cases/{case_id}/claim")
    held = await colleague.post(f"/cases/{case_id}/claim", status=409)
    assert (held["code"], held["holder"]) == ("held", "Mo")
    unread = await mo.post(f"/cases/{case_id}/look", {"reason": "  "}, status=422)
    assert unread["field"] == "reason"
    case = await _look(mo, case_id)
    assert case["is_support"]
    assert set(case["offered"]) == {"reached_out", "nothing"}, "no sanction is even on offer"
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
    assert await _queue(mo) == []
    looks = (await wren.get("/me/looks"))["items"]
    assert [look["day"] for look in looks] == [str(town.clock().date())]
    assert await town.audit_holds()


async def test_an_unkind_message_from_tell_us_to_a_second_look(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    mo = await town.resident("Mo", Role.MODERATOR)
    unkind = "Honestly, nobody asked you to come here."
    message_id = (await marigold.say(room_id, unkind, "m1"))["id"]
    report = {"reason": "unkind", "note": "It stung."}
    await wren.post(f"/messages/{message_id}/concerns", report, status=202)

    case_id = (await _queue(mo))[0]["id"]
    case = await _look(mo, case_id)
    assert case["raised"][0]["by"] == "a member", "who told us stays with us"
    decision = {"version": case["version"], "steps": [{"kind": "hide"}], "reason_words": KINDER}
    unnamed = await mo.post(f"/cases/{case_id}/decision", decision, status=422)
    assert unnamed["field"] == "rule", "promise 31: no warning without a rule"
    await mo.post(f"/cases/{case_id}/decision", decision | {"rule": "kind"})
    assert unkind not in await wren.words(room_id)

    reason = next(words for words in await marigold.told() if "Be kind" in words)
    assert KINDER in reason
    assert "Ask somebody else to look" in reason
    assert "Wren" not in reason
    outcome = next(words for words in await wren.told() if "what you told us" in words)
    assert "We did something about it." in outcome
    looked = (await marigold.get("/me/looks"))["items"]
    assert [look["words"] for look in looked] == [look["words"] for look in looked[:1]]
    assert len(looked) == 1

    nobody = await wren.post(f"/decisions/{case_id}/look-again", {"words": "Hm."}, status=404)
    assert nobody["code"] == "not_found"
    await marigold.post(f"/decisions/{case_id}/look-again", {"words": "I meant the weather."})
    assert await _queue(mo) == [], "whoever decided has a part in it"
    other = await town.resident("Max", Role.MODERATOR)
    assert [row["is_appealed"] for row in await _queue(other)] == [True]
    gone = await mo.post(f"/cases/{case_id}/look", {"reason": "Curious."}, status=404)
    assert gone["code"] == "not_found"
    appeal = await _look(other, case_id)
    await other.post(f"/effects/{appeal['done'][0]['id']}/undo")
    fresh = await _look(other, case_id)
    settled = {"version": fresh["version"], "steps": [{"kind": "nothing"}]}
    await other.post(f"/cases/{case_id}/decision", settled)
    assert unkind in await wren.words(room_id)
    told = " ".join(await marigold.told())
    assert "We've put your message back." in told
    assert "It has been taken back." in told
    assert await town.audit_holds()


async def test_promise_27_an_administrator_reads_nobodys_words(town: Town) -> None:
    wren, _, room_id = await _two(town)
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    moderator = await town.resident("Mo", Role.MODERATOR)
    message_id = (await wren.say(room_id, HARD[0], "c1"))["id"]
    case_id = (await _queue(moderator))[0]["id"]
    for answer in (
        await keeper.api.get("/api/v1/cases"),
        await keeper.api.post(f"/api/v1/cases/{case_id}/look", json={"reason": "Because."}),
        await keeper.api.get(f"/api/v1/rooms/{room_id}/messages"),
        await keeper.api.post(f"/api/v1/messages/{message_id}/concerns", json={"reason": "hate"}),
    ):
        assert answer.status_code in (403, 404)
    for path in ("/audit", "/invitations"):
        assert HARD[0] not in str(await keeper.get(path))


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
    await desk.follow("A message in a talk")
    assert "Before you read" in desk.text
    assert unkind not in desk.text
    assert unkind in await desk.press("Read", {"reason": "On shift."})
    await desk.press("Claim")
    await desk.press("Decide", {"effects": ["hide"], "reason": KINDER})
    assert desk.status == 422
    assert desk.form("Decide")[0].values["reason"] == [KINDER], "what was written is still there"
    await desk.press("Decide", {"rule": "kind"})
    assert desk.address == "/queue"
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


async def test_promise_7_worried_about_them_alerts_a_person_and_asks_next_day(town: Town) -> None:
    wren, marigold, room_id = await _two(town)
    moderator = await town.resident("Mo", Role.MODERATOR)
    await marigold.say(room_id, "It's been a long day, that's all.", "m1")
    await wren.browser.open(f"/talks/{room_id}")
    await wren.browser.press("I'm worried about them")
    assert [row["tier"] for row in await _queue(moderator)] == ["now"]
    told = len(await wren.told())
    town.clock.pass_time(hours=24, minutes=1)
    assert len(await wren.told()) == told + 1
    assert "Marigold" in (await wren.told())[-1]
