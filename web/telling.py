"""Tell us something is wrong: evidence is attached by the system, nobody has to prove anything."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api import subjects, urgent_help
from api.dependencies import Here, MaybeSomeone, Now, Someone
from chat import messages
from chat.frames import Message
from chat.kinds import RoomKind, Status
from chat.own_talks import Talk as Room
from core.errors import Invalid, NotFound, NotSignedIn, Problem
from core.safety import Subject, SubjectKind
from core.sentences import say
from matching import introductions
from moderation import helping, telling
from moderation.reasons import Reason
from people.permissions import Actor
from web import forms, talk_pages, views
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

LINES: Final = {
    "message": say("a message"),
    "talk": say("the newest words of somebody else in this talk"),
    "hello": say("a hello you were sent"),
    "group": say("what a group says of itself"),
    "profile": say("what somebody tells of themselves"),
}
TAKEN_BACK: Final = say("a message that was taken back")
CHOICES: Final = [
    {"value": Reason.WORRIED, "label": say("I'm worried about the person who wrote it")},
    {"value": Reason.UNKIND, "label": say("It is unkind, or it is bullying")},
    {"value": Reason.PRESSING, "label": say("They press me, or ask for my details")},
    {"value": Reason.DETAILS, "label": say("It gives away who or where somebody is")},
    {"value": Reason.THREAT, "label": say("It is a threat")},
    {"value": Reason.STALKING, "label": say("They follow me around")},
    {"value": Reason.SEXUAL, "label": say("It is sexual, and nobody asked for it")},
    {"value": Reason.HATE, "label": say("It is hateful about a group of people")},
    {"value": Reason.HARM, "label": say("It nudges somebody to hurt themselves")},
    {"value": Reason.MEDICINES, "label": say("It tells people to start or stop medicines")},
    {"value": Reason.SELLING, "label": say("It sells or advertises")},
    {"value": Reason.SOMETHING_ELSE, "label": say("Something else")},
]


@router.get("/tell-us")
async def tell_us_page(
    request: Request,
    someone: MaybeSomeone,
    here: Here,
    now: Now,
    message: UUID | None = None,
    talk: UUID | None = None,
    hello: UUID | None = None,
    group: UUID | None = None,
    profile: UUID | None = None,
) -> Response:
    """Ask what is wrong, with the words it is about."""
    if someone is None:
        raise NotSignedIn
    asked = {
        "message": message, "talk": talk, "hello": hello, "group": group, "profile": profile,
    }  # fmt: skip
    named = next((f"{kind}:{one}" for kind, one in asked.items() if one is not None), "")
    return await _form(request, someone, here, named, now=now)


async def _form(
    request: Request,
    actor: Actor,
    here: Here,
    named: str,
    *,
    now: datetime,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    subject = None
    if named:
        async with here.reading(actor.organisation_id) as session:
            words = await _shown(session, actor, named, now=now)
        kind, _, subject_id = named.partition(":")
        line = TAKEN_BACK if words is None else LINES[kind]
        subject = {
            "kind": kind, "id": subject_id, "line": line, "words": words or "",
            "is_taken_back": words is None,
        }  # fmt: skip
    return await page(
        request,
        "pages/tell_us.html",
        say("Tell us"),
        status=422 if errors else 200,
        subject=subject,
        choices_list=CHOICES,
        values=values or {},
        errors=errors or {},
        is_done=False,
        next_line="",
    )


@router.post("/tell-us")
async def tell_us(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Take a report; a double click counts once."""
    form = await forms.typed(request)
    try:
        reason = _reason(form.get("what"))
        async with here.unit_of_work(actor.organisation_id) as session:
            subject, words = await _about(session, actor, form.get("subject"), now=now)
            await telling.tell(
                session, actor, subject, words, reason=reason, note=form.get("note"), now=now
            )
    except NotFound:
        raise
    except Problem as problem:
        errors = forms.errors_of(problem)
        named = form.get("subject")
        return await _form(request, actor, here, named, now=now, values=form.values, errors=errors)
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    return await page(
        request,
        "pages/tell_us.html",
        say("Tell us"),
        is_done=True,
        next_line=helping.asked_a_person(place, asked_at=now),
    )


def _reason(value: str) -> Reason:
    try:
        return Reason(value)
    except ValueError:
        raise Invalid(say("Please choose what fits best."), field="what") from None


async def _about(
    session: AsyncSession, actor: Actor, named: str, *, now: datetime
) -> tuple[Subject, str]:
    """Return what `kind:id` names, when the actor can see it, and its words as evidence."""
    kind, _, subject_id = named.partition(":")
    try:
        wanted = UUID(subject_id)
    except ValueError:
        wanted = None
    if wanted is None or kind not in LINES:
        raise Invalid(say("Please press “Tell us” beside the words it is about."))
    return await subjects.about(session, actor, kind, wanted, now=now)


async def _shown(session: AsyncSession, actor: Actor, named: str, *, now: datetime) -> str | None:
    """Return those words as their reader may see them: what is folded or put away stays so.

    None where they were taken back.
    """
    subject, words = await _about(session, actor, named, now=now)
    if subject.kind is SubjectKind.HELLO:
        hello = await subjects.received(session, actor, subject.id, now=now)
        return views.folded_text(hello.words, hello.folded)
    if subject.kind is SubjectKind.PROFILE:
        return (await introductions.read(session, actor, subject.id, now=now)).about
    if subject.room_id is None:
        return words
    seen = await messages.quoted(session, actor, subject.room_id, message_ids=[subject.id])
    shown = seen.get(subject.id)
    if not isinstance(shown, Message):
        return ""
    return None if shown.status is Status.REMOVED else shown.text or ""


@router.post("/talks/{room_id}/worried")
async def worried(
    request: Request, room_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """I'm worried about them: a person looks at how somebody in this talk is (promise 7)."""
    form = await forms.typed(request)
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            room = await talk_pages.mine(session, actor, room_id)
            them = _them(room, form.get("about"))
            logged = await messages.page(session, actor, room_id)
            subject, words = await _how_they_are(session, actor, room_id, them, logged=logged)
            await telling.tell(session, actor, subject, words, reason=Reason.WORRIED, now=now)
    except Invalid as fault:
        return await talk_pages.show(
            request, room_id, actor, here, now=now, worry_error=fault.detail
        )
    return see(f"/talks/{room_id}?told=1#after-log")


def _them(room: Room, named: str) -> UUID:
    """Return who is meant: the other of two; in a group nobody is guessed."""
    if room.kind is RoomKind.PRIVATE:
        if not room.names:
            raise NotFound(say("They aren't here any more."))
        return next(iter(room.names))
    found = next((one for one in room.names if str(one) == named), None)
    if found is None:
        raise Invalid(say("Please choose who you are worried about."), field="about")
    return found


async def _how_they_are(
    session: AsyncSession, actor: Actor, room_id: UUID, them: UUID, *, logged: list[Any]
) -> tuple[Subject, str]:
    """Return their newest words here; somebody who has written nothing is a worry, too."""
    for frame in reversed(logged):
        if getattr(frame, "text", None) and frame.sender == them:
            return await messages.tell_subject(session, actor, frame.id)
    return Subject(SubjectKind.ACCOUNT, them, them, room_id=room_id), ""
