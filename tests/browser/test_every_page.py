"""Every page, light and dark, narrow and wide: open to everybody, quiet, and small."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.communities import Community
from tests.browser.conftest import Visitors
from tests.browser.openness import NARROWEST, violations_of
from tests.browser.sights import SIGHTS, Sight

pytestmark = pytest.mark.browser

Box = tuple[int, int]

FIRST_PAGE_BYTES: Final = 50_000
FIRST_PAGE_REQUESTS: Final = 6
WAYS_OUT: Final = ("Urgent help", "Leave quickly")
SMALL: Final = """() => [...document.querySelectorAll(
  "button, .button, select, textarea, summary, .pick, .row-link, .back, .skip,"
  + "input:not([type=hidden]):not([type=checkbox]):not([type=radio]), .paths a, .foot a, .phone"
)].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.height < 43.5 || box.width < 43.5);
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(params=SIGHTS, ids=lambda sight: sight.name)
def sight(request: pytest.FixtureRequest) -> Sight:
    found: Sight = request.param
    return found


@pytest.fixture(scope="module")
def usual(browser: Browser, place: Community) -> list[Box]:
    """Where the ways out are on Urgent help: the same place on every page."""
    page = browser.new_page(base_url=place.origin, viewport={"width": 1280, "height": 900})
    page.goto("/help")
    found = _ways_out(page)
    page.close()
    return found


@pytest.fixture(scope="module")
def all_day(browser: Browser, place: Community) -> Iterator[Visitors]:
    """Whoever looks at one page after the other."""
    who = Visitors(browser, place)
    yield who
    who.leave()


@pytest.fixture
def lookers(sight: Sight, visitors: Visitors, all_day: Visitors) -> Iterator[Visitors]:
    """Whoever looks at this page. A stranger is always a new one: what they do may let them in."""
    yield all_day if sight.who else visitors
    all_day.complain()


def _look(visitors: Visitors, sight: Sight) -> Page:
    page = visitors.come_back(sight.who) if sight.who else visitors.come()
    visitors.allow(page, r"status of (401|403|404|409|422) ")
    page.goto(sight.path)
    sight.then(page)
    return page


def test_it_keeps_nobody_out_and_shows_the_ways_out(
    lookers: Visitors, sight: Sight, usual: list[Box]
) -> None:
    page = _look(lookers, sight)
    _has_its_frame(page)
    assert _ways_out(page) == usual
    assert violations_of(page) == {}
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    assert _too_small_to_press(page) == []
    _holds_large_words(page)


def _has_its_frame(page: Page) -> None:
    """One heading, and a title that gives nothing away."""
    assert page.locator("h1").count() == 1
    assert re.fullmatch(r"[\w ]+ · Been There", page.title())


def _ways_out(page: Page) -> list[Box]:
    page.evaluate("window.scrollTo(0, 0)")
    links = [page.get_by_role("banner").get_by_role("link", name=name) for name in WAYS_OUT]
    boxes = [link.bounding_box() for link in links]
    return [(round(box["x"]), round(box["y"])) for box in boxes if box]


def _holds_large_words(page: Page) -> None:
    """Twice as large (WCAG 1.4.4), on the smallest phone: nothing sticks out or lies over it."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    page.evaluate("document.activeElement.blur()")
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 0


def _too_small_to_press(page: Page) -> list[str]:
    """What one presses that is less than 44 px high or wide. A link within a sentence is words."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found: list[str] = page.evaluate(SMALL)
    return found


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
