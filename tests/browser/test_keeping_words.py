"""Connections that go, pages one goes back to, two tabs: no words are lost, none appear twice."""

from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

numbers = count(1)
NO_NETWORK = (r"net::ERR_", r"WebSocket")
BACK_WITHIN_MS = 60_000


def _talk(page: Page, other: str) -> None:
    page.goto("/talks")
    page.get_by_role("link", name=other).click()
    expect(page.get_by_role("heading", name=other, level=1)).to_be_visible()


def _live(page: Page) -> None:
    expect(page.locator("#show-new")).to_be_hidden()


def _box(page: Page) -> Locator:
    return page.get_by_label("Write something")


def _say(page: Page, words: str) -> None:
    _box(page).fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def _said(page: Page, words: str) -> Locator:
    return page.locator("#log .said-words").get_by_text(words, exact=True)


def _item(page: Page, words: str) -> Locator:
    said = page.locator(".said-words").get_by_text(words, exact=True)
    return page.locator("#log .said").filter(has=said)


def test_without_a_network_words_wait_and_arrive_once(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor", width=360), visitors.come("Kwame")
    visitors.allow(noor, *NO_NETWORK)
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    _live(kwame)
    mark = f"in a tunnel {next(numbers)}"
    noor.context.set_offline(True)
    for number in range(3):
        _say(noor, f"{mark}: {number}")
    _say(kwame, f"{mark}: are you there?")
    expect(noor.locator("#pending li")).to_have_count(3)
    noor.context.set_offline(False)
    for page in (noor, kwame):
        for words in ("0", "1", "2", "are you there?"):
            expect(_said(page, f"{mark}: {words}")).to_have_count(1, timeout=BACK_WITHIN_MS)
    expect(noor.locator("#pending li")).to_have_count(0)


def test_two_tabs_of_one_person_show_the_same_and_keep_their_own_words(visitors: Visitors) -> None:
    first, kwame = visitors.come("Noor"), visitors.come("Kwame")
    second = first.context.new_page()
    for page, other in ((first, "Kwame"), (second, "Kwame"), (kwame, "Noor")):
        _talk(page, other)
        _live(page)
    mark = f"two tabs {next(numbers)}"
    _box(second).fill(f"{mark}: half a thought")
    _say(first, f"{mark}: from the first")
    _say(kwame, f"{mark}: an answer")
    for page in (first, second):
        for words in ("from the first", "an answer"):
            expect(_said(page, f"{mark}: {words}")).to_have_count(1)
    expect(_box(second)).to_have_value(f"{mark}: half a thought")
    expect(first.locator("#pending li")).to_have_count(0)


def test_a_reload_keeps_the_words_and_the_note_above_them(visitors: Visitors) -> None:
    page = visitors.come("Noor", width=360)
    _talk(page, "Kwame")
    _live(page)
    _box(page).fill("Half a sentence about")
    page.get_by_text("Add a content note").click()
    page.locator("#note").fill("about hospital")
    page.reload()
    expect(_box(page)).to_have_value("Half a sentence about")
    expect(page.locator("#note")).to_have_value("about hospital")
    expect(page.locator("#note")).to_be_visible()
    _box(page).fill("")


def test_words_typed_after_going_back_without_script_are_said_too(visitors: Visitors) -> None:
    page = visitors.come("Mac", width=360, has_script=False)
    _talk(page, "Sam")
    mark = f"back again {next(numbers)}"
    _say(page, f"{mark}: first")
    expect(_said(page, f"{mark}: first")).to_have_count(1)
    page.go_back()
    _say(page, f"{mark}: second")
    for words in ("first", "second"):
        expect(_said(page, f"{mark}: {words}")).to_have_count(1)


def test_what_is_taken_back_or_folded_is_not_quoted_above_an_answer(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    mark = f"quoted {next(numbers)}"
    noor.get_by_text("Add a content note").click()
    noor.locator("#note").fill("about a ward")
    _say(noor, f"{mark}: under a note")
    expect(noor.locator("#pending li")).to_have_count(0)
    kwame.reload()
    _answer(kwame, f"{mark}: under a note", f"{mark}: an answer")
    for page, name in ((noor, "You"), (kwame, "Noor")):
        quote = _item(page, f"{mark}: an answer").locator(".said-reply")
        expect(quote).to_have_text(f"{name}: Content note: about a ward")
    noted = _item(noor, f"{mark}: under a note")
    noted.locator(".said-more summary").click()
    noted.get_by_role("button", name="Take it back").click()
    for page in (noor, kwame):
        expect(_said(page, f"{mark}: an answer")).to_have_count(1)
        expect(_item(page, f"{mark}: an answer").locator(".said-reply")).to_have_count(0)


def _answer(page: Page, to: str, words: str) -> None:
    item = _item(page, to)
    item.locator(".said-more summary").click()
    item.get_by_role("link", name="Reply").click()
    _live(page)
    _say(page, words)
    expect(_said(page, words)).to_have_count(1)


def test_the_log_hears_of_additions_only(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    _live(kwame)
    mark = f"announced {next(numbers)}"
    kwame.evaluate(
        """() => {
          window.changes = [];
          new MutationObserver((all) => all.forEach((one) => window.changes.push(
            one.type === "childList" && one.target.tagName === "OL"
              && one.addedNodes.length && !one.removedNodes.length ? "added" : one.type,
          ))).observe(document.getElementById("log"),
            { childList: true, subtree: true, characterData: true });
        }"""
    )
    for number in range(3):
        _say(noor, f"{mark}: {number}")
    expect(_said(kwame, f"{mark}: 2")).to_have_count(1)
    assert kwame.evaluate("window.changes") == ["added"] * 3
    log = kwame.get_by_role("log")
    assert log.get_attribute("aria-relevant") == "additions"
    assert log.evaluate("node => node.tagName") == "DIV"


def test_what_is_kept_for_later_is_in_the_box_of_another_device(visitors: Visitors) -> None:
    phone, laptop = visitors.come("Noor", width=360), visitors.come("Noor")
    for page in (phone, laptop):
        page.goto("/talks")
        page.get_by_role("link", name="Kwame").click()
        expect(page.locator("#show-new")).to_be_hidden()
    words = "I began this on the bus."
    phone.get_by_label("Write something").fill(words)
    phone.get_by_role("button", name="Keep it for later").click()
    expect(phone.get_by_text("You kept this for later.")).to_be_visible()
    laptop.reload()
    expect(laptop.get_by_label("Write something")).to_have_value(words)
    expect(laptop.locator("#show-new")).to_be_hidden()
    laptop.get_by_role("button", name="Send", exact=True).click()
    expect(laptop.locator("#log").get_by_text(words, exact=True)).to_be_visible()
    expect(laptop.get_by_text("You kept this for later.")).to_have_count(0)
    phone.reload()
    expect(phone.get_by_label("Write something")).to_have_value("")
