"""A backup holds everything, and comes back whole or not at all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.util.exc import CommandError
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import select

from beenthere import backups, schema
from beenthere.backups import NoBackup
from chat import rooms
from core import encryption
from core.database import Database
from core.safety import Mode
from core.settings import Settings
from people import audit, notices, organisations
from people.notices import Notice, NoticeKind

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
WORDS = "A word that must come back."


@pytest.fixture
async def settings(database_url: str) -> AsyncIterator[Settings]:
    """An installation with somebody in it, who was told something; the service is stopped."""
    settings = Settings(_env_file=None, database_url=database_url)
    await _live(settings, "Sam")
    yield settings
    encryption.install(Settings(_env_file=None).key_ring())


async def _live(settings: Settings, name: str) -> None:
    database = Database(settings.database_url)
    async with database.unit_of_work(all_organisations=True) as session:
        made = await organisations.create(session, slug=name.lower(), name=name, now=MORNING)
    who = await sign_up(database, made.id, name, now=MORNING)
    async with database.unit_of_work(made.id) as session:
        await rooms.open_group(session, group_id=uuid4(), safety_mode=Mode.STANDARD, now=MORNING)
        audit.record(
            session, kind="looked", actor_id=who.id, subject_kind="account", subject_id=who.id,
            now=MORNING,
        )  # fmt: skip
        await notices.send(
            session, account_id=who.id, kind=NoticeKind.HELLO, dedupe_key=name, now=MORNING,
            words=WORDS,
        )  # fmt: skip
    await database.close()


def _file(settings: Settings) -> Path:
    assert settings.database_file is not None
    return settings.database_file


def _said(file: Path, query: str) -> list[object]:
    with sqlite3.connect(file) as database:
        found = [row[0] for row in database.execute(query)]
    database.close()
    return found


def _names(file: Path) -> set[object]:
    return set(_said(file, "SELECT name FROM account"))


def _beside(settings: Settings) -> set[str]:
    return {one.name for one in _file(settings).parent.iterdir()}


async def test_what_was_backed_up_comes_back_and_what_was_there_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    copy, file = tmp_path / "copy.db", _file(settings)
    backups.backup(settings, copy)
    assert copy.stat().st_mode & 0o077 == 0
    await _live(settings, "Later")
    kept = (await backups.restore(settings, copy, now=MORNING)).kept
    assert kept is not None
    assert (_names(file), _names(kept)) == ({"Sam"}, {"Sam", "Later"})
    assert await schema.is_current(settings.database_url)
    assert _beside(settings) == {file.name, kept.name}
    database = Database(settings.database_url)
    async with database.reading(all_organisations=True) as session:
        [notice] = await session.scalars(select(Notice))
        assert notice.words == WORDS
    await database.close()


async def test_after_a_restore_open_pages_read_anew(settings: Settings, tmp_path: Path) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    before = _said(_file(settings), "SELECT epoch FROM room")
    await backups.restore(settings, tmp_path / "copy.db", now=MORNING + timedelta(hours=1))
    assert _said(_file(settings), "SELECT epoch FROM room") != before


async def test_a_backup_is_whole_while_people_write(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database_url)
    async with database.reading(all_organisations=True) as session:
        [one] = await organisations.everyone(session)

    async def write() -> None:
        for number in range(60):
            await sign_up(database, one.id, f"Writer {number}", now=MORNING)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    await asyncio.to_thread(backups.backup, settings, tmp_path / "copy.db")
    await writing
    await database.close()
    assert _said(tmp_path / "copy.db", "PRAGMA integrity_check") == ["ok"]
    # Each joins in one unit of work: nobody is in the copy by half.
    without_consent = "SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM consent)"
    assert _said(tmp_path / "copy.db", without_consent) == []


async def test_a_file_that_is_there_is_never_overwritten(
    settings: Settings, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("Dear diary")
    with pytest.raises(FileExistsError):
        backups.backup(settings, mine)
    assert mine.read_text() == "Dear diary"


async def test_while_the_service_runs_nothing_is_put_in_its_place(
    settings: Settings, tmp_path: Path
) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    running = Database(settings.database_url)
    async with running.reading(all_organisations=True) as session:
        await organisations.everyone(session)
    with pytest.raises(NoBackup, match="stop it first"):
        await backups.restore(settings, tmp_path / "copy.db", now=MORNING)
    await running.close()
    assert (await backups.restore(settings, tmp_path / "copy.db", now=MORNING)).kept is not None


async def _refused(settings: Settings, source: Path, why: str | None = None) -> None:
    before = _file(settings).read_bytes()
    with pytest.raises((NoBackup, CommandError), match=why):
        await backups.restore(settings, source, now=MORNING)
    assert _file(settings).read_bytes() == before
    assert _beside(settings) == {_file(settings).name}


async def test_a_damaged_file_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backups.backup(settings, copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    await _refused(settings, copy, "Nothing was changed")
    copy.write_text("Dear diary")
    await _refused(settings, copy, "Nothing was changed")
    sqlite3.connect(tmp_path / "other.db").close()
    await _refused(settings, tmp_path / "other.db", "not one of Been There's")


async def test_words_that_other_keys_sealed_change_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    others = settings.model_copy(update={"secret": type(settings.secret)("another secret " * 3)})
    await _refused(others, tmp_path / "copy.db", "sealed with other keys")


async def test_a_chain_that_was_altered_is_not_put_in_place(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backups.backup(settings, copy)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE audit_entry SET kind = 'nothing_happened'")
        assert database.total_changes > 0
    database.close()
    await _refused(settings, copy, "audit chain")


async def test_a_backup_of_an_older_version_is_brought_to_this_one(
    settings: Settings, tmp_path: Path
) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    await schema.downgrade(f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}", "-1")
    await backups.restore(settings, tmp_path / "copy.db", now=MORNING)
    assert await schema.is_current(settings.database_url)
    assert _names(_file(settings)) == {"Sam"}


async def test_a_backup_of_a_newer_version_is_left_alone(
    settings: Settings, tmp_path: Path
) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    await _refused(settings, tmp_path / "copy.db")


async def test_a_database_that_was_lost_is_restored(settings: Settings, tmp_path: Path) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    _file(settings).unlink()
    done = await backups.restore(settings, tmp_path / "copy.db", now=MORNING)
    assert (done.kept, done.erased) == (None, None)
    assert _names(_file(settings)) == {"Sam"}


async def test_a_database_that_is_broken_is_put_aside_as_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    backups.backup(settings, tmp_path / "copy.db")
    _file(settings).write_text("Dear diary")
    kept = (await backups.restore(settings, tmp_path / "copy.db", now=MORNING)).kept
    assert kept is not None
    assert kept.read_text() == "Dear diary"
    assert _names(_file(settings)) == {"Sam"}


async def test_postgresql_is_told_its_own_way(tmp_path: Path, backend: str) -> None:
    elsewhere = Settings(_env_file=None, database_url="postgresql+asyncpg://h/d")
    with pytest.raises(NoBackup, match="PostgreSQL"):
        backups.backup(elsewhere, tmp_path / "copy.db")
