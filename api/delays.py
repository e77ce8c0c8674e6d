"""What comes after a look: telling of it later, by two people, and coming back to somebody."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import Field

from api.dependencies import Here, Now, Someone
from api.shapes import In, Out, Page
from moderation import aftercare, delays
from moderation.aftercare import Task
from moderation.delays import Ground

router = APIRouter(tags=["desk"])


class TaskOut(Out):
    """Something to come back to; nobody's words or name."""

    id: UUID
    case_id: UUID
    task: Task
    due_at: datetime


class DelayIn(In):
    """Why, and for how many days."""

    ground: Ground
    days: int = Field(ge=1, le=delays.LONGEST.days)


@router.put("/cases/{case_id}/delay", status_code=status.HTTP_204_NO_CONTENT)
async def ask(case_id: UUID, body: DelayIn, actor: Someone, here: Here, now: Now) -> Response:
    """Ask that the author hears later that we looked."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await delays.ask(session, actor, case_id, ground=body.ground, days=body.days, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/cases/{case_id}/delay/confirm", status_code=status.HTTP_204_NO_CONTENT)
async def confirm(case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Say yes to it, as a second person. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await delays.confirm(session, actor, case_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/cases/{case_id}/delay", status_code=status.HTTP_204_NO_CONTENT)
async def end(case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let the author hear of it as anybody does. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await delays.end(session, actor, case_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/aftercare")
async def due(actor: Someone, here: Here, now: Now) -> Page[TaskOut]:
    """Return to whom somebody should come back now."""
    async with here.reading(actor.organisation_id) as session:
        found = await aftercare.due(session, actor, now=now)
    return Page(items=[TaskOut.model_validate(one) for one in found])


@router.post("/aftercare/{task_id}/done", status_code=status.HTTP_204_NO_CONTENT)
async def finish(task_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Note that somebody came back to them. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await aftercare.finish(session, actor, task_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
