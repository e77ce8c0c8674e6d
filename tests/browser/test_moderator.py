"""Somebody on shift: from the queue to a decision its author can read, and never twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

REASON = "We've put one message away: it told somebody to stop their medicine. Yours is yours."


def _read(page: Page, because: str, name: str) -> None:
    """Open a case from the queue: its words are read with a reason."""
    page.goto("/queue")
    row = page.locator("[data-row]").filter(has_text=because)
    row.first.get_by_role("rowheader").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Before you read")).to_be_visible()
    page.get_by_label("Why you want to read this").fill(f"{name} is on shift.")
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.get_by_role("heading", name="What was said")).to_be_visible()


def _decide(page: Page, effect: str, words: str) -> None:
    form = page.locator("form[action*='/decision']")
    form.get_by_label(effect).check()
    if form.get_by_label("Which rule").count():
        form.get_by_label("Which rule").select_option(index=1)
    form.get_by_role("textbox", name=re.compile("What")).fill(words)
    form.get_by_role("button", name=re.compile("Decide|Send")).click()


def test_from_the_queue_to_a_reason_the_author_can_read_and_argue_with(visitors: Visitors) -> None:
    win, corin = visitors.come("Win"), visitors.come("Corin", width=360)
    _read(win, "medication", "Win")
    words = win.locator(".about .said-words")
    expect(words).to_be_hidden()
    win.locator(".about summary").click()
    expect(words).to_be_visible()
    expect(win.locator("ol .said-words").first).to_be_hidden()
    win.get_by_role("button", name="Show all the words").click()
    expect(win.locator("ol .said-words").first).to_be_visible()
    win.get_by_role("button", name="Claim", exact=True).click()
    expect(win.get_by_text("with Win")).to_be_visible()
    _decide(win, "Hide this message", REASON)
    expect(win.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    expect(win.locator("[data-row]").filter(has_text="medication")).to_have_count(0)

    corin.goto("/home")
    expect(corin.get_by_text(REASON)).to_be_visible()
    corin.get_by_role("link", name="If you think it's wrong").first.click()
    corin.get_by_label("What should they know?").fill("I only said what I did myself.")
    corin.get_by_role("button", name="Ask for another look").click()
    expect(corin.get_by_role("heading", name="We have what you wrote")).to_be_visible()
    # Somebody else looks again: it isn't in the queue of whoever decided.
    desmond = visitors.come("Desmond")
    for page, times in ((win, 0), (desmond, 1)):
        page.goto("/queue")
        expect(page.locator("[data-row]").filter(has_text="Look again")).to_have_count(times)

    # Its author still reads the words, marked; everybody else reads that they were put away.
    corin.goto("/talks")
    corin.get_by_role("link", name="Tuned In").click()
    expect(corin.get_by_text("[put away: only you can see this]")).to_be_visible()
    josie = visitors.come("Josie")
    josie.goto("/talks")
    josie.get_by_role("link", name="Tuned In").click()
    expect(josie.get_by_text("put away by the people who look after this talk")).to_be_visible()


def test_a_click_that_comes_too_late_shows_what_the_other_did(visitors: Visitors) -> None:
    win, desmond = visitors.come("Win"), visitors.come("Desmond")
    visitors.allow(desmond, r"status of 409 ")
    _read(win, "harassment", "Win")
    _read(desmond, "harassment", "Desmond")
    _decide(win, "Nothing needs doing", "We read it, and it can stay.")
    expect(win.get_by_role("heading", name="Queue", level=1)).to_be_visible()

    _decide(desmond, "Hide this message", "These words of mine must not be lost.")
    expect(desmond.get_by_role("alert")).to_be_focused()
    expect(desmond.get_by_role("alert")).to_contain_text("Win")
    expect(desmond.get_by_role("alert")).to_contain_text("Nothing of yours was done")
    expect(desmond.locator("body")).to_contain_text("These words of mine must not be lost.")


def test_the_queue_says_that_something_is_new_and_moves_nothing(visitors: Visitors) -> None:
    win, sorcha = visitors.come("Win"), visitors.come("Sorcha")
    win.goto("/queue")
    before = win.locator("[data-row]").count()
    badge = win.locator("#badge")
    expect(badge).to_be_hidden()
    win.wait_for_load_state("networkidle")
    sorcha.goto("/talks")
    sorcha.get_by_role("link", name="Leave the Light On").click()
    said = sorcha.locator(".said:not(.mine)").first
    said.locator("summary").first.click()
    said.get_by_role("link", name="Tell us about this message").click()
    sorcha.get_by_label("Something else").check()
    sorcha.get_by_role("button", name="Tell us").click()
    expect(sorcha.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    expect(badge).to_be_visible()
    assert win.locator("[data-row]").count() == before
    badge.get_by_role("link", name="Show it").click()
    expect(win.locator("[data-row]")).to_have_count(before + 1)


def test_a_look_is_shown_to_whoever_asked_for_it(visitors: Visitors) -> None:
    roz, desmond = visitors.come("Roz", width=360), visitors.come("Desmond")
    _read(desmond, "contact", "Desmond")
    roz.goto("/my-data")
    looked = roz.get_by_role("heading", name="When our people read something of yours")
    expect(looked.locator("xpath=following-sibling::*[1]")).to_contain_text(
        re.compile(r"\d{4}|\d ")
    )
