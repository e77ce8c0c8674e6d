"""People and groups for somebody, each with reasons that are true of both."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter, Response, status

from api.dependencies import Here, Now, Someone
from api.shapes import In, Out
from core.database import Database
from matching import answers, offers
from matching.answers import Answer
from matching.leanings import Leaning
from matching.offers import Offers
from people.permissions import Actor

router = APIRouter(tags=["offers"])


class ReasonOut(Out):
    """Why, in a sentence; `kind` and `facts` say the same for machines."""

    kind: str
    sentence: str
    contribution: float
    facts: tuple[str, ...]


class PersonOut(Out):
    """Somebody to talk with, in their own words."""

    id: UUID
    name: str
    words_for_self: str
    about: str
    reasons: tuple[ReasonOut, ...]


class GroupOut(Out):
    """A group with room."""

    id: UUID
    name: str
    purpose: str
    for_whom: str
    reasons: tuple[ReasonOut, ...]


class OffersOut(Out):
    """Best first. At least one group is there whenever one is open to this person.

    `leaning`: whom they asked to see first; `is_resting`: they aren't offered to others just now.
    """

    people: tuple[PersonOut, ...]
    groups: tuple[GroupOut, ...]
    small_line: str
    hint_line: str
    can_refresh: bool
    leaning: Leaning | None
    is_resting: bool
    has_put_aside: bool


class AnswerIn(In):
    """What one says to an offer."""

    answer: Literal["not_now", "show_others"]


async def for_actor(database: Database, actor: Actor, *, now: datetime) -> Offers:
    """Read in a session, rank in a thread: ranking is CPU work."""
    async with database.reading(actor.organisation_id) as session:
        gathered = await offers.gather(session, actor, now=now)
    return await anyio.to_thread.run_sync(offers.answer, gathered)


@router.get("/offers")
async def read(actor: Someone, here: Here, now: Now) -> OffersOut:
    """Return people and groups for oneself."""
    return OffersOut.model_validate(await for_actor(here, actor, now=now))


@router.put("/offers/{candidate_id}/answer", status_code=status.HTTP_204_NO_CONTENT)
async def set_aside(
    candidate_id: UUID, body: AnswerIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Say "not now"; they are not told. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await answers.set_aside(session, actor, candidate_id, answer=Answer(body.answer), now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/offers/answers", status_code=status.HTTP_204_NO_CONTENT)
async def show_again(actor: Someone, here: Here) -> Response:
    """Let everybody one has set aside be offered again. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await answers.take_back(session, actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
