"""What is kept no longer goes once a day: not by a clock nobody can believe, nor never."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from beenthere import tidying
from beenthere.upkeep import Upkeep
from people import leases
from people.notices import Notice
from people.permissions import Role
from people.sign_ins import SignIn
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


FULL = "CREATE TRIGGER full BEFORE DELETE ON sign_in BEGIN SELECT RAISE(ABORT, ''); END"


async def _sign_ins(town: Town) -> int:
    async with town.database.reading(town.organisation_id) as session:
        return await session.scalar(select(func.count()).select_from(SignIn)) or 0


async def test_a_clock_set_far_ahead_lets_nothing_go_before_somebody_could_set_it_right(
    town: Town,
) -> None:
    await town.resident("Pia", Role.ADMINISTRATOR)
    await town.sweep_after_a_gap()
    town.clock.pass_time(days=1)
    await town.sweep_after_a_gap()
    before = await _sign_ins(town)
    town.clock.pass_time(days=4_000)
    await town.sweep_after_a_gap()
    # Also by a process that begins anew, and however often.
    town.clock.pass_time(hours=5)
    await town.sweep_after_a_gap()
    assert await _sign_ins(town) == before
    assert sum("The clock of this server was at" in words for words in await _told(town)) == 1
    # Set right again, that is a jump as well; then days are days.
    town.clock.pass_time(days=-4_000)
    await town.sweep_after_a_gap()
    for _ in range(3):
        town.clock.pass_time(days=1)
        await town.sweep_after_a_gap()
    assert await _sign_ins(town) == before


async def test_a_server_that_was_off_for_long_goes_on_a_day_later(town: Town) -> None:
    await town.resident("Pia", Role.ADMINISTRATOR)
    await town.sweep_after_a_gap()
    town.clock.pass_time(days=800)
    await town.sweep_after_a_gap()
    assert await _sign_ins(town) == 1
    town.clock.pass_time(days=1)
    await town.sweep_after_a_gap()
    assert await _sign_ins(town) == 0


async def test_what_failed_is_tried_again_and_told_when_it_goes_on_failing(town: Town) -> None:
    pia = await town.resident("Pia", Role.ADMINISTRATOR)
    await pia.delete(f"/me/sign-ins/{(await pia.get('/me/sign-ins'))['items'][0]['id']}")
    upkeep = Upkeep(town.database, settings=town.app.state.settings, clock=town.clock)
    await _run(town, FULL)
    town.clock.pass_time(days=95)
    await town.sweep()
    assert await _sign_ins(town) == 1
    for _ in range(6):
        await upkeep.sweep()
        town.clock.pass_time(minutes=30)
    assert sum("could not be let go of" in words for words in await _told(town)) == 1
    await _run(town, "DROP TRIGGER full")
    town.clock.pass_time(hours=1)
    await upkeep.sweep()
    assert await _sign_ins(town) == 0


async def test_days_of_failing_are_no_clock_that_was_changed(town: Town) -> None:
    await town.resident("Pia", Role.ADMINISTRATOR)
    upkeep = Upkeep(town.database, settings=town.app.state.settings, clock=town.clock)
    await _run(town, FULL)
    town.clock.pass_time(days=95)
    await _was_on(town)
    for _ in range(4 * 7):
        await upkeep.sweep()
        town.clock.pass_time(hours=6)
    await _run(town, "DROP TRIGGER full")
    await upkeep.sweep()
    told = await _told(town)
    assert not any("The clock of this server was at" in words for words in told)
    # Each day anew, as long as it fails.
    assert 1 < sum("could not be let go of" in words for words in told) <= 7


async def test_what_failed_under_a_clock_far_ahead_is_tried_when_it_is_set_right(
    town: Town,
) -> None:
    pia = await town.resident("Pia", Role.ADMINISTRATOR)
    await pia.delete(f"/me/sign-ins/{(await pia.get('/me/sign-ins'))['items'][0]['id']}")
    upkeep = Upkeep(town.database, settings=town.app.state.settings, clock=town.clock)
    await _run(town, FULL)
    town.clock.pass_time(days=95)
    await _was_on(town)
    # Near enough to be believed, and too far to be waited for.
    town.clock.pass_time(days=2)
    await upkeep.sweep()
    await _run(town, "DROP TRIGGER full")
    town.clock.pass_time(days=-2)
    await upkeep.sweep()
    assert await _sign_ins(town) == 0


async def _was_on(town: Town) -> None:
    """As if the server had looked yesterday."""
    async with town.database.unit_of_work(town.organisation_id) as session:
        await leases.note(session, tidying.LOOKED, until=town.clock.now - timedelta(days=1))


async def _run(town: Town, statement: str) -> None:
    async with town.database.unit_of_work(all_organisations=True) as session:
        await session.execute(text(statement))


async def _told(town: Town) -> list[str]:
    async with town.database.reading(town.organisation_id) as session:
        return [one.words for one in await session.scalars(select(Notice)) if one.words]
