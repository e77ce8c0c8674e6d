"""How the browser is started: Debian's Chromium, and nothing that calls home."""

from typing import Final

from playwright.sync_api import Browser, Playwright

from tests.browser_found import CHROMIUM

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
