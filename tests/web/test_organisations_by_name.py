"""An organisation is named in the address: whatever stands there, a page answers."""

from uuid import UUID

import pytest
from app_factories import browser_of, client_of
from conftest import MORNING
from fastapi import FastAPI
from people_factories import sign_up

from core.database import Database
from people import organisations

pytestmark = pytest.mark.anyio


async def test_names_that_are_none_are_not_found_on_either_database(
    app: FastAPI, organisation_id: UUID
) -> None:
    async with client_of(app) as client:
        for name in ("%00", "a%00", "%ff", "%ed%a0%80", "%27%20OR%201=1", "x" * 3_000):
            for path in (f"/o/{name}", f"/o/{name}/join", f"/api/v1/help?organisation={name}"):
                assert (await client.get(path)).status_code == 404, path


async def test_under_a_name_that_is_none_no_page_answers_for_another(
    app: FastAPI, database: Database, organisation_id: UUID
) -> None:
    """Neither to a stranger nor to somebody signed in, who would be sent Home instead."""
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    for client in (client_of(app), browser_of(app, sam)):
        for rest in ("", "/join", "/sign-in", "/recover", "/what-helped"):
            answer = await client.get(f"/o/nonsense{rest}")
            assert answer.status_code == 404, rest
            assert "on our side" not in answer.text


async def test_urgent_help_is_there_for_anyone_whichever_organisation_they_stand_before(
    app: FastAPI, database: Database
) -> None:
    """With none yet, with one, and with several: then the lines that are shipped."""
    async with client_of(app) as client:
        for slug in ("first", "second", "third"):
            for path in ("/help", "/help?saved=1", "/help?organisation=nobody", "/what-happens"):
                answer = await client.get(path)
                assert answer.status_code == 200, path
                assert "999" in answer.text
            async with database.unit_of_work(all_organisations=True) as session:
                await organisations.create(session, slug=slug, name=slug, now=MORNING)


async def test_programs_name_the_organisation_in_the_query(
    app: FastAPI, database: Database
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        for slug in ("first", "second"):
            await organisations.create(session, slug=slug, name=slug, now=MORNING)
    async with client_of(app) as client:
        assert (await client.get("/api/v1/help")).status_code == 404
        assert (await client.get("/api/v1/help?organisation=second")).status_code == 200
