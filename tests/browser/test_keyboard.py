"""Each journey's main path with a keyboard alone: focus is always seen and never lost."""

from itertools import count
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors, first_offered

pytestmark = pytest.mark.browser

numbers = count(1)
WIDTHS: Final = pytest.mark.parametrize("width", [360, 1280])
# More stops than any page has between its top and what one came for.
MOST_STOPS: Final = 150
# What has focus: whether its ring is drawn, and whether anything lies over it.
FOCUS: Final = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const rows = [0.1, 0.5, 0.9].map((part) => box.top + box.height * part);
  const at = rows.map((y) => document.elementFromPoint(box.left + box.width / 2, y));
  return {
    what: one.outerHTML.slice(0, 120),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    isSeen: at.some((top) => top && (one.contains(top) || top.contains(one))),
  };
}"""


def _step(page: Page, key: str = "Tab") -> None:
    page.keyboard.press(key)
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    # After the last stop the browser's own controls have it.
    if found is not None:
        assert found["ring"] >= 3, f"no ring: {found['what']}"
        assert found["isSeen"], f"covered: {found['what']}"


def _reach(page: Page, wanted: Locator) -> None:
    """Press Tab until it has focus."""
    expect(wanted).to_be_visible()
    page.wait_for_load_state()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        _step(page)
    raise AssertionError(f"No way to {wanted} with Tab.")


def _go(page: Page, wanted: Locator, key: str = "Enter") -> None:
    _reach(page, wanted)
    page.keyboard.press(key)


def _type(page: Page, wanted: Locator, words: str) -> None:
    _reach(page, wanted)
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


@WIDTHS
def test_joining_by_keyboard(visitors: Visitors, width: int) -> None:
    page = visitors.come(width=width)
    page.goto("/")
    _step(page)
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    _go(page, page.get_by_role("link", name="Join with a name you choose"))
    _type(page, page.get_by_label("What shall we call you?"), f"Robin {next(numbers)}")
    _type(page, page.get_by_label("Choose a password"), "ladder kettle mustard sky")
    _go(page, page.get_by_label("I am 18 or over"), "Space")
    for condition in page.locator("input[name^='consent.'][required]").all():
        _go(page, condition, "Space")
    _go(page, page.get_by_role("button", name="Join"))
    _go(page, page.get_by_role("link", name="I've kept them. Go on"))
    _type(page, page.get_by_label("In your own words"), "I hear voices and I lost my dad.")
    _go(page, page.get_by_role("button", name="Show me people and groups"))
    _go(page, page.get_by_role("link", name="Say hello to").first)
    expect(page.get_by_role("button", name="Send hello")).to_be_visible()


@WIDTHS
def test_saying_hello_and_saying_yes_by_keyboard(visitors: Visitors, width: int) -> None:
    asker = {360: "Kwame", 1280: "Noor"}[width]
    asks = visitors.come(asker, width=width)
    asks.goto("/offers")
    name = first_offered(asks)
    answers = visitors.come(name, width=width)
    _go(asks, asks.get_by_role("link", name=f"Say hello to {name}"))
    _type(asks, asks.get_by_label("Or begin with this"), "Hello. Shall we talk?")
    _go(asks, asks.get_by_role("button", name="Send hello"))
    expect(asks.get_by_text("Waiting for an answer", exact=True)).to_be_visible()
    answers.goto("/hellos")
    _go(answers, answers.get_by_role("button", name="Yes, let's talk"))
    expect(answers.get_by_role("heading", name=asker, level=1)).to_be_visible()


@WIDTHS
def test_talking_by_keyboard_keeps_focus_where_one_writes(visitors: Visitors, width: int) -> None:
    sam, mac = visitors.come("Sam", width=width), visitors.come("Mac")
    sam.goto("/home")
    _go(sam, sam.get_by_role("link", name="Talks", exact=True))
    _go(sam, sam.get_by_role("link", name="Mac"))
    expect(sam.locator("#show-new")).to_be_hidden()
    mac.goto("/talks")
    mac.get_by_role("link", name="Sam").click()
    expect(mac.locator("#show-new")).to_be_hidden()
    box, words = sam.get_by_label("Write something"), f"by keyboard {next(numbers)}"
    _type(sam, box, words)
    _go(sam, sam.get_by_role("button", name="Send", exact=True))
    expect(sam.locator("#log").get_by_text(words, exact=True)).to_be_visible()
    expect(box).to_be_focused()
    # What comes in moves nothing from under one's hands.
    mac.get_by_label("Write something").fill(f"{words}, answered")
    mac.get_by_role("button", name="Send", exact=True).click()
    expect(sam.locator("#log").get_by_text(f"{words}, answered", exact=True)).to_be_visible()
    expect(box).to_be_focused()
    _step(sam)
    _step(sam, "Shift+Tab")
    expect(box).to_be_focused()


@WIDTHS
def test_asking_to_join_a_group_and_being_let_in_by_keyboard(
    visitors: Visitors, width: int
) -> None:
    name = {360: "Magpie", 1280: "Dougie"}[width]
    page, josie = visitors.come(name, width=width), visitors.come("Josie", width=width)
    page.goto("/groups")
    _go(page, page.get_by_role("link", name="Tuned In", exact=True))
    _type(page, page.get_by_label("A few words to the people"), "May I come in?")
    _go(page, page.get_by_role("button", name="Ask to join"))
    expect(page.get_by_text("You've asked to join.")).to_be_visible()
    # Whoever looks after it answers, and puts a line up, without a mouse.
    josie.goto("/groups")
    _go(josie, josie.get_by_role("link", name="Tuned In", exact=True))
    _go(josie, josie.get_by_role("button", name=f"Let {name} in"))
    _go(josie, josie.get_by_role("link", name="Look after this group"))
    _go(josie, josie.locator("#part-announcement > summary"))
    _type(josie, josie.get_by_label("What everybody in the group sees first"), f"Hello {name}.")
    _go(josie, josie.get_by_role("button", name="Save the line"))
    expect(josie.get_by_text("Saved.")).to_be_visible()


@WIDTHS
def test_setting_a_place_up_by_keyboard(visitors: Visitors, width: int) -> None:
    page = visitors.come("Priya", width=width)
    page.goto("/home")
    _go(page, page.get_by_role("link", name="Setting up", exact=True))
    _go(page, page.locator("a[href='/administration/documents/vocabulary']").first)
    _reach(page, page.locator("textarea").first)
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\nkeeping bees {width}")
    _go(page, page.locator("main form button.main").first)
    expect(page.get_by_role("status").first).to_be_visible()


TELL_OF_NEWEST: Final = """async () => {
  const theirs = document.querySelectorAll("#log .said:not(.mine)[data-id]");
  const id = theirs[theirs.length - 1].dataset.id;
  const body = JSON.stringify({ reason: "unkind" });
  const headers = { "content-type": "application/json" };
  return (await fetch(`/api/v1/messages/${id}/concerns`, { method: "POST", headers, body })).status;
}"""


@WIDTHS
def test_deciding_by_keyboard(visitors: Visitors, width: int) -> None:
    teller, other = {360: ("Yusuf", "Mei"), 1280: ("Tilly", "Shirin")}[width]
    told = visitors.come(teller)
    told.goto("/talks")
    told.get_by_role("link", name=other).click()
    expect(told.get_by_role("heading", name=other, level=1)).to_be_visible()
    assert told.evaluate(TELL_OF_NEWEST) == 202
    page = visitors.come("Desmond", width=width)
    page.goto("/queue")
    row = page.locator("[data-row]").filter(has_text="private talk").last
    _go(page, row.get_by_role("rowheader").get_by_role("link"))
    _go(page, page.get_by_role("button", name="Read", exact=True))
    form = page.locator("form[action*='/decision']")
    _go(page, form.get_by_label("Nothing needs doing"), "Space")
    _go(page, form.get_by_role("button", name="Decide"))
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()


@WIDTHS
def test_the_queue_and_a_case_by_keyboard(visitors: Visitors, width: int) -> None:
    # Each reads it for the first time, and says why.
    name = {360: "Desmond", 1280: "Win"}[width]
    page = visitors.come(name, width=width)
    page.goto("/queue")
    rows = page.locator("[data-row]")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(row).get_by_role("rowheader").get_by_role("link")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys summary")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    _go(page, page.get_by_role("button", name="Read", exact=True))
    expect(page.get_by_role("heading", name="What was said")).to_be_visible()
    words = page.locator(".about details")
    _go(page, words.locator("summary"))
    expect(words.locator(".said-words")).to_be_visible()
    expect(words.locator("summary")).to_be_focused()
    _go(page, page.get_by_role("button", name="Claim", exact=True))
    expect(page.get_by_text(f"with {name}")).to_be_visible()
    _go(page, page.get_by_role("button", name="Give it back"))
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()


def test_the_keys_can_be_turned_off(visitors: Visitors) -> None:
    page = visitors.come("Win")
    page.goto("/queue")
    page.keyboard.press("?")
    page.get_by_label("Use these keys on this device").uncheck()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("path", ["/help", "/about-me", "/my-data", "/hellos", "/tell-us"])
def test_every_stop_of_a_page_is_seen(visitors: Visitors, path: str) -> None:
    page = visitors.come("Sam", width=360)
    page.goto(path)
    for _ in range(MOST_STOPS):
        _step(page)
        if page.evaluate("document.activeElement === document.body"):
            break
