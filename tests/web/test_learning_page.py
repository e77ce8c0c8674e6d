"""What guesses learn here, walked on its page without a script."""

from uuid import UUID

import pytest
from conftest import MORNING
from fastapi import FastAPI
from people_factories import sign_up

from core import ids
from core.safety import Category, Concern, Source, Subject, SubjectKind, Tier
from moderation import actions, flags, screening
from moderation.desk import Desk
from moderation.kinds import EffectKind, Step
from people.permissions import Role
from tests.moderation.decisions_of_a_hall import ADVERTISED, BUDGET, SOLD_KINDLY
from tests.web.test_papers import _browser, _filled

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PAGE = "/administration/learning"


async def test_without_a_model_the_page_says_that_rules_decide_alone(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    app.state.safety.screening.guessing.heads = None
    assert "Rules decide alone here" in (await ada.get(PAGE)).text
    refused = await ada.post(PAGE, data={"do": "learn"})
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


async def test_before_anybody_decided_there_is_nothing_to_learn_and_it_says_so(
    app: FastAPI, organisation_id: UUID
) -> None:
    app.state.safety = Desk(screening.shipped())
    ada = await _browser(app, organisation_id)
    page = (await ada.get(PAGE)).text
    assert "The model is in use as it was shipped." in page
    assert "Watch it beside" not in page
    typed = {**_filled(page), "do": "learn"}
    assert (await ada.post(PAGE, data=typed)).status_code == 303
    page = (await ada.get(PAGE)).text
    assert "Nobody has decided anything yet that it could learn from." in page
    for do, said in (("beside", "nothing to watch"), ("use", "longer"), ("back", "already")):
        refused = await ada.post(PAGE, data={**_filled(page), "do": do})
        assert refused.status_code == 409
        assert said in refused.text


async def test_it_learns_from_decisions_is_watched_used_and_taken_back(
    app: FastAPI, organisation_id: UUID
) -> None:
    app.state.safety = Desk(screening.shipped())
    ada = await _browser(app, organisation_id)
    looks = {f"looks_{one.value}": str(BUDGET) for one in Category}
    saved = await ada.post("/administration/documents/screening", data={"version": "0"} | looks)
    assert saved.status_code == 303
    await _decide(app, organisation_id)
    page = await _step(ada, "learn")
    assert "spam: better." in page
    assert "not taken" not in page
    page = await _step(ada, "beside")
    assert "It is watched beside, and brings nobody." in page
    assert "Use it from now on" not in page
    await _talk(app, organisation_id)
    page = (await ada.get(PAGE)).text
    assert "Of 200 texts it would have asked somebody to look at" in page
    page = await _step(ada, "use")
    assert "What was learned here is in use." in page
    page = await _step(ada, "back")
    assert "The model is in use as it was shipped." in page
    assert not any(text in page for text in (*SOLD_KINDLY, *ADVERTISED)), "no member's words"


async def _step(ada, do: str) -> str:
    page = (await ada.get(PAGE)).text
    done = await ada.post(PAGE, data={**_filled(page), "do": do})
    assert done.status_code == 303, done.text
    return (await ada.get(PAGE)).text


async def _decide(app: FastAPI, organisation_id: UUID) -> None:
    """Let forty people say what the hall says, and a moderator decide about each."""
    database = app.state.database
    held = (Role.MODERATOR,)
    mo = await sign_up(database, organisation_id, "Mo", now=MORNING, roles_held=held)
    said = [(text, EffectKind.MISTAKEN) for text in SOLD_KINDLY]
    said += [(text, EffectKind.WARN) for text in ADVERTISED]
    for at, (text, kind) in enumerate(said):
        who = await sign_up(database, organisation_id, f"P{at}", now=MORNING)
        subject = Subject(SubjectKind.PROFILE, ids.new_id(), who.actor.account_id)
        concern = Concern(
            Source.SCREENING, Tier.ROUTINE, text, MORNING, categories=frozenset({Category.SPAM})
        )
        async with database.unit_of_work(organisation_id) as session:
            case_id = await flags.flag(session, subject, concern)
        async with database.unit_of_work(organisation_id) as session:
            await actions.decide(
                session, mo.actor, case_id, version=1, steps=[Step(kind)], rule="kind", now=MORNING
            )


async def _talk(app: FastAPI, organisation_id: UUID) -> None:
    """Let two hundred calm texts be judged, and what is counted be stored."""
    from core.safety import Context
    from moderation import tallies

    desk, database = app.state.safety, app.state.database
    async with database.reading(organisation_id) as session:
        context = Context(house=await desk.house(session))
    for at in range(200):
        desk.screen(("Tea at four.", SOLD_KINDLY[at % len(SOLD_KINDLY)])[at % 2], context)
    async with database.unit_of_work(organisation_id) as session:
        await tallies.keep(session, desk.tally.take(organisation_id), now=app.state.clock())
