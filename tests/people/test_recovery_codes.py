"""Codes to get back in: what is given anew ends what was given before."""

from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import SignedIn, sign_up

from core.database import Database
from core.errors import Invalid
from people import recovery
from people.permissions import Role

pytestmark = pytest.mark.anyio


async def _two(database: Database, organisation_id: UUID) -> tuple[SignedIn, SignedIn]:
    roles_held = (Role.ADMINISTRATOR,)
    admin = await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=roles_held)
    return admin, await sign_up(database, organisation_id, "Sam", now=MORNING)


async def test_a_code_given_anew_ends_the_one_given_before_and_no_code_of_ones_own(
    database: Database, organisation_id: UUID
) -> None:
    admin, sam = await _two(database, organisation_id)
    used = {"name": "Sam", "password_hash": "new", "now": MORNING}
    async with database.unit_of_work(organisation_id) as session:
        own = await recovery.give_codes(session, sam.id, now=MORNING)
        earlier = await recovery.issue(session, admin.actor, sam.id, now=MORNING)
        newer = await recovery.issue(session, admin.actor, sam.id, now=MORNING)
        with pytest.raises(Invalid):
            await recovery.use(session, code=earlier, **used)
        for code in (newer, own[0]):
            assert await recovery.use(session, code=code, **used) == sam.id


async def test_a_code_given_to_one_ends_nobody_elses(
    database: Database, organisation_id: UUID
) -> None:
    admin, sam = await _two(database, organisation_id)
    ali = await sign_up(database, organisation_id, "Ali", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        code = await recovery.issue(session, admin.actor, sam.id, now=MORNING)
        await recovery.issue(session, admin.actor, ali.id, now=MORNING)
        back = await recovery.use(session, name="Sam", code=code, password_hash="x", now=MORNING)
    assert back == sam.id
