"""What screening learns here: how its guesses do, and each step of learning, in a person's hands.

Numbers and ways of speaking alone; no member's words (promise 27).
"""

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Guard, Here, Now, Someone
from core.database import Database
from core.errors import Conflict
from core.safety import Safety
from core.sentences import say
from moderation import learning, retraining, standings
from moderation.desk import Desk
from moderation.heads import Heads
from people.permissions import Act, Actor, require
from web import forms, learning_views
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/administration/learning"
RULES_ALONE: Final = say("Rules decide alone here: there is no model that could learn.")
# Learning takes seconds of a processor: one at a time leaves the others to people who talk.
_ONE_AT_A_TIME: Final = asyncio.Semaphore(1)


@router.get(ADDRESS)
async def show(request: Request, actor: Someone, here: Here, guard: Guard, now: Now) -> Response:
    """How guesses do here, and what could be learned."""
    return await _page(request, actor, here, guard, now=now)


@router.post(ADDRESS)
async def change(request: Request, actor: Someone, here: Here, guard: Guard, now: Now) -> Response:
    """Take one step of learning, or say why not."""
    require(actor, Act.CHANGE_DOCUMENT)
    heads, form = _heads(guard), await forms.typed(request)
    if heads is None:
        return await _page(request, actor, here, guard, now=now, error=RULES_ALONE)
    try:
        if form.get("do") == "learn":
            await _learn(actor, here, heads, after=_after(form), now=now)
        else:
            await _step(actor, here, heads, form, now=now)
    except Conflict as fault:
        return await _page(request, actor, here, guard, now=now, error=fault.detail)
    return see(ADDRESS)


def _after(form: forms.Form) -> UUID | None:
    try:
        return UUID(form.get("after"))
    except ValueError:
        return None


async def _learn(
    actor: Actor, here: Database, heads: Heads, *, after: UUID | None, now: datetime
) -> None:
    async with _ONE_AT_A_TIME:
        async with here.reading(actor.organisation_id) as session:
            document, material = await learning.material(session, actor, now=now)
        above = learning.shares(heads, document)
        found = await asyncio.to_thread(retraining.learn, heads, material, above)
        async with here.unit_of_work(actor.organisation_id) as session:
            await learning.propose(session, actor, found, base=heads.digest, after=after, now=now)


async def _step(
    actor: Actor, here: Database, heads: Heads, form: forms.Form, *, now: datetime
) -> None:
    over = form.number("version")
    async with here.unit_of_work(actor.organisation_id) as session:
        match form.get("do"):
            case "beside":
                await learning.put_beside(session, actor, heads, over_version=over, now=now)
            case "use":
                await learning.use(session, actor, heads, over_version=over, now=now)
            case "back":
                await learning.step_back(session, actor, over_version=over, now=now)
            case _:
                raise Conflict(say("That can't be done here."))


def _heads(safety: Safety) -> Heads | None:
    return safety.screening.guessing.heads if isinstance(safety, Desk) else None


async def _page(
    request: Request,
    actor: Actor,
    here: Database,
    safety: Safety,
    *,
    now: datetime,
    error: str = "",
) -> Response:
    require(actor, Act.CHANGE_DOCUMENT)
    heads = _heads(safety)
    if heads is None:
        told: dict[str, Any] = {"heads": [], "alone": RULES_ALONE}
    else:
        async with here.reading(actor.organisation_id) as session:
            told = learning_views.told(await standings.read(session, actor, heads, now=now), heads)
    status = 409 if error else 200
    title = say("What the guesses learn here")
    return await page(
        request, "staff/learning.html", title, status=status, title=title, error=error, **told
    )
