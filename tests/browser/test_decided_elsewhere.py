"""What becomes of one's words elsewhere shows on an open page by itself."""

import asyncio
import threading
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.clock import utc_now
from core.database import Database
from core.sentences import say
from people import notices, organisations
from people.accounts import Account
from people.notices import NoticeKind
from tests.browser.communities import Community
from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser
numbers = count(1)
# As a program of the person on this page would ask.
ASK = """async ([method, path, body]) => {
  const answer = await window.fetch(`/api/v1${path}`, {
    method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" },
  });
  const said = await answer.text();
  return said ? JSON.parse(said) : null;
}"""


def _ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    return page.evaluate(ASK, [method, path, {} if body is None and method == "POST" else body])


def _talk(page: Page, name: str) -> None:
    page.goto("/talks")
    page.get_by_role("link", name=name).first.click()
    expect(page.locator("#show-new")).to_be_hidden()


def _say(page: Page, words: str) -> None:
    page.get_by_label("Write something").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def _item(page: Page, words: str) -> Locator:
    return page.locator("#log .said").filter(has_text=words)


def test_what_was_taken_back_elsewhere_waits_no_more_on_an_open_page(visitors: Visitors) -> None:
    noor = visitors.come("Noor", width=360)
    _talk(noor, "Kwame")
    words = f"or write to noor{next(numbers)}@example.org"
    _say(noor, words)
    noor.get_by_role("button", name="Send it anyway, in a minute").click()
    waiting = noor.locator("#pending").get_by_role("listitem").filter(has_text=words)
    expect(waiting).to_contain_text("Goes out at")
    other = noor.context.new_page()
    _talk(other, "Kwame")
    there = other.locator("#pending").get_by_role("listitem").filter(has_text=words)
    there.get_by_role("button", name="Take it back").click()
    expect(waiting).to_have_count(0)
    expect(noor.locator("#talk-status")).to_contain_text("doesn't wait any more")


def test_words_that_were_put_away_and_come_back_are_quoted_again(visitors: Visitors) -> None:
    noor, kwame, win = visitors.come("Noor"), visitors.come("Kwame"), visitors.come("Win")
    _talk(noor, "Kwame")
    mark = f"quoted {next(numbers)}"
    _say(noor, f"{mark}: first")
    expect(noor.locator("#pending li")).to_have_count(0)
    _talk(kwame, "Noor")
    first = _item(kwame, f"{mark}: first")
    first.locator(".said-more summary").click()
    first.get_by_role("link", name="Reply").click()
    _say(kwame, f"{mark}: an answer")
    quote = _item(kwame, f"{mark}: an answer").locator(".said-reply")
    expect(quote).to_contain_text("first")

    message = _item(noor, f"{mark}: first").first.get_attribute("data-id")
    win.goto("/queue")
    before = {one["id"] for one in _ask(win, "GET", "/cases")["items"]}
    _ask(kwame, "POST", f"/messages/{message}/concerns", {"reason": "unkind", "note": mark})
    [case] = (one for one in _ask(win, "GET", "/cases")["items"] if one["id"] not in before)
    _ask(win, "POST", f"/cases/{case['id']}/claim")
    read = _ask(win, "POST", f"/cases/{case['id']}/look", {"reason": "On shift."})
    words = "This was not kind to the other one. Please read it once more."
    hide = {"version": read["version"], "steps": [{"kind": "hide"}], "rule": "kind"}
    _ask(win, "POST", f"/cases/{case['id']}/decision", hide | {"reason_words": words})
    expect(quote).to_have_count(0)
    [effect] = _ask(win, "POST", f"/cases/{case['id']}/look", {"reason": "Again."})["done"]
    _ask(win, "POST", f"/effects/{effect['id']}/undo")
    expect(quote).to_contain_text("first")


def test_promise_8_that_nobody_has_answered_yet_is_told_where_one_waits(
    visitors: Visitors, place: Community
) -> None:
    noor, kwame = visitors.come("Noor", width=360), visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    room = UUID(noor.locator("#log").get_attribute("data-room"))
    box = noor.get_by_label("Write something")
    box.fill("I am still")
    _in_a_loop_of_its_own(lambda: _nobody_answers(place, "Noor", room))
    told = noor.locator("[data-after='waited']")
    expect(told).to_contain_text("nobody has answered yet", timeout=20_000)
    expect(noor.locator("#talk-status")).to_contain_text("nobody has answered yet")
    expect(box).to_be_focused()
    expect(box).to_have_value("I am still")
    expect(kwame.locator("[data-after='waited']")).to_be_empty()
    noor.reload()
    expect(told).to_contain_text("nobody has answered yet")


async def _nobody_answers(place: Community, name: str, room_id: UUID) -> None:
    """What is written when a person is asked, with less than ten minutes to go."""
    database, now = Database(f"sqlite+aiosqlite:///{place.file}"), utc_now()
    async with database.reading(all_organisations=True) as session:
        [here] = await organisations.everyone(session)
        who = await session.scalar(select(Account.id).where(Account.name == name))
    async with database.unit_of_work(here.id) as session:
        await notices.send(
            session, account_id=who, kind=NoticeKind.SUPPORT, dedupe_key=f"waits:{room_id}",
            words=say("We're sorry: nobody has answered yet."), subject_id=room_id, now=now,
            due_at=now + timedelta(seconds=1),
        )  # fmt: skip
    await database.close()


def _in_a_loop_of_its_own(work: Any) -> None:
    """The browser has the loop of this thread."""
    other = threading.Thread(target=lambda: asyncio.run(work()))
    other.start()
    other.join()
