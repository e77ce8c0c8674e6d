"""Hellos: those that came, those one sent, and saying one to somebody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import hellos as asking
from api.dependencies import Guard, Here, Now, Someone
from core.errors import NotFound, Problem
from core.sentences import say, say_many, together
from matching import asks, connections, hellos, introductions, requests
from matching.introductions import Introduction
from matching.requests import Outcome, Received, Sent
from people.permissions import Actor
from web import forms, unsent, views
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/hellos")
async def hellos_page(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show hellos that came, and hellos one sent."""
    async with here.reading(actor.organisation_id) as session:
        came = await requests.received(session, actor, now=now)
        went = await requests.sent(session, actor, now=now)
        left = await asks.left(session, actor, now=now)
    return await page(
        request,
        "pages/hellos.html",
        say("Hellos"),
        received=[_received(hello) for hello in came],
        sent=[_sent(hello) for hello in went],
        left_line=left_line(left),
    )


def left_line(left: asks.Left) -> str:
    """Say how many more hellos one can send (promise 12)."""
    most = left.now if left.this_week is None else min(left.now, left.this_week)
    if most == 0:
        return say("You can say hello to somebody else once one of yours is answered or has ended.")
    return say_many(
        "You can say hello to %(count)s more person just now.",
        "You can say hello to %(count)s more people just now.",
        count=most,
    )


def _received(hello: Received) -> dict[str, Any]:
    return {
        "id": hello.id,
        "name": hello.name,
        "words": views.folded_text(hello.words, hello.folded),
        "why": together(*hello.because),
        "about": hello.about or hello.words_for_self,
        "at": moment(hello.asked_at),
    }


_STATE = {
    Outcome.WAITING: say("Waiting for an answer"),
    Outcome.TALKING: say("You're talking"),
    Outcome.NOT_FREE: say("They're not free to talk just now"),
}


def _sent(hello: Sent) -> dict[str, Any]:
    return {
        "id": hello.id,
        "name": hello.name,
        "words": hello.words,
        "state_line": _STATE[hello.outcome],
        "can_take_back": hello.outcome is Outcome.WAITING,
    }


@router.get("/hellos/new")
async def say_hello_page(
    request: Request, actor: Someone, here: Here, now: Now, to: UUID, starter: int = 0
) -> Response:
    """Show three ways to begin, made of what both have said."""
    person = await _greeted(here, actor, to, now=now)
    if person is None:
        if await _has_asked(here, actor, to, now=now):
            # Back after posting: they are waiting for an answer, or talking.
            return see("/hellos")
        raise introductions.not_free()
    chosen = min(max(starter, 0), len(person.starters) - 1)
    values = {"words": person.starters[chosen]}
    return await _form(request, actor, here, person, chosen, values, {}, now=now)


async def _greeted(here: Here, actor: Actor, to: UUID, *, now: datetime) -> Introduction | None:
    async with here.reading(actor.organisation_id) as session:
        try:
            return await introductions.read(session, actor, to, now=now)
        except NotFound:
            return None


async def _has_asked(here: Here, actor: Actor, to: UUID, *, now: datetime) -> bool:
    async with here.reading(actor.organisation_id) as session:
        went = await requests.sent(session, actor, now=now)
    return any(one.asked_id == to and one.outcome is not Outcome.NOT_FREE for one in went)


def _greeting(person: Introduction) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "words": person.about or person.words_for_self,
        "why": together(*person.because),
    }


async def _form(
    request: Request,
    actor: Actor,
    here: Here,
    person: Introduction,
    chosen: int,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    now: datetime,
    status: int = 200,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        left = await asks.left(session, actor, now=now)
    return await page(
        request,
        "pages/say_hello.html",
        say("Say hello"),
        status=status,
        person=_greeting(person),
        starters=person.starters,
        chosen=chosen,
        values=values,
        errors=errors,
        left_line=left_line(left),
        closed="" if left.now else left_line(left),
    )


@router.post("/hellos/new")
async def say_hello(
    request: Request, actor: Someone, here: Here, guard: Guard, now: Now, to: UUID
) -> Response:
    """Send a hello. What was written is kept when something needs another look."""
    form = await forms.typed(request)
    words = hellos.ONE_TAP if form.get("do") == "one-tap" else form.get("words")
    try:
        await asking.say(here, guard, actor, to, words, now=now)
    except Problem as problem:
        person = await _greeted(here, actor, to, now=now) or introductions.nameless(to)
        errors = {"words": unsent.said(problem)}
        values = {"words": words}
        status = NotFound.status if isinstance(problem, NotFound) else 422
        return await _form(request, actor, here, person, 0, values, errors, now=now, status=status)
    return see("/hellos")


@router.post("/hellos/{hello_id}/yes")
async def yes(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Say yes, and go to the talk."""
    async with here.unit_of_work(actor.organisation_id) as session:
        talk = await connections.accept(session, actor, hello_id, now=now)
    return see(f"/talks/{talk.room_id}")


@router.post("/hellos/{hello_id}/not-now")
async def not_free(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Say "I'm not free to talk just now"."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await connections.answer_not_free(session, actor, hello_id, now=now)
    return see("/hellos")


@router.post("/hellos/{hello_id}/take-back")
async def take_back(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take one's own hello back."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await connections.withdraw(session, actor, hello_id, now=now)
    return see("/hellos")
