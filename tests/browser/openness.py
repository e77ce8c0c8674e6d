"""Whether a page is open to everybody: axe, at two widths, in light and in dark."""

from pathlib import Path
from typing import Any, Final, Literal

import axe_playwright_python
from playwright.sync_api import Page

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE: Final = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# All that light and dark can change: nothing of a page but its colours depends on them.
COLOURS: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
RULES: Final[dict[Literal["light", "dark"], Any]] = {"light": EVERY_RULE, "dark": COLOURS}
WIDTHS: Final = (360, 1280)
# WCAG 2.2, 1.4.10: no scrolling in two directions at 320 CSS pixels.
NARROWEST: Final = 320


def violations_of(page: Page) -> dict[str, list[str]]:
    """Return what axe finds, by width and scheme; the page is left at its top, unfolded."""
    # What stands folded belongs to the page as well. At its top, nothing is under the header.
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate(AXE)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in RULES.items():
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
