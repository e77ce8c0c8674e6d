"""A form that comes back: focus is on what needs another look, and leads to where to mend it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.sights import SIGHTS, Sight

pytestmark = pytest.mark.browser

REFUSED = {"join-again", "sign-in-again", "new-password-again", "case-again"}


@pytest.mark.parametrize(
    "sight", [one for one in SIGHTS if one.name in REFUSED], ids=lambda sight: sight.name
)
def test_focus_lands_on_the_summary_and_the_next_stop_is_what_to_mend(
    visitors: Visitors, sight: Sight
) -> None:
    page = visitors.come(sight.who, width=360)
    visitors.allow(page, r"status of (401|409|422) ")
    page.goto(sight.path)
    sight.then(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    _follow_the_first_fault(page)


def _follow_the_first_fault(page: Page) -> None:
    """Where the summary names a field, its link leads there; Tab goes on inside it."""
    link = page.get_by_role("alert").get_by_role("link")
    if not link.count():
        return
    page.keyboard.press("Tab")
    expect(link.first).to_be_focused()
    page.keyboard.press("Enter")
    wanted = page.locator(link.first.get_attribute("href") or "")
    expect(wanted).to_be_in_viewport()
    if not wanted.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
        assert wanted.evaluate("one => one.contains(document.activeElement)")


def test_nothing_of_a_summary_needs_script(visitors: Visitors) -> None:
    sign_in = next(one for one in SIGHTS if one.name == "sign-in-again")
    page = visitors.come(has_script=False)
    visitors.allow(page, r"status of 422 ")
    page.goto(sign_in.path)
    sign_in.then(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#name")).to_have_value("Nobody we know")
    expect(page.get_by_text("Only passwords have to be typed again.")).to_be_visible()
