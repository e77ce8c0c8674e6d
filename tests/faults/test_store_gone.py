"""The database locked or gone: a message is refused, never acknowledged, and no words are lost."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from chat import frames
from core.database import Database
from tests.journeys.live import calling, served
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

WORDS = "It took me an hour to find these words."


@asynccontextmanager
async def _closed(address: str, database_url: str) -> AsyncIterator[None]:
    """Let nobody reach this database, and cut off whoever does."""
    name = database_url.partition("?")[0].rpartition("/")[2]
    keeper = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        await keeper.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        await keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        yield
        await keeper.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
    finally:
        await keeper.close()


async def _two(town: Town) -> tuple[Resident, Resident, str]:
    one, other = await town.residents("One", "Other")
    room_id = await town.talk(one, other)
    await one.say(room_id, "Before.", "c1")
    return one, other, room_id


@contextmanager
def _breaking_off(database: Database) -> Iterator[None]:
    """Let every commit break off at the very end, when everything else was done."""

    def break_off(_connection: object) -> None:
        raise OperationalError("COMMIT", None, OSError("the disk is full"))

    engine = database._writer.sync_engine
    event.listen(engine, "commit", break_off)
    try:
        yield
    finally:
        event.remove(engine, "commit", break_off)


async def test_what_was_not_committed_is_not_acknowledged(town: Town) -> None:
    one, other, room_id = await _two(town)
    async with served(town.app) as port, calling(port, one) as line:
        await line.listen(one, room_id)
        with _breaking_off(town.app.state.database):
            refused = await one.say(room_id, WORDS, "c2", status=503)
            assert refused["code"] == "unavailable"
            live = await line.say(room_id, WORDS, "c3")
            assert isinstance(live, frames.Problem), live
        assert await other.words(room_id) == ["Before."]
        assert (await one.say(room_id, WORDS, "c2"))["seq"] == 2
        await line.until(lambda frame: getattr(frame, "text", None) == WORDS)
        assert await line.shows(one, room_id)
    assert await other.words(room_id) == ["Before.", WORDS]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_while_the_file_is_locked_nothing_is_acknowledged(
    town: Town, database_url: str
) -> None:
    one, other, room_id = await _two(town)
    file = sqlite3.connect(database_url.partition(":///")[2], isolation_level=None)
    try:
        file.execute("BEGIN IMMEDIATE")
        refused = await one.say(room_id, WORDS, "c2", status=503)
        assert refused["code"] == "unavailable"
        assert "Please try again" in refused["detail"]
        assert await other.words(room_id) == ["Before."], "what was said can still be read"
        file.execute("ROLLBACK")
    finally:
        file.close()
    assert (await one.say(room_id, WORDS, "c2"))["seq"] == 2
    assert await other.words(room_id) == ["Before.", WORDS]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_while_the_disk_is_full_nothing_is_acknowledged_and_nothing_broken(
    town: Town,
) -> None:
    one, other, room_id = await _two(town)
    pages = await _pragma(town, "page_count")
    await _pragma(town, f"max_page_count={pages}")
    long, answers = WORDS * 90, []
    while not answers or answers[-1] == 201:
        body = {"client_id": f"full-{len(answers)}", "text": f"{long} {len(answers)}"}
        path = f"/api/v1/rooms/{room_id}/messages"
        answers.append((await one.browser.client.post(path, json=body)).status_code)
        town.clock.pass_time(seconds=1)
    assert answers[-1] == 503
    kept = [f"{long} {number}" for number in range(len(answers) - 1)]
    assert await other.words(room_id) == ["Before.", *kept], "what was acknowledged is there"
    await _pragma(town, f"max_page_count={2 * pages + 1_000}")
    again = f"full-{len(kept)}"
    assert (await one.say(room_id, f"{long} {len(kept)}", again))["seq"] == len(kept) + 2


async def _pragma(town: Town, words: str) -> int:
    """Ask or tell the one connection of the app that writes."""
    async with town.app.state.database.unit_of_work(all_organisations=True) as session:
        found = await (await session.connection()).exec_driver_sql(f"PRAGMA {words}")
        return int(found.scalar_one())


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_while_the_database_is_gone_nothing_is_acknowledged_and_words_are_kept(
    town: Town, database_url: str, postgres: str
) -> None:
    one, other, room_id = await _two(town)
    async with served(town.app) as port, calling(port, one) as line:
        await line.listen(one, room_id)
        async with _closed(postgres, database_url):
            refused = await one.say(room_id, WORDS, "c2", status=503)
            assert refused["code"] == "unavailable"
            live = await line.say(room_id, WORDS, "c3")
            assert isinstance(live, frames.Problem)
            assert (live.code, live.client_id) == ("unavailable", "c3")
            phone = one.browser
            for path, name in ((f"/talks/{room_id}", "text"), ("/first-words", "words")):
                shown = await _posted_in_vain(one, path, {name: WORDS, "client_id": "c4"})
                assert WORDS in shown, path
            assert (await phone.client.get("/readyz")).status_code == 503
            assert (await phone.client.get("/healthz")).status_code == 200
            assert (await phone.client.get("/home")).status_code == 503
        for client_id in ("c2", "c3"):
            await one.say(room_id, f"{WORDS} {client_id}", client_id)
        await line.until(lambda frame: getattr(frame, "text", None) == f"{WORDS} c3")
        assert await line.shows(one, room_id)
    assert await other.words(room_id) == ["Before.", f"{WORDS} c2", f"{WORDS} c3"]


async def _posted_in_vain(who: Resident, path: str, fields: dict[str, str]) -> str:
    answer = await who.browser.client.post(path, data=fields)
    assert answer.status_code == 503
    return answer.text
