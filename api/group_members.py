"""Who is in a group, and what those who look after it can do about somebody."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import Field

from api.dependencies import Here, Now, Someone
from api.shapes import In, Out, Page
from core.words import Note
from groups import facilitators, rosters

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


@router.post("/groups/{group_id}/members/{account_id}/remove", status_code=204)
async def remove(
    group_id: UUID, account_id: UUID, body: ReasonIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Let somebody go from a group; they read the reason."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.remove(session, actor, group_id, account_id, reason=body.reason, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/groups/{group_id}/members/{account_id}/mute", status_code=204)
async def mute(
    group_id: UUID, account_id: UUID, body: MuteIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Let somebody read but not write for a time; they read the reason."""
    until = now + timedelta(minutes=body.minutes)
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.mute(
            session, actor, group_id, account_id, until=until, reason=body.reason, now=now
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
