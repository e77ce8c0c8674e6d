"""For anyone: what this is, joining, signing in, getting back in, and the first day."""

import re
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import entry
from api import helped as helping_notes
from api.dependencies import (
    IS_THERE,
    Address,
    Config,
    Guard,
    Here,
    MaybeSomeone,
    Now,
    Place,
    organisation,
)
from core import limits
from core.errors import Problem
from core.sentences import say, together
from groups import cards
from people import beginnings, consents, documents, sign_ins
from people.consents import Agreements, Purpose
from people.joining import Joining
from people.organisations import Organisation
from people.permissions import Actor
from people.sign_ins import Way
from web import cookies, forms, views
from web.rendering import page, see

router = APIRouter(include_in_schema=False)
NOTES_ON_START: Final = 3

_AUDIENCES = {
    "member": say("looking for somebody who has been there"),
    "facilitator": say("who looks after a group"),
    "moderator": say("on shift"),
    "administrator": say("who set this up"),
}


def own_path(path: str) -> str:
    """Return where to go next: a path of ours, or Home. Never another site."""
    # Browsers take tabs and newlines out of an address, and read a backslash as a slash.
    is_ours = re.fullmatch(r"/(?!/)[^\\\x00-\x20]*", path) is not None
    return path if is_ours and len(path) <= limits.FIELD_CHARACTERS else "/home"


@router.get("/")
@router.get("/o/{organisation}", dependencies=IS_THERE)
async def start(request: Request, someone: MaybeSomeone, here: Here, guard: Guard) -> Response:
    """What this is, and who runs it."""
    if someone is not None:
        return see("/home")
    async with here.reading(all_organisations=True) as session:
        if not await beginnings.has_begun(session):
            return see("/first-run")
    place = await organisation(request)
    async with here.reading(place.id) as session:
        is_open = (await documents.current(session, Joining)).is_open
        open_groups = await cards.open_to_anyone(session)
    return await page(
        request,
        "pages/start.html",
        say("Welcome"),
        organisation={"name": place.name, "about": "", "contact_line": ""},
        join_href=_beside(request, "join"),
        sign_in_href=_beside(request, "sign-in"),
        is_open=is_open,
        groups=[views.group_card(group) for group in open_groups],
        helped=(await helping_notes.notes(here, guard, place.id))[:NOTES_ON_START],
        helped_href=_beside(request, "what-helped"),
        demo_doors=_doors(request),
    )


def _doors(request: Request) -> list[dict[str, str]]:
    """Return the demo's one-click doors; nothing else ever has any."""
    audiences = getattr(request.app.state, "demo_doors", {})
    return [
        {
            "action": f"/demo/sign-in/{audience}",
            "label": together(name, _AUDIENCES[audience], by=", "),
        }
        for audience, name in audiences.items()
    ]


def _beside(request: Request, name: str) -> str:
    slug = request.path_params.get("organisation")
    return f"/o/{slug}/{name}" if slug else f"/{name}"


@router.get("/join")
@router.get("/o/{organisation}/join")
async def join_page(request: Request, place: Place, here: Here, invitation: str = "") -> Response:
    """The form to join with."""
    values = {"invitation": invitation[: limits.NAME_CHARACTERS]}
    return await _join_form(request, place, here, values=values, errors={})


