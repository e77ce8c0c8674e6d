"""`python -m tests.browser.screenshots`: pictures of every page at two widths, light and dark."""

import sys
import tempfile
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser import communities
from tests.browser.browsers import launch
from tests.browser.communities import Community
from tests.browser.sights import SIGHTS, Sight

FOLDER: Final = Path("screenshots")
WIDTHS: Final = {360: 740, 1280: 900}
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def take(
    browser: Browser, place: Community, sight: Sight, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Look at one page as one person, and keep the picture."""
    context = browser.new_context(
        base_url=place.origin,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        service_workers="block",
    )
    if sight.who is not None:
        place.sign_in(context, sight.who)
    page = context.new_page()
    page.goto(sight.path)
    sight.then(page)
    page.wait_for_load_state("networkidle")
    # The header sticks: a picture of the whole page is taken from its top.
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"{sight.name}-{width}-{scheme}.png", full_page=True)
    context.close()


def main(wanted: list[str]) -> None:
    """Take every picture, or those of the pages named."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="been-there-") as folder:
        place = communities.build(Path(folder))
        place.start()
        try:
            with sync_playwright() as playwright:
                browser = launch(playwright)
                for sight in SIGHTS:
                    for width in WIDTHS if not wanted or sight.name in wanted else ():
                        for scheme in SCHEMES:
                            take(browser, place, sight, width, scheme)
                browser.close()
        finally:
            place.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
