"""Every page, light and dark, narrow and wide: open to everybody, quiet, and small."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.openness import NARROWEST, violations_of
from tests.browser.sights import SIGHTS, Sight

pytestmark = pytest.mark.browser

FIRST_PAGE_BYTES: Final = 50_000
FIRST_PAGE_REQUESTS: Final = 6


@pytest.fixture(params=SIGHTS, ids=lambda sight: sight.name)
def sight(request: pytest.FixtureRequest) -> Sight:
    found: Sight = request.param
    return found


def _look(visitors: Visitors, sight: Sight) -> Page:
    page = visitors.come(sight.who)
    visitors.allow(page, r"status of (401|404|409|422) ")
    page.goto(sight.path)
    sight.then(page)
    return page


def test_it_keeps_nobody_out_and_shows_the_ways_out(visitors: Visitors, sight: Sight) -> None:
    page = _look(visitors, sight)
    _has_its_frame(page)
    assert violations_of(page) == {}
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST


def _has_its_frame(page: Page) -> None:
    """One heading, a title that gives nothing away, urgent help, and the way out."""
    assert page.locator("h1").count() == 1
    assert re.fullmatch(r"[\w ]+ · Been There", page.title())
    assert page.get_by_role("banner").get_by_role("link", name="Urgent help").is_visible()
    assert page.get_by_role("banner").get_by_role("link", name="Leave quickly").is_visible()


def test_the_first_page_is_small(visitors: Visitors) -> None:
    page = visitors.come()
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(len(answer.body())))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert len(answers) <= FIRST_PAGE_REQUESTS
    assert sum(answers) <= FIRST_PAGE_BYTES


def test_the_watch_sees_what_it_is_there_to_see(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto("/")
    watch = visitors.watch_of(page)
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    page.evaluate("new Image().src = 'https://example.org/seen.png'")
    page.evaluate("setTimeout(() => { throw new Error('seen'); })")
    page.wait_for_timeout(300)
    seen = " ".join(watch.seen)
    assert all(
        word in seen for word in ("Content Security Policy", "https://example.org", "fault:")
    )
    watch.seen.clear()
