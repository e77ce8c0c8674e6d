"""An invitation lets in whom it was made for, for as long as it was meant to, and no further."""

from uuid import UUID, uuid4

import pytest
from conftest import MORNING
from people_factories import SignedIn, sign_up

from core.database import Database
from core.errors import Invalid
from people import invitations, roles
from people.invitations import MOST_USES, NotAnInvitation
from people.permissions import Grant, Role

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
async def ada(database: Database, organisation_id: UUID) -> SignedIn:
    held = (Role.ADMINISTRATOR,)
    return await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=held)


async def test_one_that_was_ended_lets_nobody_in_and_is_listed_no_more(
    database: Database, ada: SignedIn
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        code = await invitations.make(session, ada.actor, now=MORNING)
        kept = await invitations.make(session, ada.actor, now=MORNING)
        found = await invitations.still_open(session, ada.actor, now=MORNING)
        first = next(one for one in found if one.code_index == invitations._index(code))
        for _ in range(2):
            await invitations.end(session, ada.actor, first.id, now=MORNING)
        still = await invitations.still_open(session, ada.actor, now=MORNING)
        assert {one.id for one in still} == {one.id for one in found} - {first.id}
        with pytest.raises(NotAnInvitation):
            await invitations.take(session, code, ada.id, now=MORNING)
        assert await invitations.take(session, kept, ada.id, now=MORNING) is None


async def test_one_for_a_facilitator_is_for_that_group_only(
    database: Database, organisation_id: UUID, ada: SignedIn
) -> None:
    sam, group_id = await sign_up(database, organisation_id, "Sam", now=MORNING), uuid4()
    async with database.unit_of_work(organisation_id) as session:
        code = await invitations.make(
            session, ada.actor, role=Role.FACILITATOR, group_id=group_id, now=MORNING
        )
        assert await invitations.take(session, code, sam.id, now=MORNING) == group_id
        assert await roles.held_by(session, sam.id) == {Grant(Role.FACILITATOR, group_id)}
        with pytest.raises(Invalid):
            await invitations.make(session, ada.actor, role=Role.FACILITATOR, now=MORNING)


@pytest.mark.parametrize("uses", [0, -1, MOST_USES + 1])
async def test_one_is_for_at_least_one_person_and_not_for_a_crowd(
    database: Database, ada: SignedIn, uses: int
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        with pytest.raises(Invalid):
            await invitations.make(session, ada.actor, uses=uses, now=MORNING)
