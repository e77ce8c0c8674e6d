"""Urgent help, and what happens to the hardest sentence: for anyone, signed in or not."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import urgent_help as urgent
from api.dependencies import Here, MaybeSomeone, Now
from moderation import helping
from moderation.documents import Line
from moderation.helping import Place
from web.rendering import organisation_of, page

router = APIRouter(include_in_schema=False)
# The emergency number works everywhere in the directory's regions, also when nothing else does.
EMERGENCY = {
    "words": "If somebody is in danger now, ring 999 or 112.",
    "phone": {"display": "999", "digits": "999"},
}


def service(line: Line, place: Place, *, is_saved_copy: bool = False) -> dict[str, Any]:
    """Return a line as the help macros take it."""
    is_open = helping.open_now(line, place.now, place.staffed_hours.zone)
    return {
        "name": line.name,
        "what": line.what,
        "phone": line.phone and {"display": line.phone.display, "digits": line.phone.tel},
        "text": line.text and {"number": line.text.number, "keyword": line.text.keyword or ""},
        "web": line.web or "",
        "hours_line": line.hours_words,
        "is_open": None if is_saved_copy else is_open,
    }


def card(place: Place) -> dict[str, Any]:
    """Return the help card as its macro takes it: a person first, then lines open now."""
    said = helping.help_card(place)
    return {
        "person_line": said.person.words,
        "plan": said.own_plan,
        "services": [service(line, place) for line in said.lines[:3]],
        "settings_href": "",
    }


@router.get("/help")
async def urgent_help(
    request: Request, someone: MaybeSomeone, here: Here, now: Now, saved: bool = False
) -> Response:
    """Every line, those of the organisation's regions; a copy of it works without a connection."""
    where = await organisation_of(request, someone)
    place = await urgent.place_now(here, where, now=now)
    regions = [
        {
            "name": region.name,
            "is_mine": number == 0,
            "services": [service(line, place, is_saved_copy=saved) for line in region.services],
        }
        for number, region in enumerate(place.directory.regions)
    ]
    return await page(
        request,
        "pages/help.html",
        "Urgent help",
        directory={
            "emergency": EMERGENCY,
            "regions": regions,
            "reviewed_line": place.directory.review,
        },
        person_line="" if saved else helping.who_is_here(place),
        is_saved_copy=saved,
    )


@router.get("/what-happens")
async def what_happens(request: Request, someone: MaybeSomeone, here: Here, now: Now) -> Response:
    """What happens if I say I want to die? (promise 5)."""
    place = await urgent.place_now(here, await organisation_of(request, someone), now=now)
    said, easy = (
        helping.what_happens(place.words, is_easy_read=is_easy) for is_easy in (False, True)
    )
    return await page(
        request,
        "pages/what_happens.html",
        "What happens",
        sentences=[answer.words for answer in said.sentences],
        easy_read=[answer.words for answer in easy.sentences],
    )
