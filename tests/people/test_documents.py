"""The organisation's settings, as whoever works through many people reads them."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from conftest import MORNING
from sqlalchemy import Engine, event

from core.database import Database
from people import documents
from people.joining import Joining
from people.permissions import Actor, Grant, Role

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that reads a document."""
    read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        read.extend([statement] if "FROM document" in statement else [])

    event.listen(Engine, "before_cursor_execute", note)
    yield read
    event.remove(Engine, "before_cursor_execute", note)


async def test_a_document_is_read_once_in_a_session(
    database: Database, organisation_id: UUID, statements: list[str]
) -> None:
    async with database.reading(organisation_id) as session:
        for _ in range(3):
            await documents.current(session, Joining)
    assert len(statements) == 1


async def test_what_a_session_changes_it_reads_anew(
    database: Database, organisation_id: UUID
) -> None:
    keeper = Actor(
        uuid4(), organisation_id, "Keeper", grants=frozenset({Grant(Role.ADMINISTRATOR)})
    )
    async with database.unit_of_work(organisation_id) as session:
        before = await documents.current(session, Joining)
        changed = Joining(is_open=not before.is_open)
        await documents.change(session, keeper, changed, over_version=0, now=MORNING)
        assert await documents.current(session, Joining) == changed


async def test_a_session_that_goes_on_in_another_organisation_reads_its_own(
    database: Database, organisation_id: UUID, statements: list[str]
) -> None:
    async with database.reading(organisation_id) as session:
        await documents.current(session, Joining)
        session.info["organisation_id"] = uuid4()
        await documents.current(session, Joining)
    assert len(statements) == 2
