"""A running community, a browser, and people who come with a browser each."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import communities
from tests.browser.browsers import launch
from tests.browser.communities import Community
from tests.browser.watches import Watch
from tests.browser_found import CHROMIUM
from tests.shared_files import shared

# Long for a person, short for two busy cores.
PATIENCE_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say plainly why nothing is walked where there is no browser; in CI that is a failure."""
    if CHROMIUM is None and not os.environ.get("CI"):
        missing = pytest.mark.skip(reason="There is no Chromium here, so no page was walked.")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Community]:
    """The demo community, running; all browser tests share it."""
    folder = tmp_path_factory.mktemp("community")
    with shared(tmp_path_factory, "demo.db") as filled:
        communities.fill(filled)
        shutil.copy(filled, folder)
    made = communities.build(folder)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser(place: Community) -> Iterator[Browser]:
    """Chromium. It is started after the database is filled, which wants a loop of its own."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@dataclass
class Visitors:
    """People who come, each with a browser of their own, and what was seen in each."""

    browser: Browser
    place: Community
    contexts: list[tuple[BrowserContext, Watch]] = field(default_factory=list)
    regulars: dict[str, Page] = field(default_factory=dict)

    def come(
        self,
        name: str | None = None,
        *,
        width: int = 1280,
        has_script: bool = True,
        **options: Any,
    ) -> Page:
        """Open a browser, signed in as somebody of the community or as a stranger."""
        context = self.browser.new_context(
            base_url=self.place.origin,
            viewport={"width": width, "height": 740 if width < 500 else 900},
            java_script_enabled=has_script,
            **{"reduced_motion": "reduce"} | options,
        )
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch(self.place.origin)
        watch.over(context)
        if name is not None:
            self.place.sign_in(context, name)
        self.contexts.append((context, watch))
        return context.new_page()

    def come_back(self, name: str) -> Page:
        """Come with the browser one had before, nothing kept in it but who one is.

        A warm browser reads and checks a page in two thirds of the time.
        """
        if name not in self.regulars:
            self.regulars[name] = self.come(name)
            return self.regulars[name]
        page = self.regulars[name]
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        return page

    def watch_of(self, page: Page) -> Watch:
        """Return what was seen in this page's browser."""
        return next(watch for context, watch in self.contexts if context == page.context)

    def allow(self, page: Page, *patterns: str) -> None:
        """Expect these lines in this browser: a page that is to fail, a server that is off."""
        self.watch_of(page).allowed.extend(patterns)

    def leave(self) -> None:
        """Close every browser, and complain of what was seen in any."""
        for context, _ in self.contexts:
            context.close()
        self.complain()

    def complain(self) -> None:
        """Fail if anything was seen in any browser, and begin to watch anew."""
        unexpected = [line for _, watch in self.contexts for line in watch.unexpected]
        for _, watch in self.contexts:
            watch.seen.clear()
            watch.allowed.clear()
        assert unexpected == []


@pytest.fixture
def visitors(browser: Browser, place: Community) -> Iterator[Visitors]:
    """Whoever comes in this test. It fails on a console message or a request elsewhere."""
    who = Visitors(browser, place)
    yield who
    who.leave()


def first_offered(page: Page) -> str:
    """Return the name of whom this page of offers shows first."""
    link = page.get_by_role("link", name="Say hello to").first
    return link.inner_text().removeprefix("Say hello to ")
