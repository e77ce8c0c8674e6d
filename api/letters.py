"""Writing to the team, and a decision about oneself by its code, signed out."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response, status

from api import entry
from api.dependencies import Address, Guard, Here, Now, Place, Someone
from api.shapes import In, Out, Page
from core.database import Database
from core.safety import Context, Safety
from core.words import Name, Note
from moderation import codes, letters, telling
from people.permissions import Actor, Standing
from people.throttles import Guess

router = APIRouter(tags=["letters"])


class LetterIn(In):
    """What one wants to say to the team."""

    words: Note


class LetterOut(Out):
    """One letter; `by` is None for one's own."""

    by: str | None
    words: str
    at: datetime


class CodeIn(In):
    """The code of a decision, from the note that told it."""

    code: Name


class AgainIn(CodeIn):
    """Why a decision is wrong, in one's own words."""

    words: Note = ""


class DecisionOut(Out):
    """What stands of a decision."""

    at: datetime
    lines: list[str]
    standing: Standing
    is_asked_again: bool


@router.get("/me/letters")
async def read_letters(actor: Someone, here: Here) -> Page[LetterOut]:
    """Return one's talk with the team, oldest first."""
    async with here.reading(actor.organisation_id) as session:
        found = await letters.mine(session, actor)
    return Page(items=[LetterOut.model_validate(one) for one in found])


@router.post("/me/letters", status_code=status.HTTP_202_ACCEPTED, response_class=Response)
async def write_letter(
    body: LetterIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Write to the team, also while paused."""
    await write(here, guard, actor, body.words, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


async def write(
    database: Database, guard: Safety, actor: Actor, words: str, *, now: datetime
) -> None:
    """Screen a letter, so that somebody looks soon enough, and hand it over as it is."""
    async with database.reading(actor.organisation_id) as session:
        house = await guard.house(session)
    verdict = guard.screen(words, Context(house=house))
    async with database.unit_of_work(actor.organisation_id) as session:
        await letters.write(session, actor, words, verdict=verdict, now=now)


@router.post("/decisions/by-code")
async def read_decision(
    body: CodeIn, place: Place, here: Here, origin: Address, now: Now
) -> DecisionOut:
    """Return what stands of the decision this code is for."""
    return DecisionOut.model_validate(
        await by_code(here, place.id, body.code, address=origin, now=now)
    )


@router.post(
    "/decisions/by-code/look-again", status_code=status.HTTP_202_ACCEPTED, response_class=Response
)
async def look_again(
    body: AgainIn, place: Place, here: Here, origin: Address, now: Now
) -> Response:
    """Ask for somebody else to look at it, signed out."""
    await by_code(here, place.id, body.code, address=origin, now=now)
    async with here.unit_of_work(place.id) as session:
        await telling.look_again_by_code(session, body.code, words=body.words, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.post(
    "/decisions/by-code/letters", status_code=status.HTTP_202_ACCEPTED, response_class=Response
)
async def write_by_code(
    body: AgainIn, place: Place, here: Here, guard: Guard, origin: Address, now: Now
) -> Response:
    """Write to the team, signed out."""
    found = await by_code(here, place.id, body.code, address=origin, now=now)
    async with here.reading(place.id) as session:
        actor = await codes.actor_of(session, found)
    await write(here, guard, actor, body.words, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


async def by_code(
    database: Database, organisation_id: UUID, code: str, *, address: str, now: datetime
) -> codes.Read:
    """Return the decision of a code; trying codes is throttled.

    Raises:
        NotACode: no decision has it.
        TooMany: too many tries.
    """
    await entry.throttle(
        database, organisation_id, Guess.DECISION, name="", address=address, now=now
    )
    async with database.reading(organisation_id) as session:
        return await codes.read(session, code, now=now)
