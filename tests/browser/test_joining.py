"""From the first page to the first people, as somebody does it on a telephone."""

import time
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.openness import violations_of

pytestmark = pytest.mark.browser

PASSWORD = "ladder kettle mustard sky"
numbers = count(1)


class Taps:
    """Counts what a thumb does: each press and each box one goes into. Typing is not a tap."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, place: Locator) -> None:
        self.count += 1
        place.tap()

    def into(self, box: Locator, words: str) -> None:
        self.on(box)
        box.press_sequentially(words)


def _join(page: Page, taps: Taps, name: str) -> None:
    page.goto("/")
    taps.on(page.get_by_role("link", name="Join with a name you choose"))
    taps.into(page.get_by_label("What shall we call you?"), name)
    taps.into(page.get_by_label("Choose a password"), PASSWORD)
    taps.on(page.get_by_label("I am 18 or over"))
    for condition in page.locator("input[name^='consent.'][required]").all():
        taps.on(condition)
    taps.on(page.get_by_role("button", name="Join"))


def test_from_the_first_page_to_the_first_offer_it_takes_at_most_twelve_taps(
    visitors: Visitors,
) -> None:
    page = visitors.come(width=360, has_touch=True)
    taps, began = Taps(), time.monotonic()
    _join(page, taps, f"Wren {next(numbers)}")
    taps.on(page.get_by_role("link", name="I've kept them. Go on"))
    words = "My brother hears voices and I'm the one who rings the ward. I can't sleep."
    taps.into(page.get_by_label("In your own words"), words)
    taps.on(page.get_by_role("button", name="Show me people and groups"))
    expect(page.get_by_role("link", name="Say hello to").first).to_be_visible()
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    assert taps.count <= 12
    # A machine types faster than a thumb: what is left of two minutes is the person's.
    assert time.monotonic() - began < 60
    assert page.locator(".why").first.inner_text().strip()


def test_recovery_words_are_shown_once_and_let_one_back_in(visitors: Visitors) -> None:
    page, name = visitors.come(width=360, has_touch=True), f"Lark {next(numbers)}"
    _join(page, Taps(), name)
    expect(page.locator(".recovery li")).to_have_count(8)
    words = page.locator(".recovery li").all_inner_texts()
    assert len(set(words)) == 8
    # Said once to each: what leaving quickly can't do.
    expect(page.get_by_text("It can't clear your browser's history")).to_be_visible()
    assert violations_of(page) == {}
    page.get_by_role("link", name="I've kept them. Go on").click()
    page.get_by_role("button", name="Skip this").click()
    expect(page).to_have_url(visitors.place.origin + "/offers")
    for path in ("/home", "/my-data", "/first-words"):
        page.goto(path)
        assert not any(word in page.content() for word in words)

    again = visitors.come()
    again.goto("/recover")
    again.get_by_label("Your name here").fill(name)
    again.get_by_label("One of your recovery words").fill(words[3].upper())
    again.get_by_label("A new password").fill("another lantern walks slowly")
    again.get_by_role("button", name="Let me back in").click()
    expect(again.get_by_role("heading", name=f"Hello, {name}")).to_be_visible()


def test_what_was_typed_stays_when_something_needs_another_look(visitors: Visitors) -> None:
    page = visitors.come(has_script=False)
    visitors.allow(page, r"status of (409|422) ")
    page.goto("/join")
    page.get_by_label("What shall we call you?").fill("Sam")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("I am 18 or over").check()
    for condition in page.locator("input[name^='consent.'][required]").all():
        condition.check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What shall we call you?")).to_have_value("Sam")
    expect(page.get_by_label("I am 18 or over")).to_be_checked()


@pytest.mark.parametrize(
    ("door", "arrives_at"),
    [("Sam", "/home"), ("Josie", "/home"), ("Win", "/queue"), ("Priya", "/home")],
)
def test_one_press_lets_one_look_around_the_demo_as_anybody(
    visitors: Visitors, door: str, arrives_at: str
) -> None:
    page = visitors.come()
    page.goto("/")
    page.get_by_role("region", name="Look around as").get_by_role("button", name=door).click()
    expect(page).to_have_url(visitors.place.origin + arrives_at)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Join with a name you choose")).to_be_visible()
