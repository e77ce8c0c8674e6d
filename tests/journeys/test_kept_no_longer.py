"""What is over for long goes by itself; what somebody still works on stays."""

from typing import Any
from uuid import uuid4

import pytest
from people_factories import sign_up
from sqlalchemy import func, select

from beenthere import overdue, retention, schema
from beenthere.upkeep import LEASE_LASTS
from chat.events import RoomEvent
from core.tables import Base
from moderation.case_words import CaseWords
from moderation.cases import Case, CaseEvent
from moderation.effects import Effect
from moderation.flags import Flag
from moderation.kinds import EffectKind
from moderation.looks import Look
from people import documents, leases
from people.notices import Notice
from people.permissions import Actor, Role
from people.retentions import Lengths
from people.sign_ins import SignIn
from tests.journeys.town import KEEPER, Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
OF_CASES = (Case, CaseEvent, CaseWords, Flag, Effect, Look)
HIDE = {"steps": [{"kind": "hide"}], "rule": "kind", "reason_words": "Please say it gently."}


async def _rows(town: Town, *tables: Any) -> dict[str, int]:
    async with town.database.reading(town.organisation_id) as session:
        return {
            one.__tablename__: await session.scalar(select(func.count()).select_from(one)) or 0
            for one in tables
        }


async def _found(town: Town) -> dict[str, int]:
    async with town.database.reading(town.organisation_id) as session:
        found = await retention.look(session, now=town.clock())
    return {one.name: one.rows for one in found if one.rows}


async def _keep_talk_for(town: Town, days: int) -> None:
    keeper = Actor(uuid4(), town.organisation_id, "Keeper", grants=KEEPER)
    async with town.database.unit_of_work(town.organisation_id) as session:
        now = await documents.current(session, Lengths)
        wanted = now.model_copy(update={"days": now.days | {"talk": days}})
        await documents.change(session, keeper, wanted, over_version=0, now=town.clock())


async def _decide(mo: Resident, case_id: str, **what: Any) -> None:
    case = await mo.look(case_id)
    await mo.post(f"/cases/{case_id}/decision", {"version": case["version"]} | what)


async def test_a_settled_case_goes_after_its_time_and_none_while_another_is_open(
    town: Town,
) -> None:
    mo = await town.resident("Mo", Role.MODERATOR)
    bo, cy = await town.residents("Bo", "Cy")
    room_id = await town.talk(bo, cy)
    for number in range(2):
        sent = await bo.say(room_id, f"Nobody asked you, {number}.", f"b{number}")
        await cy.post(f"/messages/{sent['id']}/concerns", {"reason": "unkind"})
    (line,) = await mo.queue()
    first, (second,) = line["id"], line["more_ids"]
    await _decide(mo, first, **HIDE)
    assert await _found(town) == {}
    before = await _rows(town, *OF_CASES)
    town.clock.pass_time(days=800)
    await town.sweep()
    assert await _rows(town, *OF_CASES) == before
    signed_in = await sign_up(
        town.database, town.organisation_id, "Max", now=town.clock(), roles_held=(Role.MODERATOR,)
    )
    mo = town.known("Max", signed_in)
    await _decide(mo, second, steps=[{"kind": "nothing"}])
    assert (await _found(town))["safety_case"] == 1
    await _keep_talk_for(town, 30)
    town.clock.pass_time(days=10)
    await town.sweep()
    left = await _rows(town, *OF_CASES, RoomEvent)
    assert (left["safety_case"], left["flag"], left["effect"]) == (1, 1, 0)
    assert left["room_event"] == 0
    assert "safety_case" not in await _found(town)
    assert await town.audit_holds()


async def test_what_holds_without_an_end_keeps_its_case_until_it_is_taken_back(town: Town) -> None:
    mo = await town.resident("Mo", Role.MODERATOR)
    bo, cy = await town.residents("Bo", "Cy")
    room_id = await town.talk(bo, cy)
    sent = await bo.say(room_id, "Nobody asked you.", "b1")
    await cy.post(f"/messages/{sent['id']}/concerns", {"reason": "unkind"})
    ((case_id,),) = [[one["id"]] for one in await mo.queue()]
    await _decide(mo, case_id, **HIDE)
    async with town.database.unit_of_work(town.organisation_id) as session:
        effect = (await session.scalars(select(Effect))).one()
        effect.kind, effect.ends_at = EffectKind.REMOVE, None
    town.clock.pass_time(days=800)
    assert "safety_case" not in await _found(town), "else nobody could ever take it back"
    async with town.database.unit_of_work(town.organisation_id) as session:
        (await session.scalars(select(Effect))).one().undone_at = town.clock()
    assert (await _found(town))["safety_case"] == 1


async def test_whatever_belongs_to_a_case_goes_with_it(backend: str) -> None:
    schema.all_tables()
    named = {one.name for one in Base.metadata.tables.values() if "case_id" in one.columns}
    # The marks of a removal are kept for twelve months, whatever becomes of the case.
    assert named - {"removal_trace"} == {str(one.__tablename__) for one in overdue.OF_A_CASE}


async def test_words_of_a_talk_stay_while_somebody_is_asked_to_look(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room_id = await town.talk(bo, cy)
    sent = await bo.say(room_id, "Nobody asked you.", "b1")
    await cy.post(f"/messages/{sent['id']}/concerns", {"reason": "unkind"})
    await _keep_talk_for(town, 30)
    before = await _rows(town, RoomEvent)
    town.clock.pass_time(days=40)
    await town.sweep()
    assert await _rows(town, RoomEvent) == before


async def test_a_dry_run_says_what_goes_and_takes_nothing(town: Town) -> None:
    ada, ben = await town.residents("Ada", "Ben")
    await ada.post("/hellos", {"to": ben.id, "words": "Hello, would you like to?"})
    (notice,) = (await ben.get("/me/notices"))["items"]
    await ben.delete(f"/me/notices/{notice['id']}")
    await ada.delete(f"/me/sign-ins/{(await ada.get('/me/sign-ins'))['items'][0]['id']}")
    town.clock.pass_time(days=91)
    found, before = await _found(town), await _rows(town, Notice, SignIn)
    assert found == {"notice": 1, "sign_in": 1}
    assert await _rows(town, Notice, SignIn) == before
    await town.sweep()
    await town.sweep()
    assert await _found(town) == {}


async def test_nothing_is_kept_so_shortly_that_nobody_could_question_it(
    backend: str,
) -> None:
    with pytest.raises(ValueError, match="greater than or equal to 30"):
        Lengths.model_validate({"days": {"case": 1}, "words": {}})


async def test_a_clock_set_back_stops_no_timed_work(town: Town) -> None:
    """Another process took the lease when the clock was a day ahead, and is gone."""
    town.clock.pass_time(days=1)
    await town.sweep()
    town.clock.pass_time(days=-1)
    async with town.database.unit_of_work(town.organisation_id) as session:
        assert await leases.take(
            session, "upkeep", holder_id=uuid4(), lasts=LEASE_LASTS, now=town.clock()
        )
