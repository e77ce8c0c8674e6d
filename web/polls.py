"""Deciding together, on a page of its own: what the group is asked, and asking it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import polls as asking
from api.dependencies import Guard, Here, Now, Someone
from api.polls import PollIn
from core.errors import Invalid, Problem
from core.sentences import Sentence, say, say_many
from groups import cards, polls
from groups.polls import Question
from matching.hellos import HelloHeld
from people.permissions import Actor
from web import forms, unsent
from web.forms import Form
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/groups/{group_id}/polls")
async def listed(
    request: Request, group_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Show what the group is asked."""
    return await _show(request, group_id, actor, here, now=now)


async def _show(
    request: Request,
    group_id: UUID,
    actor: Actor,
    here: Here,
    *,
    now: datetime,
    typed: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        group = await cards.by_id(session, group_id)
        found = await polls.listed(session, actor, group_id, now=now)
    return await page(
        request,
        "pages/polls.html",
        say("Deciding together"),
        status=422 if errors else 200,
        group={"id": group.id, "name": group.name},
        polls=[_poll(one) for one in found],
        values={"client_id": str(uuid4()), "days": "3"} | (typed.values if typed else {}),
        errors=errors or {},
    )


def _poll(one: Question) -> dict[str, Any]:
    return {
        "id": one.id,
        "asker": one.asker,
        "question": one.question,
        "options": [
            {"value": str(number), "label": label, "hint": _count(one, number)}
            for number, label in enumerate(one.options)
        ],
        "mine": "" if one.mine is None else str(one.mine),
        "is_open": one.is_open,
        "is_folded": one.is_folded,
        "closes": moment(one.closes_at),
    }


def _count(one: Question, number: int) -> Sentence | str:
    if one.counts is None:
        return ""
    return say_many(
        "%(count)s person chose this.", "%(count)s people chose this.", count=one.counts[number]
    )


@router.post("/groups/{group_id}/polls")
async def ask(
    request: Request, group_id: UUID, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Ask the group something; what was typed stays where it needs another look."""
    form = await forms.typed(request)
    told = {
        "client_id": form.get("client_id"),
        "words": form.get("words"),
        "options": form.get("options").splitlines(),
        "days": form.number("days"),
    }
    try:
        await asking.ask(here, guard, actor, group_id, forms.read(PollIn, told), now=now)
    except HelloHeld as held:
        errors = {"words": unsent.said(held)}
    except Invalid as problem:
        errors = forms.errors_of(problem)
    else:
        return see(f"/groups/{group_id}/polls")
    return await _show(request, group_id, actor, here, now=now, typed=form, errors=errors)


@router.post("/groups/{group_id}/polls/{poll_id}")
async def choose(
    request: Request, group_id: UUID, poll_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Say what one thinks."""
    form = await forms.typed(request)
    choice = form.number("choice") if form.has("choice") else -1
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            await polls.choose(session, actor, group_id, poll_id, choice=choice, now=now)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        errors = {"": problem.detail}
        return await _show(request, group_id, actor, here, now=now, errors=errors)
    return see(f"/groups/{group_id}/polls")
