"""Help: the lines that can be reached, who is here, and what happens to the hardest sentence."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from api import dependencies
from api.dependencies import Here, Now
from api.shapes import Out
from core.database import Database
from moderation import helping
from moderation.documents import CrisisDirectory, StaffedHours
from moderation.documents import Line as Service
from moderation.helping import Place
from moderation.safety_words import SafetyWords
from people import documents

router = APIRouter(tags=["help"])


class Line(Out):
    """One service, as its organisation describes it."""

    name: str
    what: str
    phone: str | None
    text: str | None
    web: str | None
    hours: str
    is_open: bool


class Region(Out):
    """The services of one region."""

    name: str
    services: list[Line]


class Help(Out):
    """Who can be reached now."""

    who_is_here: str
    regions: list[Region]
    what_happens: list[str]


async def place_now(
    database: Database, organisation_id: UUID, *, now: datetime, region: str | None = None
) -> Place:
    """Return what every helping text depends on."""
    async with database.reading(organisation_id) as session:
        return Place(
            words=await documents.current(session, SafetyWords),
            staffed_hours=await documents.current(session, StaffedHours),
            directory=await documents.current(session, CrisisDirectory),
            now=now,
            region=region,
        )


def _line(line: Service, place: Place) -> Line:
    return Line(
        name=line.name,
        what=line.what,
        phone=line.phone.tel if line.phone else None,
        text=line.text.display if line.text else None,
        web=line.web,
        hours=line.hours_words,
        is_open=helping.open_now(line, place.now, place.staffed_hours.zone),
    )


@router.get("/help")
async def read(here: Here, now: Now, where: dependencies.Place) -> Help:
    """Return urgent help. It needs no sign-in."""
    place = await place_now(here, where.id, now=now)
    regions = [
        Region(name=region.name, services=[_line(line, place) for line in region.services])
        for region in place.directory.regions
    ]
    sentences = [answer.words for answer in helping.what_happens(place).sentences]
    return Help(who_is_here=helping.who_is_here(place), regions=regions, what_happens=sentences)
