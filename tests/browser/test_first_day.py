"""A new installation: from the code on the console to a place that people can join."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import communities
from tests.browser.conftest import Visitors
from tests.browser.openness import violations_of

pytestmark = pytest.mark.browser

PASSWORD = "ladder kettle mustard sky"


@pytest.fixture
def founders(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    """Whoever comes to an installation that nobody has begun."""
    place = communities.empty(tmp_path_factory.mktemp("empty"))
    place.start()
    who = Visitors(browser, place)
    yield who
    who.leave()
    place.stop()


def _begin(page: Page, code: str) -> None:
    page.get_by_label("The code shown where you started").fill(code)
    page.get_by_label("Its name").fill("The Lighthouse")
    page.get_by_label("Your name here").fill("Amira")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()


def test_the_first_administrator_brings_a_place_to_life(founders: Visitors) -> None:
    page = founders.come()
    founders.allow(page, r"status of 422 ")
    page.goto("/")
    expect(page.get_by_role("heading", name="Set this place up")).to_be_visible()
    assert violations_of(page) == {}
    _begin(page, "WRNG-CODE-HERE")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Its name")).to_have_value("The Lighthouse")
    found = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}", founders.place.log.read_text())
    assert found is not None
    _begin(page, found[0])
    expect(page.locator(".recovery li")).to_have_count(8)
    page.get_by_role("link", name="I've kept them. Go on").click()
    expect(page.get_by_role("heading", name="Hello, Amira")).to_be_visible()

    page.get_by_role("link", name="Setting up").click()
    expect(page.get_by_text("People join by invitation.")).to_be_visible()
    page.get_by_role("button", name="Make an invitation").click()
    invitation = page.get_by_role("status").locator("b").inner_text()
    assert violations_of(page) == {}

    guest = founders.come(width=360)
    guest.goto("/")
    guest.get_by_role("link", name="Join with your invitation").click()
    guest.get_by_label("Your invitation").fill(invitation)
    guest.get_by_label("What shall we call you?").fill("Wren")
    guest.get_by_label("Choose a password").fill(PASSWORD)
    guest.get_by_label("I am 18 or over").check()
    for condition in guest.locator("input[name^='consent.'][required]").all():
        condition.check()
    guest.get_by_role("button", name="Join").click()
    guest.get_by_role("link", name="I've kept them. Go on").click()
    guest.get_by_role("button", name="Skip this").click()
    # Alone in a new place: no dead end, and it says so kindly.
    expect(guest.get_by_role("heading", name="People and groups for me")).to_be_visible()
    expect(guest.locator("main")).to_contain_text(re.compile("first|here|2 here"))
    assert violations_of(guest) == {}
