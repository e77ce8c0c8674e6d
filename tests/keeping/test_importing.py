"""Bringing people along, as an administrator types it; then they sign in."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from app_factories import client_of
from conftest import Hand
from fastapi import FastAPI
from people_factories import sign_up
from sqlalchemy import select

from beenthere import erasing, importing, rows
from beenthere.importing import Count, Run
from core.database import Database
from core.sentences import Sentence
from moderation.cases import Case
from moderation.desk import Desk
from moderation.screening import RulesScreening
from people import accounts, audit, blocks, registers
from people.accounts import Account
from people.erasures import Erasure
from people.permissions import Role

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SAFETY = Desk(RulesScreening())
LOST = "My brother died two years ago and the evenings are long."


def _people() -> list[dict[str, Any]]:
    lived = [{"words": LOST, "topic": "grief", "where": "living_it"}]
    return [
        {"id": "1", "name": "Rowan", "experiences": lived, "blocked": ["3", "9"]},
        {"id": "2", "name": "rowan", "experiences": lived},
        {"id": "3", "name": "Birch", "experiences": lived},
        {"id": "4", "name": "Moderator", "experiences": lived},
        {"id": "5", "name": "", "experiences": lived},
        {"id": "6", "name": "Ash", "age_band": "under_18"},
        {"id": "7", "name": "Elm", "experiences": lived, "about": "Ring me on 07700 900123."},
        {"id": "8", "name": "=Fir", "experiences": lived},
        {"id": "9", "name": "Holly", "experiences": lived, "about": "I want to die tonight."},
    ]


class Told(list[str]):
    """What whoever typed the command was told."""

    def __call__(self, said: Sentence) -> None:
        self.append(str(said))


async def _bring(
    app: FastAPI, organisation_id: UUID, folder: Path, *, stop_after: int | None = None
) -> tuple[Count, Told]:
    file, told = folder / "people.jsonl", Told()
    file.write_text("".join(json.dumps(one) + "\n" for one in _people()), "utf-8")
    read = _stopping(rows.read(file), stop_after)
    with (folder / "codes.csv").open("a", encoding="utf-8", newline="") as codes:
        run = Run(
            database=app.state.database, organisation_id=organisation_id, safety=SAFETY,
            clock=app.state.clock, site_name="Been There", tell=told, codes=codes,
        )  # fmt: skip
        async for _ in importing.bring(run, read):
            pass
    return run.count, told


def _stopping(read: Iterator[rows.Row], after: int | None) -> Iterator[rows.Row]:
    for number, row in enumerate(read):
        if number == after:
            raise KeyboardInterrupt
        yield row


@pytest.fixture
async def brought(app: FastAPI, organisation_id: UUID, tmp_path: Path) -> tuple[Count, Told]:
    return await _bring(app, organisation_id, tmp_path)


def _codes(folder: Path) -> dict[str, str]:
    with (folder / "codes.csv").open(encoding="utf-8", newline="") as written:
        return {row["id"]: row["code"] for row in csv.DictReader(written)}


async def test_good_rows_come_in_and_bad_ones_are_told_apart(brought: tuple[Count, Told]) -> None:
    count, told = brought
    assert (count.brought, count.already, count.bad) == (5, 0, 4)
    assert [line.partition(":")[0] for line in sorted(told)] == [
        "Line 2", "Line 4", "Line 5", "Line 6",
    ]  # fmt: skip


async def test_the_same_file_again_brings_nobody_twice_and_no_code_goes_stale(
    app: FastAPI, organisation_id: UUID, tmp_path: Path, brought: tuple[Count, Told]
) -> None:
    before = _codes(tmp_path)
    count, _ = await _bring(app, organisation_id, tmp_path)
    assert (count.brought, count.already) == (0, 5)
    assert _codes(tmp_path) == before
    async with app.state.database.reading(organisation_id) as session:
        assert len(list(await session.scalars(select(Account.id)))) == 5
        assert await audit.verify(session, organisation_id) is None


async def test_stopped_in_the_middle_it_goes_on_where_it_was(
    app: FastAPI, organisation_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    with pytest.raises(KeyboardInterrupt):
        await _bring(app, organisation_id, tmp_path, stop_after=3)
    count, _ = await _bring(app, organisation_id, tmp_path)
    assert (count.brought, count.already) == (4, 1)
    assert len(_codes(tmp_path)) == 5


async def test_those_who_must_not_meet_never_do_whoever_comes_first(
    app: FastAPI, organisation_id: UUID, brought: tuple[Count, Told]
) -> None:
    async with app.state.database.reading(organisation_id) as session:
        ids = {one.name: one.id for one in await session.scalars(select(Account))}
        assert await blocks.made_by(session, ids["Rowan"]) == {ids["Birch"], ids["Holly"]}


async def test_what_peers_may_not_read_is_kept_back_and_distress_reaches_a_person(
    app: FastAPI, organisation_id: UUID, brought: tuple[Count, Told]
) -> None:
    database: Database = app.state.database
    async with database.reading(organisation_id) as session:
        ids = {one.id: one.name for one in await session.scalars(select(Account))}
        seen = {ids[one.author_id]: one.tier for one in await session.scalars(select(Case))}
    assert seen["Holly"] == "now"
    wren = await sign_up(database, organisation_id, "Wren", now=app.state.clock())
    async with client_of(app, wren) as client:
        offered = (await client.get("/api/v1/offers")).text
    assert "07700" not in offered


async def test_somebody_comes_in_by_their_code_and_finds_what_was_brought(
    app: FastAPI, organisation_id: UUID, tmp_path: Path, brought: tuple[Count, Told]
) -> None:
    code = _codes(tmp_path)["1"]
    wanted = {"name": "Rowan", "code": code, "password": "copper kettle on a wet roof"}
    async with client_of(app) as client:
        come = await client.post("/api/v1/recoveries", json=wanted)
        again = await client.post("/api/v1/recoveries", json=wanted)
        client.headers["authorization"] = f"Bearer {come.json()['token']}"
        profile = (await client.get("/api/v1/profile")).json()
        offers = (await client.get("/api/v1/offers")).json()
    assert (come.status_code, again.status_code) == (201, 422)
    assert profile["document"]["experiences"][0]["words"] == LOST
    names = {one["name"] for one in offers["people"]}
    assert names
    assert not names & {"Birch", "Holly"}


async def test_whoever_was_erased_is_not_brought_back(
    app: FastAPI, organisation_id: UUID, tmp_path: Path, clock: Hand, brought: tuple[Count, Told]
) -> None:
    database: Database = app.state.database
    async with database.unit_of_work(organisation_id) as session:
        birch = await accounts.by_name(session, "Birch")
        assert birch is not None
        session.add(Erasure(account_id=birch.id, asked_at=clock(), due_at=clock(), keeps=[]))
        await session.flush()
        assert await erasing.erase_due(session, now=clock()) == 1
    count, _ = await _bring(app, organisation_id, tmp_path)
    assert (count.brought, count.already) == (0, 5)
    async with database.reading(organisation_id) as session:
        assert await accounts.by_name(session, "Birch") is None


async def test_the_list_of_people_has_no_words_and_no_formulas(
    app: FastAPI, organisation_id: UUID, brought: tuple[Count, Told]
) -> None:
    database: Database = app.state.database
    held = (Role.ADMINISTRATOR,)
    ana = await sign_up(database, organisation_id, "Ana", now=app.state.clock(), roles_held=held)
    async with database.unit_of_work(organisation_id) as session:
        listed = await registers.take_away(session, ana.actor, now=app.state.clock())
    assert [one.name for one in listed] == ["=Fir", "Ana", "Birch", "Elm", "Holly", "Rowan"]
    assert listed[1].cells == ("Ana", "2026-03-04", "active", "administrator")
