"""Deciding together: questions to a group, and one's own voice."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api.dependencies import Guard, Here, Now, Someone
from api.hellos import raising_held
from api.profiles import screened
from api.shapes import In, Out, Page
from core.database import Database
from core.safety import Safety
from core.words import Line, Name
from groups import polls
from people.permissions import Actor

router = APIRouter(tags=["groups"])


class PollIn(In):
    """A question, what one can choose, and for how many days. `client_id` makes it idempotent."""

    client_id: Annotated[Name, Field(min_length=1)]
    words: Line
    options: Annotated[list[Line], Field(max_length=50)]
    days: Annotated[int, Field(ge=1, le=polls.LONGEST_DAYS)] = 3


class ChoiceIn(In):
    """The number of what one chooses, from 0."""

    choice: Annotated[int, Field(ge=0, le=polls.MOST_OPTIONS)]


class PollOut(Out):
    """A question. `counts` is null until one has chosen or the time is over."""

    id: UUID
    asker: str
    question: str
    options: list[str]
    closes_at: datetime
    is_open: bool
    is_folded: bool
    mine: int | None
    counts: list[int] | None


async def ask(
    database: Database, safety: Safety, actor: Actor, group_id: UUID, wish: PollIn, *, now: datetime
) -> None:
    """Screen a question, then ask it."""
    options = [line for one in wish.options if (line := " ".join(one.split()))]
    question = wish.words.strip()
    said = polls.own_words(question, options)
    verdict = await screened(database, safety, actor, said)
    async with (
        raising_held(database, safety, actor, said, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        await polls.ask(
            session,
            actor,
            group_id,
            question,
            options,
            days=wish.days,
            client_id=wish.client_id,
            verdict=verdict,
            safety=safety,
            now=now,
        )


@router.get("/groups/{group_id}/polls")
async def list_polls(group_id: UUID, actor: Someone, here: Here, now: Now) -> Page[PollOut]:
    """Return what the group was asked, newest first; for the people in it."""
    async with here.reading(actor.organisation_id) as session:
        found = await polls.listed(session, actor, group_id, now=now)
    return Page(items=[PollOut.model_validate(one) for one in found])


@router.post("/groups/{group_id}/polls", status_code=202, response_class=Response)
async def post_poll(
    group_id: UUID, body: PollIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Ask the group something. Idempotent by `client_id`."""
    await ask(here, guard, actor, group_id, body, now=now)
    return Response(status_code=202)


@router.put("/groups/{group_id}/polls/{poll_id}/choice", status_code=204)
async def put_choice(
    group_id: UUID, poll_id: UUID, body: ChoiceIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Say what one thinks; 409 when the time is over. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await polls.choose(session, actor, group_id, poll_id, choice=body.choice, now=now)
    return Response(status_code=204)
