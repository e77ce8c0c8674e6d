"""Tell us: asking for a person to look, and for a second look at a decision about oneself."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response, status

from api.dependencies import Here, Now, Someone
from api.shapes import In, Out, Page
from chat import messages
from core.words import Note
from moderation import looks, telling
from moderation.reasons import Reason

router = APIRouter(tags=["tell us"])


class ConcernIn(In):
    """Why a person should look. The words concerned are attached by the system."""

    reason: Reason
    note: Note = ""


class LookAgainIn(In):
    """Why a decision is wrong, in one's own words."""

    words: Note


class LookOut(Out):
    """A day on which staff read something of one's own."""

    day: date
    words: str


@router.post("/messages/{message_id}/concerns", status_code=status.HTTP_202_ACCEPTED)
async def tell(message_id: UUID, body: ConcernIn, actor: Someone, here: Here, now: Now) -> Response:
    """Ask for a person to look at a message one can see. A double click counts once."""
    async with here.unit_of_work(actor.organisation_id) as session:
        subject, words = await messages.tell_subject(session, actor, message_id)
        await telling.tell(
            session, actor, subject, words, reason=body.reason, note=body.note, now=now
        )
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.post("/decisions/{case_id}/look-again", status_code=status.HTTP_202_ACCEPTED)
async def look_again(
    case_id: UUID, body: LookAgainIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Say that a decision about oneself is wrong; somebody else looks at it."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await telling.look_again(session, actor, case_id, words=body.words, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.get("/me/looks")
async def list_looks(actor: Someone, here: Here, now: Now) -> Page[LookOut]:
    """Return the days on which staff read something of one's own."""
    async with here.reading(actor.organisation_id) as session:
        found = await looks.at_my_words(session, actor, now=now)
    return Page(items=[LookOut.model_validate(look) for look in found])
