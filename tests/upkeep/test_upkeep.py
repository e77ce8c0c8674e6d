"""Timed work is done once, by one process; what fails stops nothing else."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest
from conftest import Hand
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import upkeep
from beenthere.upkeep import Upkeep
from core.database import Database
from core.settings import Settings
from matching import pools

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
