"""Timed work is done once, by one process; what fails stops nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest
from conftest import Hand
from post_office import open_office
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import mail, upkeep
from beenthere.upkeep import Upkeep
from core.database import Database
from core.settings import Settings
from matching import crowds, pools
from people import organisations
from tests.upkeep.readers import reader

pytestmark = pytest.mark.anyio


def _upkeep(database: Database, clock: Hand) -> Upkeep:
    return Upkeep(database, settings=Settings(_env_file=None), clock=clock)


async def test_one_process_sweeps_and_another_takes_over_when_it_is_gone(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[datetime] = []

    async def sweep(_session: AsyncSession, now: datetime) -> None:
        swept.append(now)

    monkeypatch.setattr(upkeep, "SWEEPS", {"only": sweep})
    one, other = _upkeep(database, clock), _upkeep(database, clock)
    await one.sweep()
    await other.sweep()
    await one.sweep()
    assert len(swept) == 2
    clock.pass_time(seconds=61)
    await other.sweep()
    await one.sweep()
    assert len(swept) == 3


async def test_a_sweep_that_fails_stops_no_other_and_is_tried_again(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def sweep(name: str, *, fails: bool) -> Callable[[AsyncSession, datetime], Awaitable[None]]:
        async def run(session: AsyncSession, _now: datetime) -> None:
            tried.append(name)
            await session.execute(text(f"UPDATE organisation SET name = '{name}'"))
            if fails:
                raise RuntimeError

        return run

    monkeypatch.setattr(
        upkeep, "SWEEPS", {"a": sweep("a", fails=False), "b": sweep("b", fails=True)}
    )
    for _ in range(2):
        await _upkeep(database, clock).sweep()
        clock.pass_time(minutes=2)
    assert tried == ["a", "b", "a", "b"]
    async with database.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "a"


async def test_every_sweep_runs_on_an_empty_house_twice(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    for sweep in upkeep.SWEEPS.values():
        for _ in range(2):
            async with database.unit_of_work(organisation_id) as session:
                await sweep(session, clock.now)


async def test_people_are_prepared_before_anybody_asks_and_once_a_day(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    one = _upkeep(database, clock)
    for _ in range(2):
        assert pools.is_cold(organisation_id, now=clock())
        await one.sweep()
        assert not pools.is_cold(organisation_id, now=clock())
        clock.pass_time(days=1)


async def test_preparing_that_failed_is_tried_again_and_keeps_no_other_organisation_waiting(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        second = await organisations.create(session, slug="hill", name="Hill", now=clock())
    whole = crowds.everyone

    async def broken(session: AsyncSession) -> crowds.SealedEveryone:
        if session.info["organisation_id"] == organisation_id:
            raise RuntimeError
        return await whole(session)

    one = _upkeep(database, clock)
    monkeypatch.setattr(crowds, "everyone", broken)
    await one.sweep()
    assert pools.is_cold(organisation_id, now=clock())
    assert not pools.is_cold(second.id, now=clock())
    monkeypatch.setattr(crowds, "everyone", whole)
    await one.sweep()
    assert not pools.is_cold(organisation_id, now=clock())


async def test_a_mail_server_that_says_nothing_keeps_no_sweep_waiting(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = asyncio.Event()
    await reader(database, organisation_id, "Sam")

    async def sweep(_session: AsyncSession, _now: datetime) -> None:
        if office.met.is_set():
            swept.set()

    monkeypatch.setattr(upkeep, "SWEEPS", {"only": sweep})
    async with open_office(is_mute=True) as office:
        settings = Settings(
            _env_file=None,
            upkeep_every_seconds=0.02,
            mail_url=f"smtp://127.0.0.1:{office.port}",
        )
        at_work = Upkeep(database, settings=settings, clock=clock)
        at_work.start()
        async with asyncio.timeout(mail.TIMEOUT_SECONDS - 1):
            await swept.wait()
        await at_work.stop()
