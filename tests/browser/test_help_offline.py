"""Urgent help when nothing else works, and leaving quickly."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

NEUTRAL = "https://www.bbc.co.uk/weather"


def _saved(page: Page) -> None:
    """Wait until the one page is on the device."""
    page.wait_for_function(
        "async () => Boolean(await caches.match('/help?saved=1') && navigator.serviceWorker"
        " && (await navigator.serviceWorker.ready).active.state === 'activated')"
    )


def test_once_visited_urgent_help_works_without_the_service(visitors: Visitors) -> None:
    page = visitors.come("Ezra", width=360)
    visitors.allow(page, r"net::ERR_")
    page.goto("/help")
    expect(page.get_by_text("Ezra")).to_have_count(0)
    _saved(page)
    page.goto("/talks")
    with visitors.place.away():
        page.goto("/help")
        expect(page.get_by_role("heading", name="Urgent help", level=1)).to_be_visible()
        expect(page.get_by_text("This copy was saved on your device")).to_be_visible()
        expect(page.get_by_role("link", name="Call 116 123").first).to_be_visible()
        # Its style comes from the device too; nobody's words or name do.
        assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"
        assert page.get_by_text("open now").count() == 0
        assert page.get_by_role("button", name="Sign out").count() == 0


def test_without_a_network_it_opens_as_well(visitors: Visitors) -> None:
    page = visitors.come()
    visitors.allow(page, r"net::ERR_")
    page.goto("/help")
    _saved(page)
    page.goto("/what-happens")
    page.context.set_offline(True)
    page.goto("/help")
    expect(page.get_by_text("This copy was saved on your device")).to_be_visible()
    page.context.set_offline(False)


def test_nothing_but_help_is_ever_kept_on_the_device(visitors: Visitors) -> None:
    page = visitors.come("Ezra")
    page.goto("/help")
    _saved(page)
    for path in ("/home", "/talks", "/about-me", "/help"):
        page.goto(path)
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname))))"
        ".flat()"
    )
    files = {"tokens.css", "style.css", "leave.js", "icon.svg"}
    assert set(kept) == {"/help"} | {f"/static/{name}" for name in files}


def _press(page: Page) -> None:
    page.get_by_role("link", name="Leave quickly").click()


def _escape(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("go", [_press, _escape])
def test_leaving_quickly_leaves_nothing_to_go_back_to(
    visitors: Visitors, go: Callable[[Page], None]
) -> None:
    page = visitors.come("Sam", width=360)
    # The weather is not asked for really, and it is the only other host anybody is sent to.
    visitors.allow(page, f"request: {NEUTRAL}")
    page.context.route(NEUTRAL, lambda route: route.fulfill(body="<title>Weather</title>"))
    page.goto("/help")
    page.goto("/talks")
    page.get_by_role("link", name="Mac").click()
    expect(page.get_by_role("heading", name="Mac", level=1)).to_be_visible()
    page.wait_for_load_state()
    go(page)
    page.wait_for_url(NEUTRAL)
    page.go_back()
    # What was open is gone from the history: Back leads past it.
    expect(page).to_have_url(visitors.place.origin + "/talks")


def test_two_escapes_or_slow_ones_leave_nobody(visitors: Visitors) -> None:
    page = visitors.come("Sam")
    page.goto("/home")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(3_200)
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    expect(page).to_have_url(visitors.place.origin + "/home")