async def _join_form(
    request: Request,
    place: Organisation,
    here: Here,
    *,
    values: Any,
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    async with here.reading(place.id) as session:
        is_open = (await documents.current(session, Joining)).is_open
        agreements = await documents.current(session, Agreements)
    name = place.name
    points = [
        {
            "name": f"consent.{point.purpose}",
            "label": point.title,
            "why": point.words.replace("{organisation}", name),
            "is_condition": point.purpose in consents.NEEDED,
        }
        for point in agreements.consents
    ]
    return await page(
        request,
        "pages/join.html",
        say("Join"),
        status=status,
        values=values,
        errors=errors,
        consents=points,
        needs_invitation=not is_open,
        asks_email=True,
    )


@router.post("/join")
@router.post("/o/{organisation}/join")
async def join(
    request: Request,
    someone: MaybeSomeone,
    place: Place,
    here: Here,
    origin: Address,
    config: Config,
    now: Now,
) -> Response:
    """Let somebody in, and show the way back in once."""
    form = await forms.typed(request)
    try:
        who = forms.read(entry.Newcomer, _newcomer(form))
        joined = await entry.join(
            here, place.id, who, way=Way.COOKIE, address=origin, site_name=config.site_name, now=now
        )
    except Problem as problem:
        errors = forms.errors_of(problem)
        return await _join_form(
            request, place, here, values=form.values, errors=errors, status=_status(problem)
        )
    await _leave(someone, here, now=now)
    response = await page(
        request,
        "pages/recovery_words.html",
        say("Your way back in"),
        words=joined.recovery_codes,
        next_href="/first-words",
    )
    cookies.keep(response, joined.begun.token)
    return response


def _status(problem: Problem) -> int:
    """Return 422 for a form that comes back to be changed; 429 or 503 for one to try later."""
    return max(422, problem.status)


def _newcomer(form: forms.Form) -> dict[str, Any]:
    return {
        "name": form.get("name"),
        "password": form.get("password"),
        "is_adult": form.has("is_adult"),
        "consents": [purpose for purpose in Purpose if form.has(f"consent.{purpose}")],
        "email": form.get("email") or None,
        "invitation": form.get("invitation") or None,
    }


@router.get("/sign-in")
@router.get("/o/{organisation}/sign-in", dependencies=IS_THERE)
async def sign_in_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the field's name
    """The form to sign in with."""
    return await page(
        request, "pages/sign_in.html", say("Sign in"), values={}, errors={}, next_href=next
    )


@router.post("/sign-in")
@router.post("/o/{organisation}/sign-in")
async def sign_in(
    request: Request, someone: MaybeSomeone, place: Place, here: Here, origin: Address, now: Now
) -> Response:
    """Sign somebody in and go where they were going; who was signed in here before is not now."""
    form = await forms.typed(request)
    who = entry.Credentials(name=form.get("name")[:200], password=form.get("password")[:200])
    try:
        begun = await entry.sign_in(here, place.id, who, way=Way.COOKIE, address=origin, now=now)
    except Problem as problem:
        return await page(
            request,
            "pages/sign_in.html",
            say("Sign in"),
            status=problem.status,
            values=form.values,
            errors=forms.errors_of(problem),
            next_href=form.get("next"),
        )
    await _leave(someone, here, now=now)
    response = see(own_path(form.get("next") or "/home"))
    cookies.keep(response, begun.token)
    return response


@router.post("/sign-out")
async def sign_out(someone: MaybeSomeone, here: Here, now: Now) -> Response:
    """End this sign-in."""
    await _leave(someone, here, now=now)
    response = see("/")
    cookies.forget(response)
    return response


async def _leave(someone: Actor | None, here: Here, *, now: datetime) -> None:
    if someone is not None and someone.sign_in_id is not None:
        async with here.unit_of_work(someone.organisation_id) as session:
            await sign_ins.end(session, someone, someone.sign_in_id, now=now)


@router.get("/recover")
@router.get("/o/{organisation}/recover", dependencies=IS_THERE)
async def recover_page(request: Request) -> Response:
    """The form to get back in with."""
    return await _recover_form(request, values={}, errors={})


async def _recover_form(
    request: Request, *, values: Any, errors: Any, status: int = 200
) -> Response:
    return await page(
        request,
        "pages/recover.html",
        say("Back in"),
        status=status,
        values=values,
        errors=errors,
        contact_line=say(
            "Ask the people who run this place, the way you heard of it. They can give you a code "
            "that works for a day. Type it above, in place of a recovery word."
        ),
    )


@router.post("/recover")
@router.post("/o/{organisation}/recover")
async def recover(
    request: Request, place: Place, here: Here, origin: Address, now: Now
) -> Response:
    """Let somebody back in with a recovery code and a new password."""
    form = await forms.typed(request)
    try:
        who = forms.read(
            entry.Recovery,
            {name: form.get(field) for name, field in _RECOVERY.items()},
        )
        begun = await entry.recover(here, place.id, who, way=Way.COOKIE, address=origin, now=now)
    except Problem as problem:
        errors, status = forms.errors_of(problem), _status(problem)
        return await _recover_form(request, values=form.values, errors=errors, status=status)
    response = see("/home")
    cookies.keep(response, begun.token)
    return response


_RECOVERY = {"name": "name", "code": "recovery", "password": "password"}
