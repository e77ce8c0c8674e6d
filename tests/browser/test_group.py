"""A group: coming in by an open door, asking at another, and looking after one."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.openness import violations_of

pytestmark = pytest.mark.browser


def _open_group(page: Page, name: str) -> None:
    page.goto("/groups")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_an_open_door_is_walked_through_with_one_press(visitors: Visitors) -> None:
    page = visitors.come("Nia", width=360)
    _open_group(page, "Kettle's On")
    expect(page.get_by_role("button", name="Ask to join")).to_have_count(0)
    page.get_by_role("button", name="Join", exact=True).dblclick()
    page.get_by_role("link", name="Go to the group's talk").click()
    expect(page.get_by_text("Everyone in Kettle's On.")).to_be_visible()
    page.get_by_label("Write something").fill("Evening all. First time here.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#log").get_by_text("Evening all. First time here.")).to_be_visible()
    _open_group(page, "Kettle's On")
    page.get_by_role("button", name="Leave this group").click()
    expect(page.get_by_role("heading", name="Groups", level=1)).to_be_visible()


def test_where_a_person_decides_one_asks_and_is_let_in(visitors: Visitors) -> None:
    jude, josie = visitors.come("Jude", width=360), visitors.come("Josie")
    _open_group(jude, "Tuned In")
    jude.get_by_label("A few words to the people who look after it").fill("I hear one, mostly.")
    jude.get_by_role("button", name="Ask to join").click()
    expect(jude.get_by_text("You've asked to join.")).to_be_visible()

    _open_group(josie, "Tuned In")
    expect(josie.get_by_text("I hear one, mostly.")).to_be_visible()
    assert violations_of(josie) == {}
    josie.get_by_role("button", name="Let Jude in").click()
    expect(josie.get_by_text("If it gets difficult with Jude")).to_be_visible()

    jude.goto("/home")
    jude.get_by_role("link", name="Tuned In").or_(
        jude.get_by_role("link", name="Open the group")
    ).first.click()
    jude.get_by_role("link", name="Go to the group's talk").click()
    expect(jude.get_by_label("Write something")).to_be_visible()


def test_whoever_looks_after_it_can_ask_for_quiet_with_a_reason(visitors: Visitors) -> None:
    josie, basia = visitors.come("Josie", width=360), visitors.come("Basia")
    _open_group(josie, "Tuned In")
    josie.get_by_text("If it gets difficult with Basia").click()
    reason = "Let's all breathe until tomorrow. You're welcome here."
    theirs = josie.locator("li").filter(has_text="If it gets difficult with Basia")
    theirs.get_by_label("Why, in words they will read").fill(reason)
    theirs.get_by_role("button", name="Ask Basia not to write for now").click()
    expect(josie.get_by_text("You're in this group.")).to_be_visible()

    basia.goto("/home")
    expect(basia.get_by_text(reason)).to_be_visible()
    basia.goto("/talks")
    basia.get_by_role("link", name="Tuned In").click()
    expect(basia.get_by_text("You can read here, and write again from")).to_be_visible()
    expect(basia.get_by_label("Write something")).to_have_count(0)

    josie.get_by_text("If it gets difficult with Basia").click()
    theirs.get_by_label("Why, in words they will read").fill("Come back in.")
    theirs.get_by_role("button", name="Let Basia write again").click()
    expect(josie.get_by_text("You're in this group.")).to_be_visible()
    basia.reload()
    expect(basia.get_by_label("Write something")).to_be_visible()
