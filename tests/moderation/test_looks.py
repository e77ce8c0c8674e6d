"""Whoever reads members' words leaves a line, and the member sees the day."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from conftest import MORNING
from sqlalchemy import select

from core.database import Database
from core.errors import Forbidden, Invalid
from core.safety import Category
from moderation import actions, case_pages, cases, delays, looks, telling, triage
from moderation.kinds import EffectKind, Step
from moderation.looks import Look, LookedOn
from moderation.reasons import Reason
from moderation.words import STAFF_LOOKED
from people.permissions import Actor
from tests.moderation import factories
from tests.moderation.factories import REASON, World, concern, raised

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
NOTHING = [Step(EffectKind.NOTHING)]
LOOKED = [LookedOn(date(2026, 3, 4), STAFF_LOOKED)]


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def told(here: World, actor: Actor, days: int = 0) -> list[LookedOn]:
    async with here.read() as session:
        return await looks.at_my_words(session, actor, now=MORNING + timedelta(days=days))


async def open_it(here: World, case_id: UUID, *, minutes: int = 0) -> None:
    async with here.work() as session:
        now = MORNING + timedelta(minutes=minutes)
        await case_pages.open_case(session, here.mo, case_id, reason=REASON, now=now)


async def looking(here: World, case_id: UUID) -> bool:
    async with here.read() as session:
        return await case_pages.read_on(session, here.mo, case_id, now=MORNING) is not None


async def settle(here: World, case_id: UUID) -> None:
    async with here.work() as session:
        version = (await cases.by_id(session, case_id)).version
        now = MORNING + timedelta(hours=1)
        await actions.decide(session, here.mo, case_id, version=version, steps=NOTHING, now=now)


async def talk(here: World, *, by_report: bool) -> UUID:
    """Ana and Ben talk; something of Ben's is raised, by Ana or by the software."""
    await factories.say(here, here.ana, "hello", now=MORNING)
    subject = await factories.say(here, here.ben, "unkind words", now=MORNING)
    if not by_report:
        return await raised(here, subject, concern(MORNING, Category.HARASSMENT))
    async with here.work() as session:
        await telling.tell(session, here.ana, subject, "w", reason=Reason.UNKIND, now=MORNING)
        case = await cases.of_subject(session, subject.kind, subject.id)
    assert case is not None
    return case.id


async def test_a_look_is_written_for_everyone_whose_words_were_read(here: World) -> None:
    case_id = await talk(here, by_report=False)
    await open_it(here, case_id)
    async with here.read() as session:
        found = list(await session.scalars(select(Look)))
    assert {look.author_id for look in found} == {here.ana.account_id, here.ben.account_id}
    assert {look.account_id for look in found} == {here.mo.account_id}
    assert {look.reason for look in found} == {REASON}
    assert REASON.encode() not in b"".join(look.reason_sealed or b"" for look in found)


async def test_who_reported_sees_it_at_once_and_the_other_after_the_decision(here: World) -> None:
    case_id = await talk(here, by_report=True)
    assert await told(here, here.ana) == []
    await open_it(here, case_id)
    assert await told(here, here.ana) == LOOKED
    assert await told(here, here.ben) == []
    await settle(here, case_id)
    assert await told(here, here.ben) == LOOKED


async def test_afterwards_nobody_can_tell_who_or_what_raised_it(here: World) -> None:
    views = []
    for by_report in (True, False):
        case_id = await talk(here, by_report=by_report)
        await open_it(here, case_id)
        await settle(here, case_id)
        views.append((await told(here, here.ana), await told(here, here.ben)))
    assert views == [(LOOKED, LOOKED), (LOOKED, LOOKED)]


async def test_no_look_stays_untold_for_longer_than_ninety_days(here: World) -> None:
    case_id = await talk(here, by_report=False)
    await open_it(here, case_id)
    assert await told(here, here.ben, days=89) == []
    assert await told(here, here.ben, days=90) == LOOKED


async def test_reading_on_is_one_look_until_more_comes_in(here: World) -> None:
    case_id = await talk(here, by_report=False)
    assert not await looking(here, case_id)
    for minutes in (0, 5, 14):
        await open_it(here, case_id, minutes=minutes)
    assert await looking(here, case_id)
    assert (await here.case(case_id)).last_seq == 2
    async with here.read() as session:
        case = await cases.by_id(session, case_id)
    await raised(here, case.subject, concern(MORNING, Category.THREAT))
    assert not await looking(here, case_id)
    await open_it(here, case_id, minutes=15)
    await open_it(here, case_id, minutes=31)
    assert (await here.case(case_id)).last_seq == 5


async def test_a_look_stops_the_clock_and_the_list_leaves_none(here: World) -> None:
    case_id = await talk(here, by_report=False)
    async with here.read() as session:
        await triage.queue(session, here.mo, now=MORNING)
        assert list(await session.scalars(select(Look))) == []
    assert (await here.case(case_id)).first_look_at is None
    await open_it(here, case_id, minutes=3)
    assert (await here.case(case_id)).first_look_at == MORNING + timedelta(minutes=3)


async def test_promise_29_two_people_with_a_ground_may_have_it_told_later_and_one_ends_that(
    here: World,
) -> None:
    case_id = await talk(here, by_report=True)
    await open_it(here, case_id)
    await settle(here, case_id)

    async def later(what: str, actor: Actor, days: int = 60) -> None:
        async with here.work() as session:
            if what == "ask":
                ground = delays.Ground.DANGER
                await delays.ask(session, actor, case_id, ground=ground, days=days, now=MORNING)
            elif what == "confirm":
                await delays.confirm(session, actor, case_id, now=MORNING)
            else:
                await delays.end(session, actor, case_id, now=MORNING)

    for days in (0, 91):
        with pytest.raises(Invalid):
            await later("ask", here.mo, days=days)
    await later("ask", here.mo)
    assert await told(here, here.ben) == LOOKED, "one alone delays nothing"
    with pytest.raises(delays.AskedAlready):
        await later("ask", here.max)
    with pytest.raises(Forbidden):
        await later("confirm", here.mo)
    with pytest.raises(Forbidden):
        await later("confirm", here.ana)
    await later("confirm", here.max)
    assert await told(here, here.ben) == []
    assert await told(here, here.ana) == LOOKED, "who asked for the look sees it all the same"
    assert await told(here, here.ben, days=60) == LOOKED
    await later("end", here.mo)
    assert await told(here, here.ben) == LOOKED
    await later("ask", here.max)
