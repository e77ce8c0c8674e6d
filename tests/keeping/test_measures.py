"""Figures and logs for whoever watches a server: bounded, not public, and nobody's words."""

import json
import logging
import re
from uuid import UUID

import pytest
from app_factories import ORIGIN, browser_of, client_of, running
from conftest import MORNING, Hand
from fastapi import FastAPI
from people_factories import sign_up

from beenthere import mail
from beenthere.app import create_app
from beenthere.logs import Careful
from core.settings import Settings
from people.permissions import Role
from tests.upkeep.readers import reader

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TOKEN = "a token of our own"


@ON_SQLITE
@pytest.mark.anyio
async def test_figures_are_for_whoever_has_the_token_and_their_labels_are_few(
    database_url: str, organisation_id: UUID, clock: Hand
) -> None:
    settings = Settings(
        _env_file=None, database_url=database_url, public_url=ORIGIN, metrics_token=TOKEN
    )
    app = create_app(settings, clock=clock, with_upkeep=False)
    async with running(app), client_of(app) as client:
        for number in range(20):
            await client.get(f"/nowhere/secret-name-{number}")
            await client.get(f"/api/v1/rooms/{UUID(int=number)}/messages")
            await client.request(f"ODD{number}", "/help")
        for shown in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}):
            assert (await client.get("/metrics", headers=shown)).status_code == 404
        told = await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    lines = [one for one in told.text.splitlines() if one.startswith("been_there_requests_total")]
    assert told.status_code == 200
    assert 'route="/api/v1/rooms/{room_id}/messages",status="4xx"} 20.0' in told.text
    assert "been_there_cases_unsettled 0.0" in told.text
    assert len(lines) < 12, lines
    assert not re.search(r"secret-name|00000000|ODD", told.text)


@ON_SQLITE
@pytest.mark.anyio
async def test_without_a_token_in_the_settings_there_are_no_figures(app: FastAPI) -> None:
    async with client_of(app) as client:
        for shown in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}):
            assert (await client.get("/metrics", headers=shown)).status_code == 404


@ON_SQLITE
@pytest.mark.anyio
async def test_a_mail_server_that_is_down_is_said_to_the_administrator(
    app: FastAPI, organisation_id: UUID, clock: Hand
) -> None:
    database, held = app.state.database, (Role.ADMINISTRATOR,)
    ada = await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=held)
    await reader(database, organisation_id, "Sam")
    down = Settings(_env_file=None, mail_url="smtp://127.0.0.1:9", mail_from="us@example.org")
    async with browser_of(app, ada) as browser:
        assert "has not gone out" not in (await browser.get("/administration")).text
        await mail.send_due(database, down, organisation_id, now=clock())
        assert "E-mail has not gone out since" in (await browser.get("/administration")).text


def test_what_a_fault_says_is_in_no_log() -> None:
    try:
        int("I want to tell you something private")
    except ValueError as fault:
        record = logging.LogRecord(
            "lib", logging.ERROR, "x", 1, "It broke", None, (ValueError, fault, fault.__traceback__)
        )
    line = json.loads(Careful().format(record))
    assert (line["kind"], line["level"]) == ("ValueError", "error")
    assert re.fullmatch(r"test_measures\.py:\d+", line["where"][0])
    assert "private" not in json.dumps(line)
