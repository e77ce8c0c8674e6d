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

# One comes to these by pressing what is called something else here.
CALLED_OTHERWISE = {"join-again", "case-again"}


@pytest.fixture
def abroad(
    place: Community, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitors]:
    """Whoever comes to the same community in another language."""
    elsewhere = communities.in_language(place, tmp_path_factory.mktemp("abroad"), PSEUDO)
    elsewhere.start()
    who = Visitors(browser, elsewhere)
    yield who
    who.leave()
    elsewhere.stop()


def test_longer_words_from_right_to_left_fit_every_page(abroad: Visitors) -> None:
    pages, too_wide = {}, {}
    for name in {sight.who for sight in SIGHTS}:
        pages[name] = abroad.come(name, width=NARROWEST)
        abroad.allow(pages[name], r"status of (401|403|404|409|422) ")
    for sight in SIGHTS:
        if sight.name in CALLED_OTHERWISE:
            continue
        page = pages[sight.who]
        page.goto(sight.path)
        sight.then(page)
        assert page.locator("html").get_attribute("dir") == "rtl"
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROWEST:
            too_wide[sight.name] = width
    assert too_wide == {}
