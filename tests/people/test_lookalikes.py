"""Nobody can pose as somebody else here, or as the people who run the place."""

from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up

from core.database import Database
from people import accounts, documents, joining, lookalikes
from people.accounts import NameTaken
from people.consents import NEEDED
from people.joining import Joining
from people.lookalikes import NameReserved, ReservedNames
from people.permissions import Actor, Role

pytestmark = pytest.mark.anyio
EVERYTHING = {
    "password_hash": "hashed", "is_adult": True, "purposes": set(NEEDED), "site_name": "Been There",
}  # fmt: skip


@pytest.mark.parametrize("name", ["Ѕam", "SАM", "S a m", "s.a.m", "Sam.", "_sam_", "ꜱᴀᴍ", "Ｓａｍ"])
async def test_a_name_that_looks_like_somebodys_is_taken(
    database: Database, organisation_id: UUID, name: str
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await accounts.create(session, name="Sam", now=MORNING)
        with pytest.raises(NameTaken):
            await accounts.create(session, name=name, now=MORNING)


@pytest.mark.parametrize("name", ["Sarn", "Sám", "Sam B", "Сергей", "سام", "Sam 2", "Мария"])
async def test_a_name_of_ones_own_is_free(
    database: Database, organisation_id: UUID, name: str
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await accounts.create(session, name="Sam", now=MORNING)
        await accounts.create(session, name=name, now=MORNING)
        found = await accounts.by_name(session, name)
    assert found is not None
    assert found.name == name


POSING = (
    "Moderator", "moderators", "Mod", "M o d e r a t o r", "M0derat0r", "Мoderator", "Moderator Jo",
    "The Admin", "admin_1", "Adm1n", "ADMlN", "$taff", "Been There", "BeenThere Team", "Harbour",
    "H a r b o u r", "Hаrbour", "Support team", "Facilitator2",
)  # fmt: skip


@pytest.mark.parametrize("name", POSING)
async def test_nobody_joins_under_a_name_of_staff_or_of_the_place(
    database: Database, organisation_id: UUID, name: str
) -> None:
    await _open(database, organisation_id)
    async with database.unit_of_work(organisation_id) as session:
        with pytest.raises(NameReserved):
            await joining.join(session, name=name, now=MORNING, **EVERYTHING)


@pytest.mark.parametrize("name", ["Badminton Bob", "Modesty", "Staffa", "Harbour Light", "Ada L"])
async def test_an_honest_name_is_never_mistaken_for_staffs(
    database: Database, organisation_id: UUID, name: str
) -> None:
    await _open(database, organisation_id)
    async with database.unit_of_work(organisation_id) as session:
        joined = await joining.join(session, name=name, now=MORNING, **EVERYTHING)
    assert joined.account.name == name


async def test_an_organisation_adds_the_words_its_own_people_go_by(
    database: Database, organisation_id: UUID
) -> None:
    ada = await _open(database, organisation_id)
    async with database.unit_of_work(organisation_id) as session:
        wanted = ReservedNames(words=("Welcomer",))
        await documents.change(session, ada, wanted, over_version=0, now=MORNING)
        with pytest.raises(NameReserved):
            await joining.join(session, name="Welcomer Jo", now=MORNING, **EVERYTHING)
    assert not lookalikes.poses_as("Jo", words=("Welcomer",))


async def _open(database: Database, organisation_id: UUID) -> Actor:
    ada = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with database.unit_of_work(organisation_id) as session:
        await documents.change(
            session, ada.actor, Joining(is_open=True), over_version=0, now=MORNING
        )
    return ada.actor
