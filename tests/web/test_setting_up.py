"""The first day, in the browser: from nothing to a place with people, groups and a way back in."""

import re
from uuid import UUID

import pytest
from app_factories import browser_of, client_of
from conftest import MORNING, Hand
from fastapi import FastAPI
from people_factories import SignedIn, sign_up

from people import accounts, beginnings, credentials
from people.permissions import Role
from people.throttles import FirstRunTries

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PASSWORD = "copper kettle on a wet roof"
AGREED = {
    "is_adult": "yes",
    "consent.store_and_share_profile": "yes",
    "consent.checking_for_harm": "yes",
}


async def _first_day(app: FastAPI):
    browser = browser_of(app)
    begun = {"organisation": "Harbour", "name": "Ada", "password": PASSWORD}
    refused = await browser.post("/first-run", data=begun | {"code": "WRONG"})
    assert refused.status_code == 422
    answer = await browser.post("/first-run", data=begun | {"code": beginnings.first_run_code()})
    assert answer.status_code == 200, answer.text
    browser.cookies.set(
        "__Host-been-there", answer.cookies["__Host-been-there"], domain="testserver"
    )
    return browser


async def _invitation(browser, **wish: str) -> str:
    answer = await browser.post("/administration/invitations", data={"uses": "2"} | wish)
    found = re.search(r"join\?invitation=([A-Z0-9-]+)", answer.text)
    assert found, answer.text
    return found[1]


async def _join(app: FastAPI, name: str, invitation: str) -> int:
    joined = await browser_of(app).post(
        "/join", data=AGREED | {"name": name, "password": PASSWORD, "invitation": invitation}
    )
    return joined.status_code


async def test_an_administrator_brings_a_place_to_life_in_the_browser(app: FastAPI) -> None:
    ada = await _first_day(app)
    assert (await browser_of(app).get("/first-run")).headers["location"] == "/"
    invitation = await _invitation(ada)
    assert await _join(app, "Sam", "made-up") == 422
    assert await _join(app, "Sam", invitation) == 200
    assert await _join(app, "Mo", await _invitation(ada, role="moderator")) == 200
    opened = await ada.post(
        "/administration/groups",
        data={"group": "Tuesday evenings", "name": "sam", "door": "open", "purpose": "To talk"},
    )
    assert opened.status_code == 303, opened.text
    assert re.search(
        r"<b>Mo</b>\s*moderator, asked for by Ada", (await ada.get("/staff/roles")).text
    )
    await ada.post("/administration/roles", data={"name": "Mo", "role": "moderator"})
    page = (await ada.get("/administration")).text
    assert "Tuesday evenings" in page
    assert re.search(r"<b>Mo</b>\s*moderator", page)
    wish = {"name": "Sam", "current_password": PASSWORD}
    code = (await ada.post("/administration/recovery", data=wish)).text
    assert re.search(r"<b>[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}</b>", code)


async def test_the_code_of_the_first_day_cannot_be_guessed_at_length(
    app: FastAPI, clock: Hand
) -> None:
    begun = {"organisation": "Harbour", "name": "Ada", "password": PASSWORD}
    right = begun | {"code": beginnings.first_run_code()}
    async with browser_of(app) as browser:
        for _ in range(FirstRunTries.MOST):
            answer = await browser.post("/first-run", data=begun | {"code": "GUES-SING-ATIT"})
            assert answer.status_code == 422
        shut = await browser.post("/first-run", data=right)
        clock.pass_time(minutes=15)
        opened = await browser.post("/first-run", data=right)
    assert (shut.status_code, opened.status_code) == (429, 200)
    assert "wait a few minutes" in shut.text


async def test_mistakes_are_said_beside_the_field_and_change_nothing(app: FastAPI) -> None:
    ada = await _first_day(app)
    for what, data, said in (
        ("roles", {"name": "nobody", "role": "moderator"}, "There is nobody of that name here."),
        ("roles", {"name": "Ada", "role": "facilitator"}, "Please choose a role."),
        ("invitations", {"uses": "lots"}, "as a number"),
        ("invitations", {"uses": "0"}, "1 to 500"),
    ):
        answer = await ada.post(f"/administration/{what}", data=data)
        assert answer.status_code == 422
        assert said in answer.text
    own = await ada.post("/administration/roles", data={"name": "Ada", "role": "moderator"})
    assert own.status_code == 403


async def test_joining_is_opened_and_closed_again(app: FastAPI) -> None:
    ada = await _first_day(app)
    assert await _join(app, "Sam", "") == 422
    await ada.post("/administration/joining", data={"is_open": "yes"})
    assert await _join(app, "Sam", "") == 200
    await ada.post("/administration/joining", data={"is_open": "no"})
    assert await _join(app, "Ali", "") == 422


async def test_a_borrowed_phone_gives_nobody_a_way_into_anothers_account(
    app: FastAPI, organisation_id: UUID
) -> None:
    roles_held = (Role.ADMINISTRATOR,)
    database = app.state.database
    ada = await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=roles_held)
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    hashed = await credentials.hash_password(PASSWORD)
    async with database.unit_of_work(organisation_id) as session:
        await accounts.set_password_hash(session, ada.id, hashed)
    path = f"/api/v1/accounts/{sam.id}/recovery"
    async with client_of(app, ada) as client, browser_of(app, ada) as browser:
        for proof in ({}, {"current_password": "not this one at all"}):
            program = await client.post(path, json=proof)
            page = await browser.post("/administration/recovery", data={"name": "Sam"} | proof)
            assert (program.status_code, page.status_code) == (422, 422)
            assert 'id="recovery-current_password"' in page.text
        assert await _still_in(app, sam)
        given = await client.post(path, json={"current_password": PASSWORD})
    assert given.status_code == 201
    assert not await _still_in(app, sam)


async def _still_in(app: FastAPI, who: SignedIn) -> bool:
    async with browser_of(app, who) as browser:
        return (await browser.get("/home")).status_code == 200
