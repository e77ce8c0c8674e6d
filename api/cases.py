"""The moderators' desk: the queue, one case, and what is decided."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import Field

from api.dependencies import Here, Now, Someone
from api.shapes import In, Out, Page, Version
from core import limits
from core.words import Line, Note
from moderation import actions, case_pages, claims, notes, triage
from moderation.kinds import EffectKind, Step

router = APIRouter(tags=["desk"])


class WhereOut(Out):
    """The group something was said in, or that it was a private talk."""

    group_name: str | None
    is_private: bool


class RowOut(Out):
    """One line of the queue. It never holds anybody's words.

    `more_ids` are cases that stand on this line: one person told us of the same person's, within
    a day. Each is read and decided on its own.
    """

    id: UUID
    subject_kind: str
    where: WhereOut
    status: str
    tier: str
    categories: list[str]
    version: int
    opened_at: datetime
    due_at: datetime
    is_late: bool
    is_mine: bool
    is_appealed: bool
    raised: int
    holder_name: str | None
    more_ids: tuple[UUID, ...]


class LookIn(In):
    """Why one wants to read somebody's words. It is kept."""

    reason: Line


class StepIn(In):
    """One part of a decision; `minutes` for what ends by itself."""

    kind: EffectKind
    minutes: int | None = Field(None, ge=1, le=90 * 24 * 60)


class DecisionIn(In):
    """A decision over the version of the case that was read."""

    version: Version
    steps: list[StepIn] = Field(min_length=1, max_length=len(EffectKind))
    rule: Line | None = None
    reason_words: Note = ""


class NoteIn(In):
    """A note for colleagues."""

    words: Note


class EffectOut(Out):
    """Something a decision did, and whether it can still be taken back."""

    id: UUID
    kind: EffectKind
    starts_at: datetime
    ends_at: datetime | None
    undone_at: datetime | None
    can_be_undone: bool


class Until(Out):
    """Until when the case is one's own to work on."""

    until: datetime


@router.get("/cases")
async def queue(
    actor: Someone,
    here: Here,
    now: Now,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS)] = limits.PAGE_ITEMS,
) -> Page[RowOut]:
    """Return undecided cases, first things first, without those one has a part in."""
    async with here.reading(actor.organisation_id) as session:
        found = await triage.queue(session, actor, now=now, after=after, limit=limit)
    items = [RowOut.model_validate(row) for row in found.items]
    return Page(items=items, next=str(found.next) if found.next else None)


@router.post("/cases/{case_id}/claim")
async def claim(case_id: UUID, actor: Someone, here: Here, now: Now) -> Until:
    """Take a case to work on; again by the same person, it lasts from now."""
    async with here.unit_of_work(actor.organisation_id) as session:
        return Until(until=await claims.claim(session, actor, case_id, now=now))


@router.delete("/cases/{case_id}/claim", status_code=status.HTTP_204_NO_CONTENT)
async def release(case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Give a case back to the queue."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await claims.release(session, actor, case_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/cases/{case_id}/look")
async def look(case_id: UUID, body: LookIn, actor: Someone, here: Here, now: Now) -> dict[str, Any]:
    """Read a case with its words. It is a look: the reason is kept, and its author can see it."""
    async with here.unit_of_work(actor.organisation_id) as session:
        page = await case_pages.open_case(session, actor, case_id, reason=body.reason, now=now)
    told = {one.name: getattr(page, one.name) for one in fields(page)}
    return told | {"done": [EffectOut.model_validate(effect) for effect in page.done]}


@router.post("/cases/{case_id}/decision", status_code=status.HTTP_204_NO_CONTENT)
async def decide(case_id: UUID, body: DecisionIn, actor: Someone, here: Here, now: Now) -> Response:
    """Settle a case; 409 with what the other did when it moved on since it was read."""
    steps = [
        Step(step.kind, timedelta(minutes=step.minutes) if step.minutes else None)
        for step in body.steps
    ]
    async with here.unit_of_work(actor.organisation_id) as session:
        await actions.decide(
            session,
            actor,
            case_id,
            version=body.version,
            steps=steps,
            rule=body.rule,
            reason_words=body.reason_words,
            now=now,
        )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/effects/{effect_id}/undo", status_code=status.HTTP_204_NO_CONTENT)
async def undo(effect_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take an effect back. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await actions.undo(session, actor, effect_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/cases/{case_id}/notes", status_code=status.HTTP_204_NO_CONTENT)
async def leave_note(case_id: UUID, body: NoteIn, actor: Someone, here: Here, now: Now) -> Response:
    """Leave a note for colleagues; members never see it."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await notes.leave(session, actor, case_id, words=body.words, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
