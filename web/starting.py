"""Starting a group that is just us: a name, a purpose and a time, and nothing else (promise 39)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import group_openings as opening
from api.dependencies import Guard, Here, Now, Someone
from core.errors import Problem
from core.sentences import say
from groups import keepers
from matching.hellos import HelloHeld
from web import forms, unsent
from web.rendering import page, see

router = APIRouter(include_in_schema=False)


@router.get("/groups/new")
async def show(request: Request, actor: Someone) -> Response:  # noqa: ARG001 - for members only
    """Ask for the three things."""
    return await _form(request, {}, {})


async def _form(
    request: Request, values: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    return await page(
        request, "pages/start_group.html", say("Start a group"), status=status, values=values,
        errors=errors, just_us=keepers.JUST_US,
    )  # fmt: skip


@router.post("/groups/new")
async def start(request: Request, actor: Someone, here: Here, guard: Guard, now: Now) -> Response:
    """Start it, and be the first in it."""
    form = await forms.typed(request)
    told = {name: form.get(name) for name in ("name", "purpose", "meets")}
    try:
        group = await opening.start_with(here, guard, actor, told, now=now)
    except HelloHeld as held:
        errors, status = {"": unsent.said(held)}, held.status
    except Problem as problem:
        errors, status = forms.errors_of(problem), problem.status
    else:
        return see(f"/groups/{group.id}")
    return await _form(request, form.values, errors, status=status)
