"""Accounts, sign-ins, roles, invitations and recovery, on both databases."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from conftest import MORNING, Hand
from people_factories import sign_up
from sqlalchemy import text, update

from core.database import Database
from core.errors import Conflict, Forbidden, Invalid, TooMany
from people import (
    accounts,
    appointments,
    audit,
    blocks,
    consents,
    documents,
    invitations,
    joining,
    notices,
    organisations,
    recovery,
    roles,
    sign_ins,
    throttles,
)
from people.accounts import NameTaken
from people.consents import NEEDED, Purpose
from people.invitations import NotAnInvitation
from people.joining import Joining
from people.notices import NoticeKind
from people.permissions import Role, Standing
from people.throttles import Guess

pytestmark = pytest.mark.anyio
EVERYTHING = {"password_hash": "hashed", "is_adult": True, "purposes": set(NEEDED)}


async def _open(database: Database, organisation_id: UUID) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with database.unit_of_work(organisation_id) as session:
        await documents.change(
            session, admin.actor, Joining(is_open=True), over_version=0, now=MORNING
        )


async def test_names_are_one_whatever_their_case_width_and_spaces(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        await accounts.create(session, name="Sam B", now=MORNING)
        with pytest.raises(NameTaken):
            await accounts.create(session, name=" ＳＡＭ  b ", now=MORNING)
        assert await accounts.by_name(session, "sam b") is not None


async def test_the_same_name_is_free_in_another_organisation(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        other = await organisations.create(session, slug="hill", name="Hill", now=MORNING)
    await sign_up(database, organisation_id, "Sam", now=MORNING)
    sam = await sign_up(database, other.id, "Sam", now=MORNING)
    async with database.reading(organisation_id) as session:
        assert await accounts.names(session, {sam.id}) == {}


async def test_a_write_in_one_organisation_does_not_touch_another(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        other = await organisations.create(session, slug="hill", name="Hill", now=MORNING)
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(other.id) as session:
        assert not await accounts.set_standing(session, sam.id, Standing.SUSPENDED)
        await session.execute(update(accounts.Account).values(name="gone"))
    async with database.reading(organisation_id) as session:
        assert (await accounts.by_id(session, sam.id)).name == "Sam"


async def test_an_address_is_sealed_and_found_by_its_blind_index(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        sam = await accounts.create(session, name="Sam", email="Sam@Example.org", now=MORNING)
    async with database.reading(organisation_id) as session:
        found = await accounts.by_name(session, "sam@example.ORG")
        assert found is not None
        assert found.id == sam.id
        assert found.email == "sam@example.org"
        stored = (await session.execute(text("SELECT email_sealed FROM account"))).scalar_one()
        assert b"example" not in bytes(stored)


@pytest.mark.parametrize("name", ["", "   ", "a" * 41, "nul\0", "zero\u200bwidth", "\ud800"])
async def test_a_name_that_cannot_be_shown_is_refused(
    database: Database, organisation_id: UUID, name: str
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        with pytest.raises(Invalid):
            await accounts.create(session, name=name, now=MORNING)


async def test_a_sign_in_lasts_until_it_is_ended(database: Database, organisation_id: UUID) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        assert await sign_ins.actor_for(session, "wrong", now=MORNING) is None
        later = MORNING + sign_ins.LASTS
        assert await sign_ins.actor_for(session, sam.token, now=later) is None
        assert sam.actor.sign_in_id is not None
        await sign_ins.end(session, sam.actor, sam.actor.sign_in_id, now=MORNING)
        assert await sign_ins.actor_for(session, sam.token, now=MORNING) is None


async def test_nobody_ends_another_persons_sign_in(
    database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    ali = await sign_up(database, organisation_id, "Ali", now=MORNING)
    assert sam.actor.sign_in_id is not None
    async with database.unit_of_work(organisation_id) as session:
        await sign_ins.end(session, ali.actor, sam.actor.sign_in_id, now=MORNING)
        assert await sign_ins.actor_for(session, sam.token, now=MORNING) is not None


async def test_nobody_gives_themselves_a_role(database: Database, organisation_id: UUID) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        with pytest.raises(Forbidden):
            await roles.appoint(session, admin.actor, admin.id, Role.MODERATOR, now=MORNING)
        with pytest.raises(Forbidden):
            await roles.appoint(session, sam.actor, admin.id, Role.MODERATOR, now=MORNING)
        for _ in range(2):
            await roles.appoint(session, admin.actor, sam.id, Role.MODERATOR, now=MORNING)
        assert {grant.role for grant in await roles.held_by(session, sam.id)} == {Role.MODERATOR}
        await roles.dismiss(session, admin.actor, sam.id, Role.MODERATOR, now=MORNING)
        assert await roles.held_by(session, sam.id) == frozenset()


async def test_joining_needs_an_invitation_until_it_is_opened(
    database: Database, organisation_id: UUID
) -> None:
    async with database.unit_of_work(organisation_id) as session:
        with pytest.raises(Forbidden):
            await joining.join(session, name="Sam", now=MORNING, **EVERYTHING)
    await _open(database, organisation_id)
    async with database.unit_of_work(organisation_id) as session:
        joined = await joining.join(session, name="Sam", now=MORNING, **EVERYTHING)
        assert len(set(joined.recovery_codes)) == recovery.CODES
        assert await sign_ins.actor_for(session, joined.begun.token, now=MORNING) is not None


async def test_joining_refuses_under_18_and_missing_consent(
    database: Database, organisation_id: UUID
) -> None:
    await _open(database, organisation_id)
    for change in ({"is_adult": False}, {"purposes": {Purpose.SHARE_PROFILE}}):
        async with database.unit_of_work(organisation_id) as session:
            with pytest.raises(Invalid):
                await joining.join(session, name="Sam", now=MORNING, **(EVERYTHING | change))


async def test_fifty_people_at_once_cannot_overuse_an_invitation(
    database: Database, organisation_id: UUID
) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with database.unit_of_work(organisation_id) as session:
        code = await invitations.make(session, admin.actor, uses=20, now=MORNING)

    async def come(number: int) -> bool:
        try:
            async with database.unit_of_work(organisation_id) as session:
                await joining.join(
                    session, name=f"Person {number}", invitation=code.lower(), now=MORNING,
                    **EVERYTHING,
                )  # fmt: skip
        except NotAnInvitation:
            return False
        return True

    came = await asyncio.gather(*(come(number) for number in range(50)))
    assert sum(came) == 20
    async with database.reading(organisation_id) as session:
        count = await session.scalar(text("SELECT count(*) FROM account"))
        assert count == 21


async def test_fifty_people_at_once_cannot_share_a_name(
    database: Database, organisation_id: UUID
) -> None:
    async def come() -> bool:
        try:
            async with database.unit_of_work(organisation_id) as session:
                await accounts.create(session, name="Sam", now=MORNING)
        except NameTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(come() for _ in range(50)))) == 1


async def test_an_invitation_can_ask_for_a_role_and_ends(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with database.unit_of_work(organisation_id) as session:
        code = await invitations.make(session, admin.actor, role=Role.MODERATOR, now=MORNING)
        old = await invitations.make(session, admin.actor, now=MORNING)
        joined = await joining.join(session, name="Mo", invitation=code, now=MORNING, **EVERYTHING)
        assert await roles.held_by(session, joined.account.id) == frozenset()
        (asked,) = await appointments.waiting(session, admin.actor)
        assert (asked.account_id, asked.role) == (joined.account.id, Role.MODERATOR)
        for stale, now in ((code, MORNING), (old, clock.pass_time(days=31)), ("nonsense", MORNING)):
            with pytest.raises(NotAnInvitation):
                await invitations.take(session, stale, joined.account.id, now=now)


async def test_a_recovery_code_works_once_and_ends_all_sign_ins(
    database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        codes = await recovery.give_codes(session, sam.id, now=MORNING)
        used = {"name": "sam", "password_hash": "new", "now": MORNING}
        assert await recovery.use(session, code=codes[3].lower(), **used) == sam.id
        assert await sign_ins.actor_for(session, sam.token, now=MORNING) is None
        assert await recovery.left(session, sam.actor) == recovery.CODES - 1
        for wrong in (codes[3], "AAAA-AAAA-AAAA"):
            with pytest.raises(Invalid):
                await recovery.use(session, code=wrong, **used)
        with pytest.raises(Invalid):
            await recovery.use(session, **(used | {"name": "nobody", "code": codes[4]}))


async def test_an_issued_code_is_told_audited_and_lasts_a_day(
    database: Database, organisation_id: UUID
) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        code = await recovery.issue(session, admin.actor, sam.id, now=MORNING)
        told = await notices.unread(session, sam.actor, now=MORNING)
        assert "Ada" in (told[0].words or "")
        with pytest.raises(Invalid):
            await recovery.use(
                session, name="Sam", code=code, password_hash="x",
                now=MORNING + timedelta(hours=25),
            )  # fmt: skip
    async with database.reading(organisation_id) as session:
        kinds = [entry.kind for entry in await audit.page(session, admin.actor)]
    assert "recovery_issued" in kinds


async def test_the_audit_chain_holds_and_shows_what_was_altered(
    database: Database, organisation_id: UUID
) -> None:
    admin = await sign_up(
        database, organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )

    async def appoint(number: int) -> None:
        someone = await sign_up(database, organisation_id, f"P{number}", now=MORNING)
        async with database.unit_of_work(organisation_id) as session:
            await roles.appoint(session, admin.actor, someone.id, Role.MODERATOR, now=MORNING)

    await asyncio.gather(*(appoint(number) for number in range(8)))
    async with database.reading(organisation_id) as session:
        assert await audit.verify(session, organisation_id) is None
    for damage in (
        "UPDATE audit_entry SET kind = 'nothing' WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 9",
        "DELETE FROM audit_entry WHERE seq = 2",
    ):
        async with database.unit_of_work(organisation_id) as session:
            await session.execute(text(damage))
            assert await audit.verify(session, organisation_id) is not None


async def test_a_notice_is_told_once(database: Database, organisation_id: UUID) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    told = {"account_id": sam.id, "kind": NoticeKind.REASON, "dedupe_key": "k", "now": MORNING}
    async with database.unit_of_work(organisation_id) as session:
        assert await notices.send(session, words="Because …", **told)
        assert not await notices.send(session, words="Because …", **told)
        later = await notices.send(
            session, **(told | {"dedupe_key": "l", "due_at": MORNING + timedelta(hours=1)})
        )
        assert later
        (only,) = await notices.unread(session, sam.actor, now=MORNING)
        assert only.words == "Because …"
        await notices.mark_read(session, sam.actor, only.id, now=MORNING)
        assert await notices.unread(session, sam.actor, now=MORNING) == []


async def test_the_newest_consent_counts_and_needed_ones_stay(
    database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        assert await consents.holds(session, sam.id, Purpose.NOTICE_DISTRESS)
        await consents.change(
            session, sam.actor, Purpose.NOTICE_DISTRESS, is_given=False, now=MORNING
        )
        assert not await consents.holds(session, sam.id, Purpose.NOTICE_DISTRESS)
        with pytest.raises(Invalid):
            await consents.change(
                session, sam.actor, Purpose.CHECK_FOR_HARM, is_given=False, now=MORNING
            )


async def test_guessing_is_slowed_per_name_and_address_and_window(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    async def guess(name: str, address: str) -> None:
        async with database.unit_of_work(organisation_id) as session:
            await throttles.take(session, Guess.SIGN_IN, name=name, address=address, now=clock.now)

    allowed = throttles.ALLOWED[Guess.SIGN_IN].pair
    for _ in range(allowed):
        await guess("sam", "192.0.2.1")
    with pytest.raises(TooMany) as refused:
        await guess("sam", "192.0.2.1")
    assert 0 < refused.value.retry_after <= throttles.WINDOW.total_seconds()
    await guess("sam", "192.0.2.2")
    clock.pass_time(minutes=15)
    await guess("sam", "192.0.2.1")


async def test_two_windows_cannot_change_one_document_over_each_other(
    database: Database, organisation_id: UUID
) -> None:
    await _open(database, organisation_id)
    async with database.unit_of_work(organisation_id) as session:
        assert (await documents.current(session, Joining)).is_open
        admin = await accounts.by_name(session, "Ada")
        assert admin is not None
    other = await sign_up(
        database, organisation_id, "Eve", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    async with database.unit_of_work(organisation_id) as session:
        with pytest.raises(Conflict):
            await documents.change(session, other.actor, Joining(), over_version=0, now=MORNING)
    with pytest.raises(Invalid):
        documents.check(Joining, {"is_open": "perhaps"})


async def test_blocks_are_in_pairs_and_undone_by_who_made_them(
    database: Database, organisation_id: UUID
) -> None:
    sam = await sign_up(database, organisation_id, "Sam", now=MORNING)
    ali = await sign_up(database, organisation_id, "Ali", now=MORNING)
    async with database.unit_of_work(organisation_id) as session:
        await blocks.make(session, sam.actor, ali.id, now=MORNING)
        await blocks.undo(session, ali.actor, sam.id)
        assert await blocks.between(session, ali.id) == {sam.id}
        assert await blocks.made_by(session, ali.id) == set()
        await blocks.undo(session, sam.actor, ali.id)
        assert await blocks.between(session, ali.id) == set()
        with pytest.raises(Invalid):
            await blocks.make(session, sam.actor, sam.id, now=MORNING)
