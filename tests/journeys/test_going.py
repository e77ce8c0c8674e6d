"""Going for good: three weeks to change one's mind, a choice for each talk, and nothing left."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from beenthere import backups
from chat import events
from core.database import Database
from core.errors import Conflict
from core.settings import Settings
from core.tables import Base
from people import accounts, credentials, erasures, privacy
from people.erasures import Erasure
from people.permissions import Actor, Role
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio
SQLITE_ONLY = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
PASSWORD = "nine purple otters knitting"
PROOF = {"current_password": PASSWORD}


async def _people(town: Town, *names: str) -> list[Resident]:
    found = await town.residents(*names)
    hashed = await credentials.hash_password(PASSWORD)
    async with town.database.unit_of_work(town.organisation_id) as session:
        for who in found:
            await accounts.set_password_hash(session, UUID(who.id), hashed)
    return found


async def _wait(town: Town, *still_here: Resident, **lengths: float) -> None:
    """Let time pass; whoever is still here looks in now and then, and stays signed in."""
    until = town.clock() + timedelta(**lengths)
    while town.clock() < until:
        town.clock.now = min(until, town.clock() + timedelta(days=5))
        await town.sweep()
        for one in still_here:
            await one.get("/me")


async def _is_here(town: Town, who: Resident) -> bool:
    async with town.database.reading(town.organisation_id) as session:
        return bool(await accounts.names(session, {UUID(who.id)}))


async def _left_of(town: Town, who: Resident) -> dict[str, list[Any]]:
    """Every value that is about somebody and ends with their account, by table."""
    found: dict[str, list[Any]] = {}
    async with town.database.reading(town.organisation_id) as session:
        for part in privacy.kept():
            rows = await session.execute(select(*part.columns).where(part.owner == UUID(who.id)))
            found.setdefault(part.table.name, []).extend(row._asdict() for row in rows)
    return {name: rows for name, rows in found.items() if rows}


async def test_who_goes_is_gone_after_three_weeks_and_what_they_chose_to_leave_stays(
    town: Town,
) -> None:
    ada, ben, cay = await _people(town, "Ada", "Ben", "Cay")
    stays, goes = await town.talk(ada, ben), await town.talk(ada, cay)
    await ada.say(stays, "This may stay.", "a1")
    await ada.say(goes, "This should go.", "a2")
    await ben.say(stays, "Thank you.", "b1")
    asked = await ada.post("/me/erasure", PROOF | {"keeps": [stays]}, status=202)
    assert asked["due_at"].startswith("2026-03-25")
    await _wait(town, ada, ben, cay, days=20, hours=23)
    assert await ada.words(goes) == ["This should go."]
    await _wait(town, hours=2)
    assert not await _is_here(town, ada)
    assert (await ada.api.get("/api/v1/me")).status_code == 401
    assert await ben.words(stays) == ["This may stay.", "Thank you."]
    assert await cay.words(goes) == [None]
    for who in (ben, cay):
        talks = (await who.browser.open("/talks")).replace("\n", " ")
        assert "Ada" not in talks
    assert await town.audit_holds()


async def test_nothing_that_ends_with_an_account_is_left(town: Town) -> None:
    keeper, ada, ben = await _people(town, "Keeper", "Ada", "Ben")
    administrator = await town.resident("Adam", Role.ADMINISTRATOR)
    group = await town.group(administrator, keeper)
    await ada.tell(about="My brother hears voices.")
    await ada.put(f"/groups/{group}/place")
    await ada.say(await town.room_of(ada, group), "Hello all.", "a1")
    poll = {"words": "Which day?", "options": ["Monday", "Tuesday"], "client_id": "p1"}
    await ada.post(f"/groups/{group}/polls", poll)
    (asked,) = (await keeper.get(f"/groups/{group}/polls"))["items"]
    await keeper.put(f"/groups/{group}/polls/{asked['id']}/choice", {"choice": 0})
    room = await town.talk(ada, ben)
    await ada.say(room, "I want to die tonight.", "a2")
    await ada.say(room, "My number is 07700 900123.", "a3", status=None)
    await ada.put(f"/me/blocks/{ben.id}")
    await ada.post("/me/erasure", PROOF)
    await _wait(town, keeper, days=21, minutes=1)
    left = await _left_of(town, ada)
    [account] = left.pop("account")
    assert {name for name, value in account.items() if value is not None} == {
        "id", "standing", "language", "joined_at", "erased_at",
    }  # fmt: skip
    assert left.keys() <= {"room_event", "membership", "group_member", "connection", "candidate"}
    for rows in left.values():
        for row in rows:
            assert not any(row[name] for name in row if name.endswith(("_sealed", "folded")))
    members = (await keeper.get(f"/groups/{group}/members"))["items"]
    assert ada.id not in {one["account_id"] for one in members}
    # Others' voices went with the question: alone they would say nothing.
    assert "poll_vote" not in await _left_of(town, keeper)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_who_changes_their_mind_stays_with_everything(town: Town) -> None:
    ada, ben = await _people(town, "Ada", "Ben")
    room = await town.talk(ada, ben)
    await ada.say(room, "Still here.", "a1")
    await ada.browser.open("/my-data")
    await ada.browser.follow("Erase my account")
    words = await ada.browser.press("Erase my account in three weeks", PROOF)
    assert "Your account will be erased on" in words
    assert any("You asked us to erase your account" in told for told in await ada.told())
    await _wait(town, ada, days=20)
    await ada.browser.open("/my-data/erase")
    await ada.browser.press("I've changed my mind: I'd like to stay")
    assert any("Your account stays" in told for told in await ada.told())
    await _wait(town, ada, days=30)
    assert await ada.words(room) == ["Still here."]


@SQLITE_ONLY
async def test_who_is_about_to_go_is_reminded_while_there_is_time(town: Town) -> None:
    ada, ben = await _people(town, "Ada", "Ben")
    for who in (ada, ben):
        await who.post("/me/erasure", PROOF, status=202)
    await ben.delete("/me/erasure")
    await _wait(town, ada, ben, days=17)
    assert not any("will be erased on" in told for told in await ada.told())
    await _wait(town, ada, ben, days=1, hours=1)
    assert any("will be erased on" in told for told in await ada.told())
    assert not any("will be erased on" in told for told in await ben.told())


async def test_asked_twice_the_day_stays_and_the_choice_is_the_newer(town: Town) -> None:
    ada, ben = await _people(town, "Ada", "Ben")
    room = await town.talk(ada, ben)
    await ada.say(room, "Let this stay.", "a1")
    first = await ada.post("/me/erasure", PROOF)
    await _wait(town, ada, ben, days=5)
    assert await ada.post("/me/erasure", PROOF | {"keeps": [room]}) == first
    await _wait(town, ben, days=16, minutes=1)
    assert not await _is_here(town, ada)
    assert await ben.words(room) == ["Let this stay."]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_without_the_password_nobody_is_erased(town: Town) -> None:
    [ada] = await _people(town, "Ada")
    await ada.post("/me/erasure", {"current_password": "not mine at all"}, status=422)
    assert (await ada.get("/me/erasure"))["due_at"] is None
    await _wait(town, days=30)
    assert await _is_here(town, ada)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_nobody_new_is_led_to_who_is_about_to_go(town: Town) -> None:
    ada, ben = await _people(town, "Ada", "Ben")
    assert [one["name"] for one in (await ben.get("/offers"))["people"]] == ["Ada"]
    await ada.post("/me/erasure", PROOF)
    assert (await ben.get("/offers"))["people"] == []
    await ada.delete("/me/erasure")
    assert [one["name"] for one in (await ben.get("/offers"))["people"]] == ["Ada"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_only_administrator_finds_another_first(town: Town) -> None:
    adam = await town.resident("Adam", Role.ADMINISTRATOR)
    async with town.database.unit_of_work(town.organisation_id) as session:
        actor = Actor(UUID(adam.id), town.organisation_id, "Adam")
        with pytest.raises(Conflict, match="another administrator"):
            await erasures.ask(session, actor, keeps=(), now=town.clock())


async def test_one_that_fails_keeps_no_other_here_and_is_tried_again(town: Town) -> None:
    ada, ben = await _people(town, "Ada", "Ben")
    for who in (ada, ben):
        await who.post("/me/erasure", PROOF)
    await _set_keeps(town, ada, ["what no talk is called"])
    await _wait(town, ada, days=21, minutes=1)
    assert await _is_here(town, ada)
    assert not await _is_here(town, ben)
    await _set_keeps(town, ada, [])
    await _wait(town, minutes=2)
    assert not await _is_here(town, ada)


async def _set_keeps(town: Town, who: Resident, keeps: list[str]) -> None:
    async with town.database.unit_of_work(town.organisation_id) as session:
        await session.execute(
            update(Erasure).where(Erasure.account_id == UUID(who.id)).values(keeps=keeps)
        )


def test_every_table_of_somebodys_words_is_erased_by_somebody() -> None:
    kept = {part.table.name for part in privacy.kept()}
    for table in Base.metadata.tables.values():
        sealed = [one for one in table.columns if one.name.endswith("_sealed")]
        if any(one.info["retention"] in privacy.ENDING for one in sealed):
            assert table.name in kept, table


@SQLITE_ONLY
async def test_erasures_that_fail_again_and_again_keep_nobody_waiting_after_them(
    town: Town,
) -> None:
    """Twelve whose account was lost, so that nothing of it can be ended; then one who is here."""
    (zoe,) = await _people(town, "Zoe")
    due_at = town.clock()
    async with town.database.unit_of_work(town.organisation_id) as session:
        lost = [UUID(int=number + 1) for number in range(12)]
        for number, account_id in enumerate([*lost, UUID(zoe.id)]):
            at = due_at - timedelta(hours=20 - number)
            session.add(Erasure(account_id=account_id, asked_at=at, due_at=at, keeps=[]))
    await town.sweep()
    assert not await _is_here(town, zoe)


@SQLITE_ONLY
async def test_who_was_erased_since_a_backup_is_erased_again_when_it_is_put_back(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    ada, ben, cay = await _people(town, "Ada", "Ben", "Cay")
    stays, goes = await town.talk(ada, ben), await town.talk(cay, ada)
    await ada.say(stays, "This may stay.", "a1")
    await ada.say(goes, "This goes.", "a2")
    settings = Settings(_env_file=None, database_url=database_url)
    backups.backup(settings, tmp_path / "copy.db")
    await ada.post("/me/erasure", PROOF | {"keeps": [stays]})
    await _wait(town, ben, cay, days=22)
    assert not await _is_here(town, ada)
    for one in (town.database, town.app.state.database):
        await one.close()
    done = await backups.restore(settings, tmp_path / "copy.db", now=town.clock())
    assert done.erased == 1
    again = Database(database_url)
    async with again.reading(town.organisation_id) as session:
        assert await accounts.names(session, {UUID(ada.id)}) == {}
        said = [one.body for one in (await events.read(session, UUID(stays), limit=10)) if one.body]
        assert "This may stay." in said
        assert not [one for one in await events.read(session, UUID(goes), limit=10) if one.body]
    await again.close()
