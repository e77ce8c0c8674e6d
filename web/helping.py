"""Urgent help, and what happens to the hardest sentence: for anyone, signed in or not."""

from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import helped
from api import urgent_help as urgent
from api.dependencies import IS_THERE, Guard, Here, MaybeSomeone, Now
from core.errors import NotFound
from core.sentences import When, say
from moderation import helping
from moderation.documents import Line
from moderation.helping import Place
from people.permissions import Actor
from web import noticing
from web.rendering import organisation_of, page

router = APIRouter(include_in_schema=False)
# Where there are several organisations, a stranger stands before none of them. Help is still
# there: the lines that are shipped.
NOBODYS: Final = UUID(int=0)


async def _where(request: Request, someone: Actor | None) -> UUID:
    try:
        return await organisation_of(request, someone)
    except NotFound:
        return NOBODYS


def service(line: Line, place: Place, *, is_saved_copy: bool = False) -> dict[str, Any]:
    """Return a line as the help macros take it."""
    is_open = helping.open_now(line, place.now, place.staffed_hours.zone)
    return {
        "name": line.name,
        "what": line.what,
        "phone": line.phone and {"display": line.phone.display, "digits": line.phone.tel},
        "text": line.text
        and {
            "number": line.text.number,
            "keyword": line.text.keyword or "",
            "display": line.text.display,
        },
        "email": line.email or "",
        "web": line.web or "",
        "hours_line": line.hours_words,
        "is_open": None if is_saved_copy else is_open,
    }


def card(place: Place) -> dict[str, Any]:
    """Return the help card as its macro takes it: a person first, then lines open now.

    It is shown where a message has just asked a person to look, so that is what it says.
    """
    said = helping.help_card(place)
    return hard(said) | {
        "first_line": said.first_line,
        "opening": said.opening,
        "person_line": helping.asked_a_person(place, asked_at=place.now),
        "plan_heading": said.own_plan_heading,
        "plan": said.own_plan,
        "services_heading": said.services_heading,
        "services": [service(line, place) for line in said.lines[:3]],
        "danger": said.danger,
        "settings_href": "",
    }


def hard(said: helping.HelpCard) -> dict[str, Any]:
    """Return what may make it hard to reach out, with an answer to each."""
    choices = [{"label": one.label, "words": one.words} for one in said.choices]
    return {"question": said.question, "choices": choices}


@router.get("/help")
async def urgent_help(
    request: Request, someone: MaybeSomeone, here: Here, now: Now, saved: bool = False
) -> Response:
    """Every line, those of the organisation's regions; a copy of it works without a connection."""
    where = await _where(request, someone)
    place = await urgent.place_now(here, where, now=now)
    regions = [
        {
            "name": region.name,
            "is_mine": number == 0,
            "services": [service(line, place, is_saved_copy=saved) for line in region.services],
        }
        for number, region in enumerate(place.directory.regions)
    ]
    # A copy is read when nobody can know who is here or which lines are open.
    frame: dict[str, Any] = {"staffed": {"line": ""}} if saved else {}
    return await page(
        request,
        "pages/help.html",
        say("Urgent help"),
        directory={
            "emergency": _emergency(place),
            "regions": regions,
            "reviewed_line": _reviewed_line(place),
        },
        person_line="" if saved else helping.who_is_here(place),
        hard=hard(helping.help_card(place)),
        is_saved_copy=saved,
        **frame,
    )


def _emergency(place: Place) -> dict[str, Any]:
    first = place.directory.emergency
    phone = {"display": first.phone.display, "digits": first.phone.tel}
    return {"words": first.words, "phone": phone}


def _reviewed_line(place: Place) -> str:
    """Say when the numbers were last checked; `doctor` tells whoever runs this place to do it."""
    dates = [line.last_reviewed for region in place.directory.regions for line in region.services]
    known = [date for date in dates if date is not None]
    if len(known) < len(dates):
        return say("The people who run this place haven't checked all of these numbers yet.")
    checked = datetime.combine(min(known), time(), tzinfo=place.staffed_hours.zone)
    return say(
        "We last checked these numbers on %(day)s.",
        day=When(checked, place.staffed_hours.timezone, "date"),
    )


@router.get("/what-happens")
async def what_happens(request: Request, someone: MaybeSomeone, here: Here, now: Now) -> Response:
    """What happens if I say I want to die? (promise 5)."""
    place = await urgent.place_now(here, await _where(request, someone), now=now)
    said, easy = (helping.what_happens(place, is_easy_read=is_easy) for is_easy in (False, True))
    return await page(
        request,
        "pages/what_happens.html",
        say("What happens"),
        sentences=[answer.words for answer in said.sentences],
        easy_read=[answer.words for answer in easy.sentences],
        languages=noticing.known_languages(),
    )


@router.get("/what-helped")
@router.get("/o/{organisation}/what-helped", dependencies=IS_THERE)
async def what_helped(
    request: Request, someone: MaybeSomeone, here: Here, guard: Guard
) -> Response:
    """Show what helped people, to anyone (promise 33)."""
    where = await organisation_of(request, someone)
    notes = await helped.notes(here, guard, where)
    return await page(request, "pages/what_helped.html", say("Notes"), notes=notes)
