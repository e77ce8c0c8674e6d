"""Nobody decides on themselves: each part one may have × each door of the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core.database import Database
from core.errors import NotFound
from core.safety import Category
from moderation import (
    actions,
    case_pages,
    cases,
    claims,
    effects,
    interests,
    notes,
    settled,
    telling,
    triage,
    words,
)
from moderation.cases import Case
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason
from people import roles
from people.permissions import Actor, Role
from tests.moderation import factories
from tests.moderation.factories import REASON, World, concern, raised

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
COLUMNS = Case.__table__.columns
HIDE = [Step(EffectKind.HIDE)]
HATE = concern(MORNING, Category.HATE)


@pytest.fixture
async def here(database: Database, organisation_id: UUID) -> World:
    return await factories.world(database, organisation_id, now=MORNING)


async def decide(here: World, actor: Actor, case_id: UUID) -> None:
    async with here.work() as session:
        version = (await cases.by_id(session, case_id)).version
        await actions.decide(
            session, actor, case_id, version=version, steps=HIDE, rule="kind", now=MORNING
        )


async def own_words(here: World) -> UUID:
    return await raised(here, await factories.say(here, here.mo, "mine", now=MORNING), HATE)


async def own_report(here: World) -> UUID:
    said = await factories.say(here, here.ben, "theirs", now=MORNING)
    async with here.work() as session:
        await telling.tell(session, here.mo, said, "theirs", reason=Reason.UNKIND, now=MORNING)
        case = await cases.of_subject(session, said.kind, said.id)
    assert case is not None
    return case.id


async def own_group(here: World) -> UUID:
    room_id = await factories.group_room(here, here.mo, here.ana, now=MORNING)
    there = replace(here, room_id=room_id)
    return await raised(here, await factories.say(there, here.ana, "hers", now=MORNING), HATE)


async def own_peer(here: World) -> UUID:
    async with here.work() as session:
        pair = here.mo.account_id, here.ben.account_id
        await rooms.open_private(session, account_ids=pair, now=MORNING)
    return await raised(here, await factories.say(here, here.ben, "his", now=MORNING), HATE)


async def own_decision_in_question(here: World) -> UUID:
    case_id = await raised(here, await factories.say(here, here.ben, "his", now=MORNING), HATE)
    await decide(here, here.mo, case_id)
    async with here.work() as session:
        await telling.look_again(session, here.ben, case_id, words="I quoted", now=MORNING)
    return case_id


Door = Callable[[AsyncSession, Actor, UUID], Awaitable[object]]
DOORS: dict[str, Door] = {
    "open": lambda s, mo, it: case_pages.open_case(s, mo, it, reason=REASON, now=MORNING),
    "read on": lambda s, mo, it: case_pages.read_on(s, mo, it, now=MORNING),
    "claim": lambda s, mo, it: claims.claim(s, mo, it, now=MORNING),
    "release": lambda s, mo, it: claims.release(s, mo, it, now=MORNING),
    "note": lambda s, mo, it: notes.leave(s, mo, it, words="a note", now=MORNING),
    "decide": lambda s, mo, it: actions.decide(
        s, mo, it, version=1, steps=HIDE, rule="kind", now=MORNING
    ),
}


@pytest.mark.parametrize(
    "part", [own_words, own_report, own_group, own_peer, own_decision_in_question]
)
async def test_what_one_has_a_part_in_is_shut_at_every_door(
    here: World, part: Callable[[World], Awaitable[UUID]]
) -> None:
    case_id = await part(here)
    for door in DOORS.values():
        async with here.work() as session:
            with pytest.raises(NotFound):
                await door(session, here.mo, case_id)
    async with here.read() as session:
        assert (await triage.queue(session, here.mo, now=MORNING)).items == ()
        assert len((await triage.queue(session, here.max, now=MORNING)).items) == 1
    if part is own_decision_in_question:
        return
    await decide(here, here.max, case_id)
    async with here.read() as session:
        (effect,) = await effects.of_case(session, case_id)
        assert await settled.lately(session, here.mo, now=MORNING) == ()
        assert len(await settled.lately(session, here.max, now=MORNING)) == 1
    async with here.work() as session:
        with pytest.raises(NotFound):
            await actions.undo(session, here.mo, effect.id, now=MORNING)


async def test_where_nobody_may_look_again_the_administrators_are_told_in_the_same_breath(
    here: World,
) -> None:
    ada = await sign_up(
        here.database, here.organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    case_id = await own_decision_in_question(here)
    async with here.work() as session:
        said = await telling.look_again(session, here.ben, case_id, words="again", now=MORNING)
        await interests.tell_where_nobody_may(session, now=MORNING)
    assert said == words.SOMEBODY_LOOKS
    assert await here.notices(ada.id) == [], "Max can still look"
    async with here.work() as session:
        await roles.dismiss(session, ada.actor, here.max.account_id, Role.MODERATOR, now=MORNING)
    # Also when the last one who may goes after it was asked.
    async with here.work() as session:
        await interests.tell_where_nobody_may(session, now=MORNING)
    (told,) = await here.notices(ada.id)
    assert told.words == words.NOBODY_MAY
    # And whoever asked: what they were told when they asked isn't true any more.
    mine = [one.words for one in await here.notices(here.ben.account_id)]
    assert mine.count(words.NOBODY_LOOKS_YET) == 1
    for _ in "twice":
        async with here.work() as session:
            said = await telling.look_again(session, here.ben, case_id, words="still", now=MORNING)
        # Promise 8: whoever asked isn't promised somebody who isn't there.
        assert said == words.NOBODY_LOOKS_YET
    assert len(await here.notices(ada.id)) == 1


async def test_one_that_nobody_may_look_at_is_found_behind_a_hundred_that_somebody_may(
    here: World,
) -> None:
    ada = await sign_up(
        here.database, here.organisation_id, "Ada", now=MORNING, roles_held=(Role.ADMINISTRATOR,)
    )
    case_id = await own_decision_in_question(here)
    async with here.work() as session:
        await roles.dismiss(session, ada.actor, here.max.account_id, Role.MODERATOR, now=MORNING)
        told = {one.name: getattr(await cases.by_id(session, case_id), one.name) for one in COLUMNS}
        told |= {"decided_by": None, "author_id": None, "gathers": None}
        others = [told | {"id": UUID(int=n), "subject_id": UUID(int=n)} for n in range(1, 102)]
        await session.execute(Case.__table__.insert(), others)
    async with here.work() as session:
        await interests.tell_where_nobody_may(session, now=MORNING)
    assert [one.words for one in await here.notices(ada.id)] == [words.NOBODY_MAY]
