"""Pages in a pretend language: a third longer, marked, and read from right to left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import communities
from tests.browser.communities import Community
from tests.browser.conftest import Visitors
from tests.browser.openness import NARROWEST
from tests.browser.sights import SIGHTS
from web.translating import PSEUDO

pytestmark = pytest.mark.browser


WHO = sorted({sight.who for sight in SIGHTS}, key=str)


@pytest.fixture(scope="module")
def elsewhere(place: Community, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Community]:
    """The same community in another language."""
    there = communities.in_language(place, tmp_path_factory.mktemp("abroad"), PSEUDO)
    there.start()
    yield there
    there.stop()


@pytest.fixture
def abroad(elsewhere: Community, browser: Browser) -> Iterator[Visitors]:
    """Whoever comes there."""
    who = Visitors(browser, elsewhere)
    yield who
    who.leave()


@pytest.mark.parametrize("name", WHO)
def test_longer_words_from_right_to_left_fit_every_page(abroad: Visitors, name: str | None) -> None:
    page, too_wide = abroad.come(name, width=NARROWEST), {}
    abroad.allow(page, r"status of (401|403|404|409|422) ")
    for sight in SIGHTS:
        if sight.who != name:
            continue
        page.goto(sight.path)
        sight.then(page)
        assert page.locator("html").get_attribute("dir") == "rtl"
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROWEST:
            too_wide[sight.name] = width
    assert too_wide == {}
