"""Promise 31: nobody grants themselves a role, not by a second account of their own either."""

from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import SignedIn, sign_up

from core.database import Database
from core.errors import Conflict, Forbidden, Invalid
from people import accounts, appointments, audit, invitations, joining, notices, roles
from people.consents import NEEDED
from people.permissions import Role, Standing

pytestmark = pytest.mark.anyio
EVERYTHING = {"password_hash": "hashed", "is_adult": True, "purposes": set(NEEDED)}


@pytest.fixture
async def ada(database: Database, organisation_id: UUID) -> SignedIn:
    held = (Role.ADMINISTRATOR,)
    return await sign_up(database, organisation_id, "Ada", now=MORNING, roles_held=held)


@pytest.fixture
async def roz(database: Database, organisation_id: UUID) -> SignedIn:
    held = (Role.MODERATOR,)
    return await sign_up(database, organisation_id, "Roz", now=MORNING, roles_held=held)


@pytest.fixture
async def sam(database: Database, organisation_id: UUID) -> SignedIn:
    return await sign_up(database, organisation_id, "Sam", now=MORNING)


async def _roles(database: Database, who: SignedIn) -> set[Role]:
    async with database.reading(who.actor.organisation_id) as session:
        return {grant.role for grant in await roles.held_by(session, who.id)}


