"""An address that leads nowhere answers with the page that says so, whatever is wrong with it."""

import re
from uuid import UUID

import pytest
from app_factories import browser_of, client_of
from conftest import MORNING
from fastapi import FastAPI
from fastapi.routing import APIRoute
from people_factories import SignedIn, sign_up

from core.database import Database
from people.permissions import Role
from web import pages

pytestmark = pytest.mark.anyio
NOTHING = "We couldn&#39;t find that page."


@pytest.fixture
async def ada(database: Database, organisation_id: UUID) -> SignedIn:
    roles_held = (Role.ADMINISTRATOR, Role.MODERATOR)
    return await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=roles_held)


# Every page with something to fill in in its address. An organisation's name has its own tests.
PAGES = sorted(
    (method, route.path)
    for router in pages.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "{" in route.path.replace("{organisation}", "")
    for method in route.methods
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_is_typed_into_an_address_the_page_isnt_there(
    app: FastAPI, ada: SignedIn
) -> None:
    answered = {}
    async with browser_of(app, ada) as browser:
        for method, path in PAGES:
            answer = await browser.request(method, re.sub(r"{[^}]+}", "no-such-thing", path))
            if answer.status_code != 404 or "<h1" not in answer.text:
                answered[method, path] = answer.status_code
    assert answered == {}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_my_data_has_no_page_of_a_made_up_name_and_nothing_is_said_of_shapes(
    app: FastAPI, ada: SignedIn
) -> None:
    async with browser_of(app, ada) as browser:
        page = (await browser.get("/my-data/diary")).text
    assert NOTHING in page
    assert "Input should be" not in page


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_program_hears_which_part_of_its_address_is_wrong(
    app: FastAPI, ada: SignedIn
) -> None:
    async with client_of(app, ada) as client:
        answer = await client.get("/api/v1/rooms/no-such-thing/messages")
    assert (answer.status_code, answer.json()["field"]) == (422, "room_id")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_page_that_isnt_there_is_called_so_and_leads_on(
    app: FastAPI, ada: SignedIn, organisation_id: UUID
) -> None:
    """It is no fault of anybody's, and a stranger isn't sent to a page they must sign in for."""
    async with browser_of(app, ada) as hers, browser_of(app) as a_strangers:
        for browser, leads_to in ((hers, "/home"), (a_strangers, "/")):
            page = (await browser.get("/no-such-page")).text
            assert f"<h1>{NOTHING}</h1>" in page
            assert "on our side" not in page
            assert f'<a class="button main" href="{leads_to}">' in page


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_who_may_not_come_in_hears_more_than_that_they_may_not(
    app: FastAPI, database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with browser_of(app, sam) as browser:
        answer = await browser.get("/queue")
    assert answer.status_code == 403
    assert "It is for somebody else here" in answer.text
