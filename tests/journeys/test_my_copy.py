"""A copy of what is kept about me (promise 28): all that is mine, and nobody else's words."""

import json
from typing import Any
from uuid import UUID

import pytest

from api.copies import TITLES
from core.tables import Base, Copied
from people import accounts, credentials, privacy
from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio
PASSWORD = "nine purple otters knitting"


async def _with_password(town: Town, who: Resident) -> None:
    hashed = await credentials.hash_password(PASSWORD)
    async with town.database.unit_of_work(town.organisation_id) as session:
        await accounts.set_password_hash(session, UUID(who.id), hashed)


async def _copy(who: Resident) -> Any:
    return await who.post("/me/copy", {"current_password": PASSWORD})


def _rows(copied: Any, name: str) -> list[dict[str, Any]]:
    return [row for part in copied["parts"] if part["name"] == name for row in part["rows"]]


async def _two_who_met(town: Town) -> tuple[Resident, Resident, str]:
    ada, ben = await town.residents("Ada", "Ben")
    await ada.tell(about="Ada-about: my brother hears voices.")
    await ben.tell(about="Ben-about: I do too.")
    hello = await ada.post("/hellos", {"to": ben.id, "words": "Ada-hello, would you like to?"})
    room = (await ben.post(f"/hellos/{hello['id']}/yes"))["room_id"]
    await ada.say(room, "Ada-said: I slept at last.", "a1")
    await ben.say(room, "Ben-said: so glad.", "b1")
    for who in (ada, ben):
        await _with_password(town, who)
    return ada, ben, room


async def test_promise_28_a_copy_holds_my_words_and_nobody_elses(town: Town) -> None:
    ada, ben, room = await _two_who_met(town)
    await ben.put(f"/me/blocks/{ada.id}")
    for who, other in ((ada, "Ben-"), (ben, "Ada-")):
        copied = json.dumps(await _copy(who))
        for kind in ("about", "said"):
            assert f"{who.name}-{kind}" in copied
        assert other not in copied
    copied = await _copy(ada)
    assert "Ada-hello" in json.dumps(_rows(copied, "connection"))
    [said] = _rows(copied, "room_event")
    assert (said["room_id"], said["body"]) == (room, "Ada-said: I slept at last.")
    assert _rows(copied, "block") == []
    assert len(_rows(await _copy(ben), "block")) == 1


async def test_a_copy_does_not_tell_who_told_us_of_something_nor_that_anybody_did(
    town: Town,
) -> None:
    ada, ben, room = await _two_who_met(town)
    before = await _copy(ada)
    message = (await ben.history(room))[0]["id"]
    told = {"reason": "unkind", "note": "Ben-note: please look at this."}
    await ben.post(f"/messages/{message}/concerns", told)
    after = await _copy(ada)
    assert {part["name"] for part in after["parts"]} == {part["name"] for part in before["parts"]}
    assert "Ben-note" not in json.dumps(after)
    assert "Ben-note" in json.dumps(_rows(await _copy(ben), "flag"))


async def test_a_copy_needs_the_password_and_its_owner_is_told(town: Town) -> None:
    [ada] = await town.residents("Ada")
    await _with_password(town, ada)
    await ada.post("/me/copy", {"current_password": "not mine at all"}, status=422)
    assert not any("copy" in words for words in await ada.told())
    copied = await _copy(ada)
    assert any("A copy of what is kept about you was made" in words for words in await ada.told())
    assert all(part["title"] for part in copied["parts"])
    await ada.browser.open("/my-data")
    await ada.browser.follow("Get a copy of what is kept about me")
    words = await ada.browser.press("Give me my copy", {"current_password": "not mine at all"})
    assert "That isn't your password." in words
    await ada.browser.press("Give me my copy", {"current_password": PASSWORD})
    assert '"title": "Your account"' in ada.browser.text


async def test_a_staff_member_takes_nothing_of_a_member_away(town: Town) -> None:
    ada, _, room = await _two_who_met(town)
    noor = await town.resident("Noor", Role.MODERATOR)
    await _with_password(town, noor)
    await ada.say(room, "I want to die tonight, Ada-deep.", "a2")
    case = (await noor.queue())[0]
    await noor.look(case["id"])
    assert "Ada-" not in json.dumps(await _copy(noor))


def test_every_word_kept_about_somebody_is_in_their_copy_or_says_why_not() -> None:
    copied = {(part.table.name, column.name) for part in privacy.parts() for column in part.columns}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.info["personal"] not in {None, column.name}:
                is_there = (table.name, column.name) in copied
                assert is_there == (column.info["copied"] is Copied.YES), column


def test_every_part_of_a_copy_has_a_title_and_bytes_are_words_that_open() -> None:
    assert {part.table.name for part in privacy.parts()} == TITLES.keys()
    for part in privacy.parts():
        for column in part.columns:
            if str(column.type) in {"BLOB", "BYTEA"}:
                assert column.name in part.seals, column
