"""Who is in a group, and what those who look after it can do about somebody."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import Field

from api.dependencies import Guard, Here, Now, Someone
from api.hellos import raising_held, without_folded
from api.profiles import screened
from api.shapes import In, Out, Page
from core.database import Database
from core.safety import Safety, SubjectKind
from core.words import Note
from groups import facilitators, rosters, wordings
from matching import concerns
from matching.concerns import Said
from people.permissions import Actor

router = APIRouter(tags=["groups"])


class MemberOut(Out):
    """Somebody in a group. `muted_until` is for those who look after it."""

    account_id: UUID
    name: str
    is_facilitator: bool
    joined_at: datetime
    muted_until: datetime | None


class ReasonIn(In):
    """Why, in words the person will read."""

    reason: Note


class MuteIn(ReasonIn):
    """Why, and for how long."""

    minutes: int = Field(ge=15, le=7 * 24 * 60)


@router.get("/groups/{group_id}/members")
async def list_members(group_id: UUID, actor: Someone, here: Here) -> Page[MemberOut]:
    """Return who is in a group; for the people in it."""
    async with here.reading(actor.organisation_id) as session:
        found = await rosters.listed(session, actor, group_id)
    return Page(items=[MemberOut.model_validate(one) for one in found])


async def admitted(
    database: Database,
    safety: Safety,
    actor: Actor,
    group_id: UUID,
    account_id: UUID,
    *,
    reason: str,
    now: datetime,
) -> str:
    """Judge a reason before it is acted on; return it as the person it is about may read it.

    Raises:
        Forbidden, Invalid, NotFound: the actor may not act here; their words were not read.
        ReasonHeld: something in it would harm them. Nothing was done; a person looks.
    """
    async with database.reading(actor.organisation_id) as session:
        await facilitators.led(session, actor, group_id, account_id, reason=reason)
    verdict = await screened(database, safety, actor, reason)
    async with raising_held(database, safety, actor, reason, now=now):
        folded = wordings.admit_reason(reason, verdict)
    async with database.unit_of_work(actor.organisation_id) as session:
        said = Said(reason, verdict, safety)
        mine = actor.account_id
        await concerns.raise_about(
            session, said, kind=SubjectKind.HELLO, subject_id=mine, author_id=mine, now=now
        )
    return str(without_folded(reason, folded)["words"])


@router.post("/groups/{group_id}/members/{account_id}/remove", status_code=204)
async def remove(
    group_id: UUID,
    account_id: UUID,
    body: ReasonIn,
    actor: Someone,
    here: Here,
    guard: Guard,
    now: Now,
) -> Response:
    """Let somebody go from a group; they read the reason."""
    reason = await admitted(here, guard, actor, group_id, account_id, reason=body.reason, now=now)
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.remove(session, actor, group_id, account_id, reason=reason, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/groups/{group_id}/members/{account_id}/mute", status_code=204)
async def mute(
    group_id: UUID,
    account_id: UUID,
    body: MuteIn,
    actor: Someone,
    here: Here,
    guard: Guard,
    now: Now,
) -> Response:
    """Let somebody read but not write for a time; they read the reason."""
    reason = await admitted(here, guard, actor, group_id, account_id, reason=body.reason, now=now)
    until = now + timedelta(minutes=body.minutes)
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.mute(
            session, actor, group_id, account_id, until=until, reason=reason, now=now
        )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/groups/{group_id}/members/{account_id}/unmute", status_code=204)
async def unmute(
    group_id: UUID, account_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Let somebody write again. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.unmute(session, actor, group_id, account_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
