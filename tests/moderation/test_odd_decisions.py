"""Decisions on what is no longer there, on colleagues, and on the same thing again and again."""

from datetime import timedelta
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up

from chat import messages
from chat.kinds import Status as Shown
from core.database import Database
from core.safety import Category, Tier
from moderation import actions, cases, effects, telling, triage
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason
from moderation.rulings import NotOnOffer
from people import accounts
from people.permissions import Role, Standing
from tests.moderation import factories
from tests.moderation.factories import World, about, concern, raised

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
HIDE = Step(EffectKind.HIDE)
MUTE = Step(EffectKind.MUTE, timedelta(hours=2))
SUSPEND = Step(EffectKind.SUSPEND, timedelta(days=1))


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def decide(here: World, case_id: UUID, *steps: Step) -> None:
    async with here.work() as session:
        version = (await cases.by_id(session, case_id)).version
        await actions.decide(
            session, here.mo, case_id, version=version, steps=list(steps), rule="kind", now=MORNING
        )


async def test_a_message_its_author_took_back_can_still_be_decided_on(here: World) -> None:
    said = await factories.say(here, here.ben, "words", now=MORNING)
    case_id = await raised(here, said, concern(MORNING, Category.HATE))
    async with here.work() as session:
        await messages.remove(session, here.ben, said.id, now=MORNING)
    await decide(here, case_id, HIDE, MUTE)
    async with here.read() as session:
        done = await effects.of_case(session, case_id)
    for effect in done:
        async with here.work() as session:
            assert await actions.undo(session, here.max, effect.id, now=MORNING)
            assert not await actions.undo(session, here.max, effect.id, now=MORNING)


async def test_a_decision_on_somebody_who_erased_their_account_brings_nobody_back(
    here: World,
) -> None:
    case_id = await raised(here, about(here.ben), concern(MORNING, Category.HATE))
    async with here.work() as session:
        ben = await accounts.by_id(session, here.ben.account_id)
        ben.standing = Standing.ERASED
    await decide(here, case_id, SUSPEND)
    for days in (2, 3):
        async with here.work() as session:
            await actions.undo_due(session, now=MORNING + timedelta(days=days))
    async with here.read() as session:
        gone = await session.get(accounts.Account, here.ben.account_id)
    assert gone is not None
    assert gone.standing is Standing.ERASED


async def test_a_colleague_can_be_paused_but_not_the_only_administrator(
    here: World, database: Database, organisation_id: UUID
) -> None:
    keepers = [
        (await sign_up(database, organisation_id, n, now=MORNING, roles_held=(R,))).actor
        for n, R in (("Keeper", Role.ADMINISTRATOR), ("Second", Role.ADMINISTRATOR))
    ]
    first, second = [
        await raised(here, about(one), concern(MORNING, Category.HATE)) for one in keepers
    ]
    of_max = await raised(here, about(here.max), concern(MORNING, Category.HATE))
    await decide(here, of_max, SUSPEND)
    await decide(here, first, SUSPEND)
    with pytest.raises(NotOnOffer, match="only administrator"):
        await decide(here, second, SUSPEND)
    async with here.read() as session:
        keeper = await accounts.by_id(session, keepers[1].account_id)
    assert keeper.standing is Standing.ACTIVE


async def test_what_was_undone_can_be_decided_again_when_more_comes_in(here: World) -> None:
    said = await factories.say(here, here.ben, "words", now=MORNING)
    case_id = await raised(here, said, concern(MORNING, Category.HATE))
    await decide(here, case_id, HIDE)
    async with here.read() as session:
        (first,) = await effects.of_case(session, case_id)
    async with here.work() as session:
        await actions.undo(session, here.max, first.id, now=MORNING)
    later = MORNING + timedelta(minutes=1)
    await raised(here, said, concern(later, Category.HATE))
    await decide(here, case_id, HIDE)
    async with here.work() as session:
        assert not await actions.undo(session, here.max, first.id, now=later), "the old one is over"
    async with here.read() as session:
        assert (await messages.by_id(session, said.id)).status is Shown.HIDDEN


async def test_promise_20_fifty_reports_by_one_person_about_one_message_are_one_case(
    here: World,
) -> None:
    said = await factories.say(here, here.ben, "words", now=MORNING)
    for minute in range(50):
        async with here.work() as session:
            await telling.tell(
                session, here.ana, said, "words", reason=Reason.UNKIND, note=f"again, {minute}",
                now=MORNING + timedelta(minutes=minute),
            )  # fmt: skip
    async with here.read() as session:
        (row,) = (await triage.queue(session, here.mo, now=MORNING + timedelta(hours=1))).items
    assert (row.tier, row.tier_since_at) == (Tier.ROUTINE, MORNING), "no sooner, and no later"
    async with here.work() as session:
        await telling.tell(session, here.ana, said, "words", reason=Reason.THREAT, now=MORNING)
    async with here.read() as session:
        (row,) = (await triage.queue(session, here.mo, now=MORNING)).items
    assert row.tier is Tier.NOW, "a burst lowers nothing that comes after it"
    await decide(here, row.id, HIDE)
    outcomes = [n for n in await here.notices(here.ana.account_id) if n.kind == "outcome"]
    assert len(outcomes) == 1
