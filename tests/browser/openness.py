"""Whether a page is open to everybody: axe, at two widths, in light and in dark."""

from pathlib import Path
from typing import Any, Final, Literal

import axe_playwright_python
from playwright.sync_api import Page

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE: Final[dict[str, Any]] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
ABOUT_COLOURS: Final = ["color-contrast", "link-in-text-block"]
# All that light and dark can change: nothing of a page but its colours depends on them.
COLOURS: Final = {
    "runOnly": {"type": "rule", "values": ABOUT_COLOURS},
    "resultTypes": ["violations"],
}
# A width changes no colour and hides no words but the heads of tables, which is tested
# (tests/web/test_style_sheet.py): colours are looked at where letters are smallest, and of pages
# with a table at both widths.
BUT_COLOURS: Final = EVERY_RULE | {
    "rules": EVERY_RULE["rules"] | {rule: {"enabled": False} for rule in ABOUT_COLOURS}
}
Scheme = Literal["light", "dark"]
Look = tuple[int, Scheme, Any]
NARROW: Final[tuple[Look, ...]] = ((360, "light", EVERY_RULE), (360, "dark", COLOURS))
WIDE: Final[tuple[Look, ...]] = ((1280, "light", BUT_COLOURS),)
WITH_TABLE: Final[tuple[Look, ...]] = ((1280, "light", EVERY_RULE), (1280, "dark", COLOURS))
# WCAG 2.2, 1.4.10: no scrolling in two directions at 320 CSS pixels.
NARROWEST: Final = 320


def violations_of(page: Page) -> dict[str, list[str]]:
    """Return what axe finds, by width and scheme; the page is left at its top, unfolded."""
    # Words can be there before the style that gives them their size.
    page.wait_for_load_state()
    # What stands folded belongs to the page as well. At its top, nothing is under the header.
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate(AXE)
    found = {}
    wide = WITH_TABLE if page.locator(".stack thead").count() else WIDE
    for width, scheme, rules in NARROW + wide:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if lines := _lines(page, rules):
            found[f"{width} {scheme}"] = lines
    return found


def _lines(page: Page, rules: dict[str, Any]) -> list[str]:
    # What passes is not asked for: it would be megabytes.
    run = "async (rules) => (await axe.run(document, rules)).violations"
    violations: list[dict[str, Any]] = page.evaluate(run, rules)
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in violations
        for node in one["nodes"]
    ]
