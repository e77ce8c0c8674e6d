"""Turning keys: everything opens with the newest alone, and nothing said meanwhile is undone."""

import base64
from collections.abc import Iterator
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import select

from beenthere import keys
from core import encryption
from core.database import Database
from core.encryption import KeyRing
from core.sentences import say
from core.settings import Settings
from core.tables import Base
from matching import profiles
from matching.documents import Person
from matching.profiles import Profile
from people import audit, notices
from people.notices import Notice, NoticeKind

pytestmark = pytest.mark.anyio
OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))


def _ring(text: str) -> KeyRing:
    return KeyRing.parse(text, index_key=encryption.derive("s", "blind index"))


@pytest.fixture(autouse=True)
def old_ring(key_ring: KeyRing) -> Iterator[KeyRing]:
    encryption.install(_ring(f"old:{OLD}"))
    yield _ring(f"old:{OLD}")
    encryption.install(Settings(_env_file=None).key_ring())


async def _people(database: Database, organisation_id: UUID, count: int) -> None:
    ana = await sign_up(database, organisation_id, "Ana", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        document = Person(id="ana", about="I dig, mostly.")
        await profiles.save(session, ana.actor, document, over_version=0, now=MORNING)
        for number in range(count):
            await notices.send(
                session, account_id=ana.id, kind=NoticeKind.HELLO, dedupe_key=f"n{number}",
                words=say("Your account stays. We're glad that you do."), now=MORNING,
            )  # fmt: skip


async def _turn(database: Database) -> int:
    return sum([one.sealed_anew async for one in keys.rotate(database, now=MORNING)])


async def test_after_turning_the_old_key_can_be_thrown_away(
    database: Database, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "AT_ONCE", 3)
    await _people(database, organisation_id, 7)
    encryption.install(_ring(f"new:{NEW},old:{OLD}"))
    begun = keys.rotate(database, now=MORNING)
    first = await anext(begun)
    await begun.aclose()
    turned = await _turn(database)
    # A profile, what it is chosen by, and seven notices.
    assert first.sealed_anew + turned == 9
    assert await _turn(database) == 0
    encryption.install(_ring(f"new:{NEW}"))
    async with database.reading(organisation_id) as session:
        told = [one.words async for one in await session.stream_scalars(select(Notice))]
        assert {str(one) for one in told} == {"Your account stays. We're glad that you do."}
        assert all(isinstance(one, type(say("x"))) for one in told)
        [profile] = await session.scalars(select(Profile))
        assert "I dig, mostly." in (profile.document or "")
        assert await audit.verify(session, organisation_id) is None


async def test_a_seal_no_key_opens_is_told_and_stays(
    database: Database, organisation_id: UUID
) -> None:
    await _people(database, organisation_id, 1)
    encryption.install(_ring(f"new:{NEW}"))
    turned = [one async for one in keys.rotate(database, now=MORNING)]
    assert {one.name for one in turned} == {
        "candidate.document_sealed", "notice.words_sealed", "profile.document_sealed",
    }  # fmt: skip
    assert all((one.sealed_anew, one.broken) == (0, 1) for one in turned)


def test_every_sealed_column_is_turned() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert {one.name for one in keys.columns()} == sealed
