"""What people who look after a group keep up: its line, its agreement, each other, its ending."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from api.dependencies import Guard, Here, Now, Someone
from api.hellos import raising_held
from api.profiles import screened
from api.shapes import In, Out, Version
from core.database import Database
from core.safety import Safety
from core.words import Line
from groups import agreements, cards, facilitators, keeping, stays
from people.permissions import Actor

router = APIRouter(tags=["groups"])


class KeptOut(Out):
    """What stands on a group's page; its standing line is for the people in it."""

    announcement: str
    agreement: str
    agreement_version: int
    ends_at: datetime | None


class LineIn(In):
    """One standing line, or none."""

    words: Line = ""


class AgreementIn(In):
    """An agreement over the version it was made from; 0 where there was none."""

    version: Version
    words: Line


class AgreedIn(In):
    """The version somebody has read and accepts."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


class EndingIn(In):
    """When the group is to end."""

    ends_at: AwareDatetime


async def announce(
    database: Database, safety: Safety, actor: Actor, group_id: UUID, words: str, *, now: datetime
) -> None:
    """Screen a line, then put it up."""
    verdict = await screened(database, safety, actor, words)
    async with (
        raising_held(database, safety, actor, words, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        await keeping.announce(
            session, actor, group_id, words, verdict=verdict, safety=safety, now=now
        )


async def agree(
    database: Database,
    safety: Safety,
    actor: Actor,
    group_id: UUID,
    wish: AgreementIn,
    *,
    now: datetime,
) -> None:
    """Screen an agreement, then put it in place."""
    verdict = await screened(database, safety, actor, wish.words)
    async with (
        raising_held(database, safety, actor, wish.words, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        await keeping.write_agreement(
            session,
            actor,
            group_id,
            wish.words,
            over_version=wish.version,
            verdict=verdict,
            safety=safety,
            now=now,
        )


@router.get("/groups/{group_id}/kept")
async def read(group_id: UUID, actor: Someone, here: Here) -> KeptOut:
    """Return the group's agreement and ending, to read before joining; and its line in it."""
    async with here.reading(actor.organisation_id) as session:
        found = KeptOut.model_validate(await cards.by_id(session, group_id))
        is_in = await stays.here(session, group_id, actor.account_id) is not None
    return found if is_in else found.model_copy(update={"announcement": ""})


@router.put("/groups/{group_id}/announcement", status_code=204)
async def put_line(
    group_id: UUID, body: LineIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Put up one standing line, or take it down."""
    await announce(here, guard, actor, group_id, body.words, now=now)
    return Response(status_code=204)


@router.put("/groups/{group_id}/agreement", status_code=204)
async def put_agreement(
    group_id: UUID, body: AgreementIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Replace what the group agreed; 409 when another was written meanwhile."""
    await agree(here, guard, actor, group_id, body, now=now)
    return Response(status_code=204)


@router.put("/groups/{group_id}/agreed", status_code=204)
async def put_agreed(group_id: UUID, body: AgreedIn, actor: Someone, here: Here) -> Response:
    """Accept what the group agreed. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await agreements.accept(session, actor, group_id, version=body.version)
    return Response(status_code=204)


@router.put("/groups/{group_id}/facilitators/{account_id}", status_code=204)
async def share(group_id: UUID, account_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Ask somebody in the group to look after it too. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.share(session, actor, group_id, account_id, now=now)
    return Response(status_code=204)


@router.delete("/groups/{group_id}/facilitators/me", status_code=204)
async def step_back(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Look after it no longer, and stay in it. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.step_back(session, actor, group_id, now=now)
    return Response(status_code=204)


@router.put("/groups/{group_id}/ending", status_code=204)
async def plan(group_id: UUID, body: EndingIn, actor: Someone, here: Here, now: Now) -> Response:
    """Let the group end on a day, a week from now at the earliest."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await keeping.plan_ending(session, actor, group_id, ends_at=body.ends_at, now=now)
    return Response(status_code=204)


@router.delete("/groups/{group_id}/ending", status_code=204)
async def call_off(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let the group go on. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await keeping.call_off_ending(session, actor, group_id, now=now)
    return Response(status_code=204)
