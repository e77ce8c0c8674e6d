"""Writing to the team, and a decision about me by its code: open whatever else is shut."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import copies, urgent_help
from api import letters as by_program
from api.dependencies import Address, Guard, Here, Now, Place, Someone
from api.ways_in import Proof
from core.errors import Problem
from core.sentences import say
from moderation import codes, helping, letters, telling
from people.permissions import Actor, Standing
from web import forms
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/team")
async def team_page(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show my talk with the team."""
    return await _team(request, actor, here, now=now)


async def _team(
    request: Request, actor: Actor, here: Here, *, now: datetime, fault: Problem | None = None
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        found = await letters.mine(session, actor)
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    return await page(
        request,
        "pages/team.html",
        say("Write to the team"),
        status=max(422, fault.status) if fault else 200,
        letters=[_letter(one) for one in found],
        when_line=helping.asked_a_person(place, asked_at=now),
        values=(await forms.typed(request)).values if fault else {},
        errors={"words": fault.detail} if fault else {},
    )


def _letter(one: letters.Said) -> dict[str, Any]:
    return {"by": one.by or "", "words": one.words, "at": moment(one.at)}


@router.post("/team")
async def write(request: Request, actor: Someone, here: Here, guard: Guard, now: Now) -> Response:
    """Write to the team; what was typed stays where it couldn't be sent."""
    form = await forms.typed(request)
    try:
        await by_program.write(here, guard, actor, form.get("words"), now=now)
    except Problem as fault:
        return await _team(request, actor, here, now=now, fault=fault)
    return see("/team#letters")


@router.get("/decisions/{case_id}")
async def decision_page(request: Request, case_id: UUID, _actor: Someone) -> Response:
    """Ask why a decision about oneself is wrong."""
    return await page(request, "pages/look_again.html", say("Look again"), case_id=case_id, said="")


@router.post("/decisions/{case_id}")
async def look_again(
    request: Request, case_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Ask for somebody else to look at a decision about oneself."""
    form = await forms.typed(request)
    async with here.unit_of_work(actor.organisation_id) as session:
        said = await telling.look_again(session, actor, case_id, words=form.get("words"), now=now)
    return await page(
        request, "pages/look_again.html", say("Look again"), case_id=case_id, said=said
    )


@router.get("/decision")
@router.get("/o/{organisation}/decision")
async def code_page(request: Request, _place: Place) -> Response:
    """Ask for the code that stands in the note."""
    return await _decision(request, None, code="", errors={})


async def _decision(
    request: Request,
    found: codes.Read | None,
    *,
    code: str,
    errors: dict[str, str],
    done: str = "",
    status: int = 200,
) -> Response:
    return await page(
        request,
        "pages/decision.html",
        say("A decision about me"),
        status=status,
        code=code,
        found=_found(found) if found else None,
        done=done,
        errors=errors,
    )


def _found(found: codes.Read) -> dict[str, Any]:
    return {
        "at": moment(found.at),
        "lines": found.lines,
        "is_asked_again": found.is_asked_again,
        "is_here": found.standing is not Standing.ERASED,
    }


@router.post("/decision")
@router.post("/o/{organisation}/decision")
async def decision(
    request: Request, place: Place, here: Here, guard: Guard, origin: Address, now: Now
) -> Response:
    """Show a decision to whoever has its code, and do what they ask: look again, write, a copy."""
    form = await forms.typed(request)
    code, found = form.get("code")[:200], None
    try:
        found = await by_program.by_code(here, place.id, code, address=origin, now=now)
        if form.get("do") == "copy":
            return await _copy(here, place.id, found, form.get("password"), origin, now=now)
        done = await _do(here, guard, place.id, found, form, now=now)
        if done:
            found = await by_program.by_code(here, place.id, code, address=origin, now=now)
    except Problem as fault:
        errors, status = forms.errors_of(fault), max(422, fault.status)
        return await _decision(request, found, code=code, errors=errors, status=status)
    return await _decision(request, found, code=code, errors={}, done=done)


async def _do(
    here: Here, guard: Guard, organisation_id: UUID, found: codes.Read, form: forms.Form, *,
    now: datetime,
) -> str:  # fmt: skip
    """Do what was pressed; return what to say about it, "" when it was only read."""
    if form.get("do") == "again":
        words, code = form.get("words"), form.get("code")
        async with here.unit_of_work(organisation_id) as session:
            return await telling.look_again_by_code(session, code, words=words, now=now)
    if form.get("do") == "write":
        async with here.reading(organisation_id) as session:
            actor = await codes.actor_of(session, found)
        await by_program.write(here, guard, actor, form.get("letter"), now=now)
        return say(
            "We have your letter. When you sign in, the answer is under “Write to the team”."
        )
    return ""


async def _copy(
    here: Here, organisation_id: UUID, found: codes.Read, password: str, origin: str, *,
    now: datetime,
) -> Response:  # fmt: skip
    async with here.reading(organisation_id) as session:
        actor = await codes.actor_of(session, found)
    return await copies.copy(
        here, actor, Proof(current_password=password[:200]), address=origin, now=now
    )
