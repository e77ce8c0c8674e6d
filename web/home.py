"""Home: what is waiting, and nothing else. And the one question after joining."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import profiles as own
from api import urgent_help
from api.dependencies import Guard, Here, Now, Someone
from core.errors import Problem
from core.sentences import say
from matching import requests
from moderation import helping
from people import notices
from people.notices import Notice, NoticeKind
from people.permissions import Actor
from web import forms
from web.helping import service
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

# Where a notice leads; {id} is what it is about.
LEADS_TO = {
    NoticeKind.HELLO: ("/hellos", say("See who")),
    NoticeKind.HELLO_ANSWERED: ("/talks", say("Open your talks")),
    NoticeKind.GROUP: ("/groups/{id}", say("Open the group")),
    NoticeKind.REASON: ("/decisions/{id}", say("If you think it's wrong")),
    NoticeKind.WAY_IN: ("/my-data", say("See where you are signed in")),
    NoticeKind.APPOINTMENT: ("/staff/roles", say("Look at it")),
}


@router.get("/home")
async def home(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show what is waiting; at night, what there is at night (promise 37)."""
    async with here.reading(actor.organisation_id) as session:
        unread = await notices.unread(session, actor, now=now)
        hellos = await requests.received(session, actor, now=now)
    told_of = {notice.subject_id for notice in unread}
    waiting = [_notice(notice) for notice in unread]
    waiting += [_hello(hello) for hello in hellos if hello.id not in told_of]
    return await page(
        request,
        "pages/home.html",
        say("Home"),
        waiting=waiting,
        night=await _night(here, actor, now),
    )


def _notice(notice: Notice) -> dict[str, Any]:
    href, label = LEADS_TO.get(notice.kind, ("", ""))
    is_about = notice.subject_id is not None or "{id}" not in href
    return {
        "id": notice.id,
        "words": notice.words or "",
        "href": href.replace("{id}", str(notice.subject_id)) if is_about else "",
        "label": label,
        "at": moment(notice.due_at),
    }


def _hello(hello: requests.Received) -> dict[str, Any]:
    return {
        "id": None,
        "words": say("%(hello_name)s said hello.", hello_name=hello.name),
        "href": "/hellos",
        "label": say("See what they wrote"),
        "at": moment(hello.asked_at),
    }


async def _night(here: Here, actor: Actor, now: datetime) -> dict[str, Any] | None:
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    if place.staffed.is_staffed:
        return None
    return {
        "line": helping.who_is_here(place),
        "open_lines": [service(line, place) for line in place.lines[:3]],
        "next_hour_line": "",
        "can_say_awake": False,
        "is_awake": False,
        "groups": [],
    }


@router.post("/notices/{notice_id}/read")
async def put_away(notice_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Put a notice away."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await notices.mark_read(session, actor, notice_id, now=now)
    return see("/home")


@router.get("/first-words")
async def first_words_page(request: Request, _actor: Someone) -> Response:
    """Ask the one question."""
    return await page(
        request,
        "pages/first_words.html",
        say("In your own words"),
        values={},
        errors={},
    )


@router.post("/first-words")
async def first_words(
    request: Request, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Keep the first words, or skip; either way people and groups come next."""
    form = await forms.typed(request)
    words = form.get("words")
    if form.get("do") == "skip" or not words:
        return see("/offers")
    try:
        mine = await own.read_own(here, actor, now=now)
        told = mine.document.model_dump(mode="json") | {"about": words}
        document = own.document_of(actor, told)
        await own.save_own(here, guard, actor, document, over_version=mine.version, now=now)
    except Problem as problem:
        return await page(
            request,
            "pages/first_words.html",
            say("In your own words"),
            status=problem.status,
            values=form.values,
            errors={"words": problem.detail},
        )
    return see("/offers")