async def test_a_small_place_with_one_administrator_appoints_its_first_moderator(
    database: Database, ada: SignedIn, sam: SignedIn
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        assert await appointments.appoint(session, ada.actor, sam.id, Role.MODERATOR, now=MORNING)
    assert await _roles(database, sam) == {Role.MODERATOR}


async def test_what_the_only_administrator_gives_alone_is_told_to_everybody_with_a_role(
    database: Database, ada: SignedIn, sam: SignedIn
) -> None:
    here = ada.actor.organisation_id
    held = (Role.PEER_SUPPORTER,)
    pip = await sign_up(database, here, "Pip", now=MORNING, roles_held=held)
    for _ in range(2):
        async with database.unit_of_work(here) as session:
            await appointments.appoint(session, ada.actor, sam.id, Role.MODERATOR, now=MORNING)
    async with database.reading(here) as session:
        (told,) = await notices.unread(session, pip.actor, now=MORNING)
        kinds = [entry.kind for entry in await audit.page(session, ada.actor)]
        assert await notices.unread(session, ada.actor, now=MORNING) == []
    expected = "Ada named Sam a moderator. Nobody else here could confirm it yet."
    assert told.words == expected
    assert kinds.count("role_given_alone") == 1


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMINISTRATOR])
async def test_where_there_is_a_second_person_both_are_needed(
    database: Database, ada: SignedIn, roz: SignedIn, sam: SignedIn, role: Role
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        for _ in range(2):
            assert not await appointments.appoint(session, ada.actor, sam.id, role, now=MORNING)
        (row,) = await appointments.waiting(session, ada.actor)
        with pytest.raises(Forbidden):
            await appointments.confirm(session, ada.actor, row.id, now=MORNING)
        with pytest.raises(Forbidden):
            await appointments.confirm(session, sam.actor, row.id, now=MORNING)
    assert await _roles(database, sam) == set()
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        told = await notices.unread(session, roz.actor, now=MORNING)
        assert "Sam is to be a" in (told[0].words or "")
        await appointments.confirm(session, roz.actor, row.id, now=MORNING)
        with pytest.raises(Conflict):
            await appointments.confirm(session, roz.actor, row.id, now=MORNING)
    async with database.reading(ada.actor.organisation_id) as session:
        kinds = [entry.kind for entry in await audit.page(session, ada.actor)]
    assert await _roles(database, sam) == {role}
    assert kinds[-2:] == ["role_asked", "role_granted"]


async def test_who_is_asked_for_cannot_confirm_it_with_a_role_they_have_already(
    database: Database, ada: SignedIn, roz: SignedIn
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        third = await accounts.create(session, name="Third", now=MORNING)
        await roles.grant(session, account_id=third.id, role=Role.MODERATOR, now=MORNING)
        role = Role.ADMINISTRATOR
        assert not await appointments.appoint(session, ada.actor, roz.id, role, now=MORNING)
        (row,) = await appointments.waiting(session, roz.actor)
        with pytest.raises(Forbidden):
            await appointments.confirm(session, roz.actor, row.id, now=MORNING)
        await appointments.decline(session, roz.actor, row.id, now=MORNING)
        assert await appointments.waiting(session, roz.actor) == []
    assert await _roles(database, roz) == {Role.MODERATOR}


async def test_an_administrator_cannot_let_themselves_in_again_by_an_invitation(
    database: Database, ada: SignedIn, roz: SignedIn
) -> None:
    """The second account asks for the role in its maker's name, so the maker can't confirm it."""
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        code = await invitations.make(session, ada.actor, role=Role.MODERATOR, now=MORNING)
        me = await joining.join(session, name="Me", invitation=code, now=MORNING, **EVERYTHING)
        assert await roles.held_by(session, me.account.id) == frozenset()
        for _ in range(2):
            await appointments.appoint(
                session, ada.actor, me.account.id, Role.MODERATOR, now=MORNING
            )
        (row,) = await appointments.waiting(session, roz.actor)
        with pytest.raises(Forbidden):
            await appointments.confirm(session, ada.actor, row.id, now=MORNING)
        assert await roles.held_by(session, me.account.id) == frozenset()


async def test_a_second_administrator_who_appoints_the_same_person_confirms_it(
    database: Database, organisation_id: UUID, ada: SignedIn, sam: SignedIn
) -> None:
    held = (Role.ADMINISTRATOR,)
    eve = await sign_up(database, organisation_id, "Eve", now=MORNING, roles_held=held)
    async with database.unit_of_work(organisation_id) as session:
        role = Role.MODERATOR
        assert not await appointments.appoint(session, ada.actor, sam.id, role, now=MORNING)
        assert await appointments.appoint(session, eve.actor, sam.id, role, now=MORNING)
    assert await _roles(database, sam) == {Role.MODERATOR}


async def test_somebody_who_is_paused_is_not_waited_for(
    database: Database, ada: SignedIn, roz: SignedIn, sam: SignedIn
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        await accounts.set_standing(session, roz.id, Standing.SUSPENDED)
        assert await appointments.appoint(session, ada.actor, sam.id, Role.MODERATOR, now=MORNING)


async def test_nobody_appoints_themselves_or_a_facilitator_of_everything(
    database: Database, ada: SignedIn, sam: SignedIn
) -> None:
    async with database.unit_of_work(ada.actor.organisation_id) as session:
        with pytest.raises(Forbidden):
            await appointments.appoint(session, ada.actor, ada.id, Role.MODERATOR, now=MORNING)
        with pytest.raises(Forbidden):
            await appointments.appoint(session, sam.actor, ada.id, Role.MODERATOR, now=MORNING)
        with pytest.raises(Invalid):
            await appointments.appoint(session, ada.actor, sam.id, Role.FACILITATOR, now=MORNING)


async def test_whoever_no_longer_has_a_role_is_told_so_once(
    database: Database, organisation_id: UUID
) -> None:
    ada = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    mo = await sign_up(database, organisation_id, "Mo", now=MORNING, roles_held=(Role.MODERATOR,))
    async with database.unit_of_work(organisation_id) as session:
        for role in (Role.MODERATOR, Role.MODERATOR, Role.PEER_SUPPORTER):
            await roles.dismiss(session, ada.actor, mo.id, role, now=MORNING)
        told = await notices.unread(session, mo.actor, now=MORNING)
    assert [one.words for one in told] == [
        "You are no longer a moderator here. Your own talks and groups stay as they are."
    ]
