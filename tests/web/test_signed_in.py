"""Staying signed in, and losing nothing when it has ended."""

import pytest
from app_factories import browser_of
from conftest import MORNING, Hand
from fastapi import FastAPI
from people_factories import sign_up

from people import organisations, sign_ins

pytestmark = pytest.mark.anyio


async def _someone(app: FastAPI):
    async with app.state.database.unit_of_work(all_organisations=True) as session:
        place = await organisations.create(session, slug="harbour", name="Harbour", now=MORNING)
    return await sign_up(app.state.database, place.id, "Sam", now=MORNING)


async def test_a_sign_in_that_is_used_lasts_and_the_browser_keeps_it_as_long(
    app: FastAPI, clock: Hand
) -> None:
    browser = browser_of(app, await _someone(app))
    assert "set-cookie" not in (await browser.get("/home")).headers
    for _ in range(5):
        clock.pass_time(days=10)
        answer = await browser.get("/home")
        assert answer.status_code == 200
        assert "__Host-been-there" in answer.headers["set-cookie"]
    clock.pass_time(seconds=sign_ins.LASTS.total_seconds() + 1)
    assert (await browser.get("/home")).headers["location"] == "/sign-in?next=/home"


async def test_what_was_typed_is_given_back_when_the_sign_in_has_ended(
    app: FastAPI, clock: Hand
) -> None:
    browser = browser_of(app, await _someone(app))
    clock.pass_time(days=60)
    answer = await browser.post("/first-words", data={"words": "It took me all night to write."})
    assert answer.status_code == 401
    assert "It took me all night to write." in answer.text
    assert "/sign-in" in answer.text
