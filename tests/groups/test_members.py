"""Coming, going, being let go: never overfilled, never without a person's word."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MORNING
from sqlalchemy import func, select

from chat import rooms
from core import ids
from core.errors import Forbidden, Invalid, NotFound
from core.safety import Verdict
from groups import cards, facilitators, members, requests, rosters
from groups.cards import Group
from groups.members import AskFirst, GroupFull
from groups.stays import GroupMember
from matching import answers
from matching.answers import Answer
from people import accounts, audit
from people.permissions import Actor, Role, Standing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def tea(house: Any, administrator: Actor, josie: Actor) -> tuple[Group, Actor]:
    """An open group for five, and who looks after it."""
    found: tuple[Group, Actor] = await house.open_group(administrator, josie, capacity=5)
    return found


async def remove(house: Any, actor: Actor, group: Group, other: Actor, reason: str = "x") -> None:
    async with house.work() as session:
        await facilitators.remove(
            session, actor, group.id, other.account_id, reason=reason, now=MORNING
        )


async def count(house: Any, group: Group) -> tuple[int, int, int]:
    """How many the group says, how many stays are open, how many are in the room."""
    async with house.reading() as session:
        said = (await cards.read(session, group.id)).member_count
        stays = await session.scalar(
            select(func.count()).select_from(GroupMember).where(GroupMember.left_at.is_(None))
        )
        return said, stays, len(await rooms.members(session, group.room_id))


async def test_coming_by_an_open_door_is_one_step(house: Any, tea: Any) -> None:
    group, josie = tea
    ada = await house.join("Ada")
    for _ in range(2):
        await house.come(ada, group)
    assert await count(house, group) == (2, 2, 2)
    assert (await house.told(josie))[-1] == "Ada has come to Tea."
    async with house.reading() as session:
        seen = await rosters.listed(session, ada, group.id)
        [mine] = await rosters.mine(session, ada)
        kept = await answers.around(session, ada.account_id, now=MORNING)
    assert [(one.name, one.is_facilitator) for one in seen] == [("Josie", True), ("Ada", False)]
    assert (mine.group.id, mine.room_id, mine.is_facilitator) == (group.id, group.room_id, False)
    assert kept == {group.id: Answer.JOINED}


async def test_going_is_free_and_so_is_coming_back(house: Any, tea: Any) -> None:
    group, _ = tea
    ada = await house.join("Ada")
    await house.come(ada, group)
    for _ in range(2):
        async with house.work() as session:
            await members.leave(session, ada, group.id, now=MORNING)
    assert await count(house, group) == (1, 1, 1)
    async with house.reading() as session:
        kept = await answers.around(session, ada.account_id, now=MORNING)
        with pytest.raises(NotFound):
            await rosters.listed(session, ada, group.id)
    assert kept == {group.id: Answer.NOT_NOW}
    await house.come(ada, group)
    assert await count(house, group) == (2, 2, 2)


@pytest.mark.parametrize("door", ["open", "ask"])
async def test_coming_and_going_in_a_loop_is_told_once_a_day(
    house: Any, administrator: Actor, josie: Actor, door: str
) -> None:
    group, josie = await house.open_group(administrator, josie, door=door)
    ada = await house.join("Ada")
    before = len(await house.told(josie))
    for day in (0, 0, 0, 1, 1):
        now = MORNING + timedelta(days=day)
        async with house.work() as session:
            if door == "open":
                await members.join(session, ada, group.id, now=now)
                await members.leave(session, ada, group.id, now=now)
            else:
                await requests.ask(
                    session, ada, group.id, note="", verdict=Verdict(), safety=house.safety,
                    now=now,
                )  # fmt: skip
                await requests.withdraw(session, ada, group.id, now=now)
    told = await house.told(josie, now=MORNING + timedelta(days=1))
    assert len(told) - before == 2


async def test_a_closed_door_a_full_group_and_no_group(
    house: Any, tea: Any, administrator: Actor, josie: Actor
) -> None:
    ada = await house.join("Ada")
    quiet, _ = await house.open_group(administrator, josie, name="Quiet", door="ask")
    with pytest.raises(AskFirst):
        await house.come(ada, quiet)
    small, _ = await house.open_group(administrator, josie, name="Small", capacity=2)
    await house.come(await house.join("Ben"), small)
    with pytest.raises(GroupFull):
        await house.come(ada, small)
    with pytest.raises(NotFound):
        async with house.work() as session:
            await members.join(session, ada, ids.new_id(), now=MORNING)
    away = Actor(ada.account_id, ada.organisation_id, "Ada", standing=Standing.SUSPENDED)
    with pytest.raises(Forbidden):
        await house.come(away, tea[0])


async def test_fifty_who_come_at_once_never_overfill_a_group(house: Any, tea: Any) -> None:
    group, _ = tea
    people = [await house.join(f"P{number}") for number in range(12)]
    tries = [house.come(people[number % 12], group) for number in range(50)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert all(one is None or isinstance(one, GroupFull) for one in done)
    assert await count(house, group) == (5, 5, 5)


async def test_fifty_comings_of_one_person_are_one(house: Any, tea: Any) -> None:
    group, _ = tea
    ada = await house.join("Ada")
    await asyncio.gather(*(house.come(ada, group) for _ in range(50)))
    assert await count(house, group) == (2, 2, 2)


async def test_whoever_was_let_go_reads_why_and_comes_back_by_asking(house: Any, tea: Any) -> None:
    group, josie = tea
    ada = await house.join("Ada")
    await house.come(ada, group)
    for _ in range(2):
        await remove(house, josie, group, ada, "You shouted at Ben.")
    [words] = await house.told(ada)
    assert "You shouted at Ben." in words
    assert "somebody else to look at this" in words
    assert await count(house, group) == (1, 1, 1)
    async with house.reading() as session:
        kinds = list(await session.scalars(select(audit.AuditEntry.kind)))
        kept = await answers.around(session, ada.account_id, now=MORNING)
        stay = (
            await session.scalars(
                select(GroupMember).where(GroupMember.account_id == ada.account_id)
            )
        ).one()
    assert kinds.count("group_member_removed") == 1
    assert kept == {group.id: Answer.KEPT_APART}
    assert (stay.reason, stay.removed_by) == ("You shouted at Ben.", josie.account_id)
    assert b"shouted" not in stay.reason_sealed
    with pytest.raises(AskFirst):
        await house.come(ada, group)


async def test_only_who_looks_after_the_group_lets_somebody_go(house: Any, tea: Any) -> None:
    group, josie = tea
    ada, ben = await house.join("Ada"), await house.join("Ben")
    administrator = await house.join("Boss", Role.ADMINISTRATOR)
    await house.come(ada, group)
    await house.come(ben, group)
    for stranger in (ben, administrator):
        with pytest.raises(Forbidden):
            await remove(house, stranger, group, ada)
    with pytest.raises(Forbidden):
        await remove(house, josie, group, josie)
    with pytest.raises(NotFound):
        await remove(house, josie, group, await house.join("Never there"))
    for reason in ("", "  ", "a" * 2_001):
        with pytest.raises(Invalid):
            await remove(house, josie, group, ada, reason)
    assert await count(house, group) == (3, 3, 3)


async def test_facilitators_do_not_let_each_other_go(
    house: Any, tea: Any, administrator: Actor
) -> None:
    group, josie = tea
    ben = await house.join("Ben")
    async with house.work() as session:
        await facilitators.name(session, administrator, group.id, ben.account_id, now=MORNING)
    with pytest.raises(Forbidden, match="administrator"):
        await remove(house, josie, group, ben)


async def test_a_quiet_time_has_a_reason_and_an_end(house: Any, tea: Any) -> None:
    group, josie = tea
    ada = await house.join("Ada")
    await house.come(ada, group)

    async def mute(other: Actor, until: Any, reason: str = "Take a breath.") -> None:
        async with house.work() as session:
            await facilitators.mute(
                session, josie, group.id, other.account_id, reason=reason, until=until, now=MORNING
            )

    until = MORNING + timedelta(hours=2)
    await mute(ada, until)
    [words] = await house.told(ada)
    assert words.startswith("For 2 hours you can read in Tea but not write.")
    assert "Take a breath." in words
    assert "ask somebody else to look at this" in words
    async with house.reading() as session:
        quiet = {
            one.name: one.muted_until for one in await rosters.listed(session, josie, group.id)
        }
        others = await rosters.listed(session, ada, group.id)
    assert quiet == {"Josie": None, "Ada": until}
    assert all(one.muted_until is None for one in others)
    async with house.work() as session:
        await facilitators.unmute(session, josie, group.id, ada.account_id, now=MORNING)
    async with house.reading() as session:
        assert all(
            one.muted_until is None for one in await rosters.listed(session, josie, group.id)
        )
    for never in (MORNING, MORNING + timedelta(days=8)):
        with pytest.raises(Invalid):
            await mute(ada, never)
    with pytest.raises(NotFound):
        await mute(await house.join("Ben"), until)


async def test_an_invitation_leads_in_and_a_gone_account_does_not(house: Any, tea: Any) -> None:
    group, _ = tea
    ada, gone = await house.join("Ada"), await house.join("Gone")
    async with house.work() as session:
        await members.let_in(session, group, ada.account_id, now=MORNING)
        await accounts.set_standing(session, gone.account_id, Standing.ERASED)
    with pytest.raises(NotFound):
        async with house.work() as session:
            await members.let_in(session, group, gone.account_id, now=MORNING)
    assert await count(house, group) == (2, 2, 2)
