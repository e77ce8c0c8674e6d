"""A borrowed phone opens nothing for good: one's ways in change with the password of now only."""

import re
from collections.abc import Mapping
from uuid import UUID

import httpx2
import pytest
from app_factories import browser_of, client_of
from conftest import MORNING
from fastapi import FastAPI
from people_factories import SignedIn, sign_up

from core.database import Database
from people import accounts, credentials, notices, recovery, sign_ins
from people.throttles import ALLOWED, Guess

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PASSWORD = "nine purple otters knitting"
OTHER = "seven slow trains to morning"
WAYS: Mapping[str, tuple[str, str, dict[str, str]]] = {
    "password": ("PUT", "/api/v1/me/password", {"new_password": OTHER}),
    "email": ("PUT", "/api/v1/me/email", {"email": "mine@example.org"}),
    "codes": ("POST", "/api/v1/me/recovery-codes", {}),
}


@pytest.fixture
async def sam(database: Database, organisation_id: UUID) -> SignedIn:
    who = await sign_up(database, organisation_id, "Sam", now=MORNING)
    hashed = await credentials.hash_password(PASSWORD)
    async with database.unit_of_work(organisation_id) as session:
        await accounts.set_password_hash(session, who.id, hashed)
        await recovery.give_codes(session, who.id, now=MORNING)
    return who


async def _state(database: Database, who: SignedIn) -> list[object]:
    async with database.reading(who.actor.organisation_id) as session:
        account = await accounts.by_id(session, who.id)
        unread = await notices.unread(session, who.actor, now=MORNING)
        left = await recovery.left(session, who.actor)
        return [account.password_hash, account.email, left, [one.words for one in unread]]


async def _sign_in(app: FastAPI, name: str, password: str) -> httpx2.Response:
    async with client_of(app) as client:
        typed = {"name": name, "password": password}
        return await client.post("/api/v1/sign-ins", json=typed)


@pytest.mark.parametrize("what", WAYS)
async def test_without_the_password_nothing_changes(
    app: FastAPI, database: Database, sam: SignedIn, what: str
) -> None:
    before = await _state(database, sam)
    method, path, wish = WAYS[what]
    async with client_of(app, sam) as client, browser_of(app, sam) as browser:
        for proof in ({}, {"current_password": "not this one at all"}):
            programs = await client.request(method, path, json=wish | proof)
            pages = await browser.post(f"/my-data/{what}", data=wish | proof)
            assert (programs.status_code, pages.status_code) == (422, 422)
            assert OTHER not in pages.text
    assert await _state(database, sam) == before


@pytest.mark.parametrize("what", WAYS)
async def test_with_the_password_it_changes_and_its_owner_is_told(
    app: FastAPI, database: Database, sam: SignedIn, what: str
) -> None:
    method, path, wish = WAYS[what]
    async with client_of(app, sam) as client:
        answer = await client.request(method, path, json=wish | {"current_password": PASSWORD})
    assert answer.is_success, answer.text
    assert "If that wasn't you" in str((await _state(database, sam))[3])


async def test_a_new_password_signs_out_everywhere_else_and_lets_one_in(
    app: FastAPI, database: Database, sam: SignedIn
) -> None:
    async with database.unit_of_work(sam.actor.organisation_id) as session:
        lost = await sign_ins.begin(session, sam.id, now=MORNING)
    async with browser_of(app, sam) as browser:
        typed = {"current_password": PASSWORD, "new_password": OTHER}
        assert (await browser.post("/my-data/password", data=typed)).status_code == 303
        assert (await browser.get("/my-data")).status_code == 200
    async with database.reading(all_organisations=True) as session:
        assert await sign_ins.actor_for(session, lost.token, now=MORNING) is None
    assert (await _sign_in(app, "Sam", PASSWORD)).status_code == 422
    assert (await _sign_in(app, "Sam", OTHER)).status_code == 201


async def test_a_weak_new_password_is_refused_beside_its_own_field(
    app: FastAPI, sam: SignedIn
) -> None:
    async with browser_of(app, sam) as browser:
        typed = {"current_password": PASSWORD, "new_password": "sam"}
        answer = await browser.post("/my-data/password", data=typed)
    assert answer.status_code == 422
    assert 'id="new_password-wrong"' in answer.text


async def test_an_address_is_changed_used_and_taken_away(app: FastAPI, sam: SignedIn) -> None:
    proof = {"current_password": PASSWORD}
    async with browser_of(app, sam) as browser:
        await browser.post("/my-data/email", data=proof | {"email": "Mine@Example.org"})
        assert "mine@example.org" in (await browser.get("/my-data")).text
        assert (await _sign_in(app, "mine@example.org", PASSWORD)).status_code == 201
        await browser.post("/my-data/email", data=proof | {"email": ""})
        assert "mine@example.org" not in (await browser.get("/my-data")).text
    assert (await _sign_in(app, "mine@example.org", PASSWORD)).status_code == 422


async def test_changing_an_address_does_not_tell_that_somebody_has_it(
    app: FastAPI, database: Database, sam: SignedIn
) -> None:
    async with database.unit_of_work(sam.actor.organisation_id) as session:
        await accounts.create(session, name="Ali", email="ali@example.org", now=MORNING)
    shown = []
    async with browser_of(app, sam) as browser:
        for email in ("ali@example.org", "free@example.org"):
            typed = {"current_password": PASSWORD, "email": email}
            answer = await browser.post("/my-data/email", data=typed)
            page = (await browser.get("/my-data")).text
            shown.append((answer.status_code, email in page))
    assert shown == [(303, True), (303, True)]


async def test_new_recovery_words_work_and_the_old_ones_end(
    app: FastAPI, database: Database, sam: SignedIn
) -> None:
    async with database.unit_of_work(sam.actor.organisation_id) as session:
        old = await recovery.give_codes(session, sam.id, now=MORNING)
    async with browser_of(app, sam) as browser:
        answer = await browser.post("/my-data/codes", data={"current_password": PASSWORD})
    new = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", answer.text)
    assert len(set(new)) == recovery.CODES
    async with client_of(app) as client:
        for code, status in ((old[0], 422), (new[0], 201)):
            typed = {"name": "Sam", "code": code, "password": OTHER}
            answer = await client.post("/api/v1/recoveries", json=typed)
            assert answer.status_code == status
    assert "got back in" in str((await _state(database, sam))[3])


async def test_guesses_on_a_borrowed_phone_count_with_those_at_the_door(
    app: FastAPI, sam: SignedIn
) -> None:
    async with client_of(app, sam) as client:
        for _ in range(ALLOWED[Guess.SIGN_IN].pair):
            answer = await client.post("/api/v1/me/recovery-codes", json={"current_password": "x"})
            assert answer.status_code == 422
        answer = await client.post("/api/v1/me/recovery-codes", json={"current_password": PASSWORD})
    assert answer.status_code == 429
    assert (await _sign_in(app, "sam", PASSWORD)).status_code == 429
