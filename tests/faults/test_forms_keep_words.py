"""Whatever goes wrong with a form, the words that were typed are still there."""

import re
from typing import Any

import pytest

from people.permissions import Role
from tests.faults import world as worlds
from tests.faults.test_bad_forms import READS, at
from tests.faults.world import World
from tests.journeys.plain_browser import PlainBrowser
from tests.journeys.town import Town

# What pages give back depends on no database.
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.anyio, ON_SQLITE]

WORDS = "It took me an hour to find these words."
# What is typed anew in a moment, and better not shown.
# Names, codes and numbers are typed again.
NO_WORDS = {"name", "invitation", "code", "recovery", "uses", "tel", "display"}


@pytest.fixture
async def here(town: Town) -> World:
    return await worlds.world(town)


def _forms(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Each form in which somebody writes, and the field they write in."""
    return {
        f"/talks/{ids['room_id']}": {"client_id": "c1", "text": WORDS, "note": "a note"},
        "/first-words": {"words": WORDS, "do": "save"},
        "/about-me": {"about": WORDS, "do": "save"},
        f"/hellos/new?to={ids['candidate_id']}": {"words": WORDS, "do": "send"},
        f"/groups/{ids['group_id']}/ask": {"words": WORDS},
        "/tell-us": {
            "subject": f"message:{ids['message_id']}",
            "what": "unkind",
            "note": WORDS,
        },
        f"/decisions/{ids['case_id']}": {"words": WORDS},
        f"/staff/cases/{ids['case_id']}/notes": {"note": WORDS},
        f"/staff/cases/{ids['case_id']}/look": {"reason": WORDS},
        f"/staff/cases/{ids['case_id']}/decision": {
            "version": "1", "effects": "hide", "rule": "kind", "reason": WORDS,
        },
        f"/groups/{ids['group_id']}/people/{ids['account_id']}/remove": {"reason": WORDS},
    }  # fmt: skip


async def test_a_sign_in_that_ended_meanwhile_loses_no_words(here: World) -> None:
    browser = here.anna.browser
    await here.anna.delete(
        f"/me/sign-ins/{(await here.anna.get('/me/sign-ins'))['items'][0]['id']}"
    )
    for path, fields in _forms(here.ids).items():
        shown = await browser.post(path, fields)
        assert browser.status == 401, path
        assert WORDS in shown, path
        assert "Sign in" in shown
    shown = await browser.post("/first-words", {"words": "Help"})
    assert "Help" in shown.split("Your words are still here.")[1], "one word is words too"


async def test_a_single_word_is_kept_from_every_box_there_is(here: World) -> None:
    boxes: set[str] = set()
    for path in READS:
        html = (await here.anna.browser.client.get(at(path, here.ids))).text
        controls = re.findall(r"<(?:textarea|input)\b[^>]*>", html)
        typed = [one for one in controls if one.startswith("<textarea") or 'type="text"' in one]
        boxes |= {name[1] for one in typed if (name := re.search(r'\bname="([^"]+)"', one))}
    assert {"text", "experience-0-words", "about"} <= boxes
    words = {name: f"alone{number:03}" for number, name in enumerate(sorted(boxes - NO_WORDS))}
    here.town.clock.pass_time(days=30)
    shown = await here.anna.browser.post("/first-words", words)
    assert {name for name, word in words.items() if word not in shown} == set()


async def test_a_sign_in_that_ran_out_loses_no_words(here: World) -> None:
    here.town.clock.pass_time(days=30)
    browser = here.wren.browser
    for path, fields in _forms(here.ids).items():
        assert WORDS in await browser.post(path, fields), path
    assert browser.status == 401
    await browser.open("/about-me")
    assert browser.address == "/sign-in?next=/about-me"


async def test_words_that_are_too_long_or_unusable_come_back_in_the_box(here: World) -> None:
    browser = here.anna.browser
    long = "One sentence more. " * 250
    for path, name, label in (
        (f"/talks/{here.ids['room_id']}", "text", "Send"),
        (f"/hellos/new?to={here.ids['candidate_id']}", "words", "Send hello"),
        ("/about-me", "words_for_self", "Save"),
    ):
        await browser.open(path)
        await browser.press(label, {name: long})
        assert browser.status in (413, 422), path
        assert browser.form(label)[0].values[name][0].strip() == long.strip(), path


async def test_a_hundred_thousand_letters_and_odd_ones_are_given_back(here: World) -> None:
    browser = here.anna.browser
    for odd in ("word " * 20_000, "before\0after and more"):
        for path, fields in _forms(here.ids).items():
            name = next(name for name, value in fields.items() if value == WORDS)
            await browser.post(path, fields | {name: odd})
            assert 400 <= browser.status < 500, path
            kept = [value for form in browser.page.forms for value in form.values.get(name, [])]
            whole = odd.replace("\0", "").strip()
            assert whole in browser.text or whole in [value.strip() for value in kept], path


async def test_an_ask_to_look_again_at_ones_words_keeps_them(here: World) -> None:
    browser = here.anna.browser
    held = "You are a worthless piece of shit."
    await browser.open(f"/hellos/new?to={here.ids['candidate_id']}")
    await browser.press("Send hello", {"words": held})
    if browser.status == 422:
        assert browser.form("Send hello")[0].values["words"] == [held]
    asked = "Ring me on 07700 900456, any evening."
    await browser.open(f"/talks/{here.ids['room_id']}")
    await browser.press("Send", {"text": asked})
    assert "Not sent yet. Your words are still here." in browser.text
    assert any(form.values.get("text") == [asked] for form in browser.page.forms)


async def test_when_somebody_decided_first_what_was_written_stays(here: World) -> None:
    first = here.anna
    second = await here.town.resident("Second", Role.MODERATOR)
    case = f"/staff/cases/{here.ids['case_id']}"
    for who in (first, second):
        await who.browser.post(f"{case}/look", {"reason": "On shift."})
    await first.browser.press("Decide", {"effects": ["nothing"]})
    reason = "I would say it more gently."
    typed: dict[str, str | list[str]] = {"effects": ["hide"], "rule": "kind", "reason": reason}
    await second.browser.press("Decide", typed)
    assert second.browser.status == 409
    assert "Anna has settled this already" in second.browser.text
    kept = [form.values.get("reason") for form in second.browser.page.forms]
    assert [reason] in kept or reason in second.browser.text


@pytest.mark.parametrize("effects", [["nothing"], []], ids=["settled already", "no choice"])
async def test_a_decision_that_fails_after_the_look_is_over_asks_why_again(
    here: World, effects: list[str]
) -> None:
    first = here.anna
    second = await here.town.resident("Second", Role.MODERATOR)
    case = f"/staff/cases/{here.ids['case_id']}"
    await second.browser.post(f"{case}/look", {"reason": "On shift."})
    if effects:
        await first.browser.post(f"{case}/look", {"reason": "On shift."})
        await first.browser.press("Decide", {"effects": effects})
    here.town.clock.pass_time(minutes=16)
    reason = "I would say it more gently."
    await second.browser.press("Decide", {"effects": effects, "rule": "kind", "reason": reason})
    assert "Before you read" in second.browser.text
    assert "What was said" not in second.browser.text, "no words without a reason"
    assert reason in second.browser.text, "what was typed is there to be copied"
    why = "Settled by Anna, and I read it again." if effects else "I was called away."
    await second.browser.press("Read", {"reason": why})
    assert "What was said" in second.browser.text


async def test_a_password_is_never_given_back(town: Town) -> None:
    await town.open_joining()
    stranger: PlainBrowser = town.browser()
    await stranger.open("/join")
    secret = "only i know this one"
    await stranger.press("Join", {"name": "", "password": secret})
    assert stranger.status == 422
    assert secret not in stranger.text
    assert stranger.form("Join")[0].values["password"] == [""]
    await stranger.open("/sign-in")
    await stranger.press("Sign in", {"name": "Nobody", "password": secret})
    assert stranger.form("Sign in")[0].values["name"] == ["Nobody"]
    assert stranger.form("Sign in")[0].values["password"] == [""]
