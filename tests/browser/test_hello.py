"""Saying hello: never an empty box, and no answer that hurts (promise 35)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitors, first_offered
from tests.browser.openness import violations_of

pytestmark = pytest.mark.browser


def test_a_hello_begins_with_something_true_and_a_yes_opens_a_talk(visitors: Visitors) -> None:
    pip = visitors.come("Pip", width=360)
    pip.goto("/offers")
    name = first_offered(pip)
    other = visitors.come(name)
    pip.get_by_role("link", name=f"Say hello to {name}").click()
    box = pip.get_by_label("Or begin with this, and change it as you like")
    expect(box).not_to_have_value("")
    # Another way to begin fills the box; what one writes is one's own.
    begun = box.input_value()
    pip.get_by_role("link", name="Begin with this").last.click()
    expect(box).not_to_have_value(begun)
    expect(box).not_to_have_value("")
    box.fill("Hello. I liked what you wrote. Shall we talk?")
    pip.get_by_role("button", name="Send hello").click()
    expect(pip.get_by_text("Waiting for an answer", exact=True)).to_be_visible()

    other.goto("/home")
    other.get_by_role("link", name="Pip").first.click()
    expect(other.get_by_text("I liked what you wrote. Shall we talk?")).to_be_visible()
    other.get_by_role("button", name="Yes, let's talk").dblclick()
    expect(other.get_by_role("heading", name="Pip", level=1)).to_be_visible()
    other.get_by_label("Write something").fill("Hello Pip. Yes.")
    other.get_by_role("button", name="Send", exact=True).click()

    pip.goto("/talks")
    expect(pip.get_by_role("link", name=name)).to_have_count(1)
    pip.get_by_role("link", name=name).click()
    expect(pip.get_by_text("Hello Pip. Yes.", exact=True)).to_be_visible()


def test_one_tap_is_enough_and_nobody_reads_that_they_were_turned_away(visitors: Visitors) -> None:
    yemi = visitors.come("Yemi", has_script=False)
    yemi.goto("/offers")
    name = first_offered(yemi)
    other = visitors.come(name, width=360)
    yemi.get_by_role("link", name=f"Say hello to {name}").click()
    yemi.get_by_role("button", name="I read your words. I've been near there.").click()
    expect(yemi.get_by_text("Waiting for an answer", exact=True)).to_be_visible()

    other.goto("/hellos")
    assert violations_of(other) == {}
    other.get_by_role("button", name="I'm not free to talk just now").click()
    expect(other.get_by_text("No hello is waiting for an answer.")).to_be_visible()

    yemi.reload()
    expect(yemi.get_by_text("They're not free to talk just now")).to_be_visible()
    expect(yemi.get_by_text("Waiting for an answer", exact=True)).to_have_count(0)


def test_set_aside_is_quiet_and_others_are_shown(visitors: Visitors) -> None:
    page = visitors.come("Sorcha", width=360)
    page.goto("/offers")
    first = page.locator("#people ~ article").first
    name = first.locator("h2").inner_text()
    first.get_by_role("button", name="Not now").click()
    page.wait_for_load_state()
    expect(page.locator("#people ~ article").first).to_be_visible()
    assert name not in page.locator("article h2").all_inner_texts()
