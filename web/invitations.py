"""Tell us about an invitation: whoever was sent one may have no account, and need none for it."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import concerns, urgent_help
from api.dependencies import Address, Here, MaybeSomeone, Now, Place
from core import limits
from core.errors import Problem
from core.sentences import say
from moderation import helping
from web import forms
from web.rendering import page
from web.telling import CHOICES

router = APIRouter(include_in_schema=False)
# What can be said of it; the other reasons are about words.
FITS: Final = ("threat", "stalking", "sexual", "pressing", "selling", "details", "something_else")
_CHOICES: Final = [one for one in CHOICES if one["value"] in FITS]


@router.get("/tell-us/invitation")
@router.get("/o/{organisation}/tell-us/invitation")
async def invitation_page(request: Request, _place: Place, code: str = "") -> Response:
    """Ask what is wrong with an invitation."""
    return await _form(request, code[: limits.NAME_CHARACTERS], values={}, errors={})


async def _form(
    request: Request,
    code: str,
    *,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    line = say("an invitation you were sent")
    return await page(
        request, "pages/tell_us.html", say("Tell us"), status=status, is_done=False, next_line="",
        subject={"kind": "invitation", "id": code, "line": line, "words": ""},
        choices_list=_CHOICES, values=values, errors=errors,
    )  # fmt: skip


@router.post("/tell-us/invitation")
@router.post("/o/{organisation}/tell-us/invitation")
async def invitation(
    request: Request, someone: MaybeSomeone, place: Place, here: Here, origin: Address, now: Now
) -> Response:
    """Take a concern about an invitation; a double click counts once."""
    form = await forms.typed(request)
    told = {"code": form.get("code"), "reason": form.get("what"), "note": form.get("note")}
    try:
        body = forms.read(concerns.InvitationConcernIn, told)
        await concerns.told_of_invitation(
            here, place.id, body, someone=someone, address=origin, now=now
        )
    except Problem as problem:
        errors = forms.errors_of(problem)
        errors = {"what" if name == "reason" else name: said for name, said in errors.items()}
        status = max(422, problem.status)
        return await _form(
            request, form.get("code"), values=form.values, errors=errors, status=status
        )
    return await _thanks(request, here, place, now)


async def _thanks(request: Request, here: Here, place: Place, now: datetime) -> Response:
    shift = await urgent_help.place_now(here, place.id, now=now)
    next_line = helping.asked_a_person(shift, asked_at=now)
    return await page(
        request, "pages/tell_us.html", say("Tell us"), is_done=True, next_line=next_line
    )
