"""A piece of a unit of work that fails alone takes with it all it did, and nothing else."""

from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy import select

from core.database import Database, savepoint
from people import accounts, audit
from people.accounts import AccountChanged
from people.audit import AuditEntry
from people.permissions import Standing

pytestmark = pytest.mark.anyio


async def test_what_failed_is_neither_written_nor_rung_nor_recorded(
    database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    ali = await sign_up(database, organisation_id, "Ali", now=MORNING)
    heard: list[UUID] = []
    database.bus.subscribe(AccountChanged, lambda one: heard.append(one.account_id))
    async with database.unit_of_work(organisation_id) as session:
        for who in (sam, ali):
            try:
                async with savepoint(session):
                    await accounts.set_standing(session, who.id, Standing.SUSPENDED)
                    audit.record(
                        session, kind="tried", actor_id=who.id, subject_kind="account",
                        subject_id=who.id, now=MORNING,
                    )  # fmt: skip
                    assert who is not sam
            except AssertionError:
                continue
    assert heard == [ali.id]
    async with database.reading(organisation_id) as session:
        query = select(AuditEntry.subject_id).where(AuditEntry.kind == "tried")
        assert list(await session.scalars(query)) == [ali.id]
        assert (await accounts.by_id(session, sam.id)).standing is Standing.ACTIVE
        assert (await accounts.by_id(session, ali.id)).standing is Standing.SUSPENDED
        assert await audit.verify(session, organisation_id) is None
