"""The first page of a new installation. It is gone once there is an organisation."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now
from core.errors import Problem
from core.sentences import say
from people import beginnings, credentials
from web import cookies, forms
from web.rendering import page, see

router = APIRouter(include_in_schema=False)


async def _begun(here: Here) -> bool:
    async with here.reading(all_organisations=True) as session:
        return await beginnings.has_begun(session)


@router.get("/first-run")
async def first_run_page(request: Request, here: Here) -> Response:
    """The first page of a new installation; it is gone once there is an organisation."""
    if await _begun(here):
        return see("/")
    return await _first_run_form(request, values={}, errors={})


async def _first_run_form(
    request: Request, *, values: Any, errors: Any, status: int = 200
) -> Response:
    return await page(
        request,
        "staff/first_run.html",
        say("The first day"),
        status=status,
        values=values,
        errors=errors,
        needs_code=True,
        timezones=[],
    )


@router.post("/first-run")
async def first_run(request: Request, here: Here, now: Now) -> Response:
    """Make the organisation and its first administrator."""
    form = await forms.typed(request)
    try:
        request.app.state.first_run_tries.take(now=now)
        beginnings.check_first_run_code(form.get("code"))
        await credentials.check_strength(form.get("password"), about=(form.get("name"),))
        password_hash = await credentials.hash_password(form.get("password"))
        async with here.unit_of_work(all_organisations=True) as session:
            beginning = await beginnings.begin(
                session,
                organisation_name=form.get("organisation"),
                name=form.get("name"),
                password_hash=password_hash,
                now=now,
            )
    except Problem as problem:
        errors, status = forms.errors_of(problem), max(422, problem.status)
        return await _first_run_form(request, values=form.values, errors=errors, status=status)
    response = await page(
        request,
        "pages/recovery_words.html",
        say("Your way back in"),
        words=beginning.recovery_codes,
        next_href="/home",
    )
    cookies.keep(response, beginning.begun.token)
    return response
