"""Tell us: asking for a person to look, and for a second look at a decision about oneself."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response, status

from api import entry, subjects
from api.dependencies import Address, Here, MaybeSomeone, Now, Place, Someone
from api.shapes import In, Out, Page
from chat import messages
from core.database import Database
from core.words import Name, Note
from moderation import looks, telling
from moderation.reasons import Reason
from people.permissions import Actor
from people.throttles import Guess

router = APIRouter(tags=["tell us"])


class ConcernIn(In):
    """Why a person should look. The words concerned are attached by the system."""

    reason: Reason
    note: Note = ""


class AboutIn(ConcernIn):
    """What it is about: a message, a talk, a profile, a group or a hello, by its id."""

    kind: Literal["message", "talk", "profile", "group", "hello"]
    id: UUID


class InvitationConcernIn(ConcernIn):
    """The code of the invitation it is about."""

    code: Name


class LookAgainIn(In):
    """Why a decision is wrong, in one's own words."""

    words: Note


class LookOut(Out):
    """A day on which staff read something of one's own."""

    day: date
    words: str


@router.post(
    "/messages/{message_id}/concerns", status_code=status.HTTP_202_ACCEPTED, response_class=Response
)
async def tell(message_id: UUID, body: ConcernIn, actor: Someone, here: Here, now: Now) -> Response:
    """Ask for a person to look at a message one can see. A double click counts once."""
    async with here.unit_of_work(actor.organisation_id) as session:
        subject, words = await messages.tell_subject(session, actor, message_id)
        await telling.tell(
            session, actor, subject, words, reason=body.reason, note=body.note, now=now
        )
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.post("/concerns", status_code=status.HTTP_202_ACCEPTED, response_class=Response)
async def tell_of(body: AboutIn, actor: Someone, here: Here, now: Now) -> Response:
    """Ask for a person to look at a talk, a profile, a group or a hello one can see."""
    async with here.unit_of_work(actor.organisation_id) as session:
        subject, words = await subjects.about(session, actor, body.kind, body.id, now=now)
        await telling.tell(
            session, actor, subject, words, reason=body.reason, note=body.note, now=now
        )
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.post("/invitations/concerns", status_code=status.HTTP_202_ACCEPTED, response_class=Response)
async def tell_of_invitation(
    body: InvitationConcernIn, someone: MaybeSomeone, place: Place, here: Here, origin: Address,
    now: Now,
) -> Response:  # fmt: skip
    """Ask for a person to look at an invitation. It needs no account; nobody is written back."""
    await told_of_invitation(here, place.id, body, someone=someone, address=origin, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


async def told_of_invitation(
    database: Database,
    organisation_id: UUID,
    body: InvitationConcernIn,
    *,
    someone: Actor | None,
    address: str,
    now: datetime,
) -> None:
    """Take a concern about an invitation; trying codes is throttled as joining is.

    Raises:
        NotAnInvitation: there never was one with this code.
        TooMany: too many tries.
    """
    await entry.throttle(database, organisation_id, Guess.JOIN, name="", address=address, now=now)
    is_theirs = someone is not None and someone.organisation_id == organisation_id
    async with database.unit_of_work(organisation_id) as session:
        await telling.tell_of_invitation(
            session, body.code, reason=body.reason, note=body.note,
            reporter_id=someone.account_id if someone and is_theirs else None, now=now,
        )  # fmt: skip


@router.post(
    "/decisions/{case_id}/look-again", status_code=status.HTTP_202_ACCEPTED, response_class=Response
)
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
