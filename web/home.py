"""Home: what is waiting, and nothing else. And the one question after joining."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import profiles as own
from api import urgent_help
from api.dependencies import Guard, Here, Now, Someone
from chat import breaks, own_talks
from chat.kinds import RoomKind
from chat.own_talks import Talk
from core.errors import Problem
from core.sentences import say
from matching import profiles, requests
from moderation.helping import Place
from people import notices
from people.notices import Notice, NoticeKind
from people.permissions import Actor
from web import forms, talk_pages
from web.helping import service
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

# A group has "recent talk" (promise 37) when people were in it within a day.
RECENT: Final = timedelta(days=1)

# Where a notice leads; {id} is what it is about.
LEADS_TO = {
    NoticeKind.HELLO: ("/hellos", say("See who")),
    NoticeKind.HELLO_ANSWERED: ("/talks", say("Open your talks")),
    NoticeKind.GROUP: ("/groups/{id}", say("Open the group")),
    NoticeKind.REASON: ("/decisions/{id}", say("If you think it's wrong")),
    NoticeKind.HELP: ("/help", say("Urgent help")),
    NoticeKind.TALK: ("/talks/{id}", say("Open the talk")),
    NoticeKind.TALK_COPY: ("/talks/{id}/copy", say("Say yes or no")),
    NoticeKind.WAY_IN: ("/my-data", say("See where you are signed in")),
    NoticeKind.APPOINTMENT: ("/staff/roles", say("Look at it")),
}


@router.get("/home")
async def home(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show what is waiting; at night, what there is at night (promise 37)."""
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    async with here.reading(actor.organisation_id) as session:
        unread = await notices.unread(session, actor, now=now)
        hellos = await requests.received(session, actor, now=now)
        mine = await profiles.read(session, actor, now=now)
        talks = [talk for talk in await own_talks.read(session, actor) if talk.is_open]
        rest = await breaks.mine(session, actor, [talk.room_id for talk in talks], now=now)
        talks = [talk for talk in talks if talk.room_id not in rest]
        names = await talk_pages.group_names(session, talks)
    told_of = {notice.subject_id for notice in unread}
    waiting = [_notice(notice) for notice in unread]
    waiting += [_hello(hello) for hello in hellos if hello.id not in told_of]
    return await page(
        request,
        "pages/home.html",
        say("Home"),
        waiting=waiting,
        is_new=mine.document.has_told_little,
        night=None if place.staffed.is_staffed else _night(place, talks, names),
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


def _night(place: Place, talks: list[Talk], names: dict[UUID, str]) -> dict[str, Any]:
    """Return what there is when nobody is on shift: nothing here says that somebody is."""
    lively = [talk for talk in talks if talk.group_id and place.now - talk.last_at <= RECENT]
    return {
        "opens": place.say(place.staffed.opens_at),
        "has_talks": any(talk.kind is RoomKind.PRIVATE for talk in talks),
        "groups": [
            {
                "href": f"/talks/{talk.room_id}",
                "name": talk_pages.name_of(talk, names),
                "at": moment(talk.last_at),
            }
            for talk in lively
        ],
        "helped_href": "/what-helped",
        "open_lines": [service(line, place) for line in place.lines[:3]],
        "can_say_awake": False,
        "is_awake": False,
    }


@router.post("/notices/{notice_id}/read")
async def put_away(notice_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Put a notice away."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await notices.mark_read(session, actor, notice_id, now=now)
    return see("/home")


@router.get("/first-words")
async def first_words_page(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Ask the one question; what was said before stands in the box."""
    mine = await own.read_own(here, actor, now=now)
    values = {"words": mine.document.about}
    return await page(
        request, "pages/first_words.html", say("In your own words"), values=values, errors={}
    )


@router.post("/first-words")
async def first_words(
    request: Request, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Keep the first words, or skip; either way people and groups come next."""
    form = await forms.typed(request)
    if form.get("do") == "skip":
        return see("/offers")
    try:
        await _keep(here, guard, actor, form.get("words"), now=now)
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


async def _keep(here: Here, guard: Guard, actor: Actor, words: str, *, now: datetime) -> None:
    mine = await own.read_own(here, actor, now=now)
    if words == mine.document.about:
        return
    document = own.document_of(actor, mine.document.model_dump(mode="json") | {"about": words})
    await own.save_own(here, guard, actor, document, over_version=mine.version, now=now)
