"""My ways in, and a copy of my data. Each asks for the password, so that it is me."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import copies, ways_in
from api.dependencies import Address, Here, Now, Someone
from core.errors import Problem
from core.sentences import Sentence, say
from people import ways_in as own
from people.permissions import Actor
from web import forms
from web.forms import Form
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

What = Literal["password", "email", "codes", "copy"]
TITLES: Final[dict[What, Sentence]] = {
    "password": say("A new password"),
    "email": say("Where we write to you"),
    "codes": say("Your way back in"),
    "copy": say("A copy for you"),
}


@router.get("/my-data/{what}")
async def show(request: Request, what: What, actor: Someone, here: Here) -> Response:
    """The form to change one of them with."""
    async with here.reading(actor.organisation_id) as session:
        email = await own.own_email(session, actor) or ""
    return await _form(request, what, values={"email": email}, errors={})


async def _form(
    request: Request, what: What, *, values: Any, errors: Any, status: int = 200
) -> Response:
    return await page(
        request,
        "pages/way_in.html",
        TITLES[what],
        status=status,
        what=what,
        title=TITLES[what],
        values=values,
        errors=errors,
    )


@router.post("/my-data/{what}")
async def change(
    request: Request, what: What, actor: Someone, here: Here, origin: Address, now: Now
) -> Response:
    """Change it, once the password of now was typed."""
    form = await forms.typed(request)
    try:
        if what == "codes":
            return await _codes(request, form, actor, here, address=origin, now=now)
        if what == "copy":
            return await copies.copy(here, actor, _proof(form), address=origin, now=now)
        await _CHANGES[what](form, actor, here, address=origin, now=now)
    except Problem as problem:
        errors, status = forms.errors_of(problem), max(422, problem.status)
        return await _form(request, what, values=form.values, errors=errors, status=status)
    return see("/my-data")


async def _password(form: Form, actor: Actor, here: Here, *, address: str, now: datetime) -> None:
    typed = {name: form.get(name) for name in ("current_password", "new_password")}
    wish = forms.read(ways_in.NewPassword, typed)
    await ways_in.set_password(here, actor, wish, address=address, now=now)


async def _email(form: Form, actor: Actor, here: Here, *, address: str, now: datetime) -> None:
    typed = {
        "current_password": form.get("current_password"),
        "email": form.get("email") or None,
    }
    wish = forms.read(ways_in.NewEmail, typed)
    await ways_in.set_email(here, actor, wish, address=address, now=now)


async def _codes(
    request: Request, form: Form, actor: Actor, here: Here, *, address: str, now: Now
) -> Response:
    codes = await ways_in.new_codes(here, actor, _proof(form), address=address, now=now)
    return await page(
        request,
        "pages/recovery_words.html",
        TITLES["codes"],
        words=codes,
        next_href="/my-data",
    )


def _proof(form: Form) -> ways_in.Proof:
    return forms.read(ways_in.Proof, {"current_password": form.get("current_password")})


_CHANGES: Final[dict[str, Callable[..., Awaitable[None]]]] = {
    "password": _password,
    "email": _email,
}
