"""Before joining one can read what helped people who agreed to show it (promise 33)."""

from uuid import UUID

import pytest
from sqlalchemy import update

from people.accounts import Account
from people.consents import Purpose
from people.permissions import Standing
from tests.journeys.town import ALL, Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SHOWN = ALL | {Purpose.SHOW_WHAT_HELPED}
PATH = "/what-helped"


async def _helped(town: Town, name: str, *used: str) -> Resident:
    one = await town.resident(name, purposes=SHOWN)
    await one.tell(used=list(used))
    return one


async def test_promise_33_a_stranger_reads_what_helped_by_consent_and_without_a_name(
    town: Town,
) -> None:
    await _helped(town, "Marigold", "naming five green things", "the choir")
    silent = await town.resident("Sam")
    await silent.tell(used=["walking the dog"])
    stranger = town.browser()
    for path in ("/", PATH):
        shown = await stranger.open(path)
        assert "naming five green things; the choir" in shown
        assert "Marigold" not in shown
        assert "walking the dog" not in shown


async def test_a_yes_that_is_taken_back_counts_at_once_and_so_does_a_new_one(town: Town) -> None:
    marigold = await _helped(town, "Marigold", "the choir")
    stranger = town.browser()
    for is_given in (False, True, False):
        await marigold.put("/me/consents/show_what_helped", {"is_given": is_given})
        assert ("the choir" in await stranger.open(PATH)) == is_given


async def test_somebody_who_is_suspended_is_not_shown_to_strangers(town: Town) -> None:
    marigold = await _helped(town, "Marigold", "the choir")
    async with town.database.unit_of_work(town.organisation_id) as session:
        suspended = update(Account).where(Account.id == UUID(marigold.id))
        await session.execute(suspended.values(standing=Standing.SUSPENDED))
    assert "the choir" not in await town.browser().open(PATH)


async def test_words_that_somebody_should_look_at_are_not_shown_to_strangers(town: Town) -> None:
    await _helped(town, "Marigold", "ring me on 07700 900123")
    await _helped(town, "Sam", "I want to die tonight")
    shown = await town.browser().open(PATH)
    assert "07700" not in shown
    assert "die tonight" not in shown
    assert "Nobody has shared theirs yet." in shown


async def test_another_organisations_people_are_not_shown_here(town: Town) -> None:
    elsewhere = await town.another_organisation()
    stranger = await town.resident("Ezra", organisation_id=elsewhere, purposes=SHOWN)
    await stranger.tell(used=["the allotment"])
    wren = await town.resident("Wren")
    assert "the allotment" not in await wren.browser.open(PATH)
    assert "the allotment" in await town.browser().open("/o/cove/what-helped")
