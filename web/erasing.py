"""My data: asking to be erased, talk by talk, and staying after all."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import erasures as asking
from api.dependencies import Address, Here, Now, Someone
from chat import own_talks
from core.errors import Problem
from core.sentences import say
from people import erasures
from people.permissions import Actor
from web import forms, talk_pages
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/my-data/erase")
async def show(request: Request, actor: Someone, here: Here) -> Response:
    """What will go, what will stay, and how to change one's mind."""
    return await _form(request, actor, here, kept=None, errors={})


async def _form(
    request: Request,
    actor: Actor,
    here: Here,
    *,
    kept: list[str] | None,
    errors: Any,
    status: int = 200,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        wish = await erasures.of(session, actor)
        talks = await own_talks.read(session, actor)
        groups = await talk_pages.group_names(session, talks)
    if kept is None:
        kept = wish.keeps if wish else []
    return await page(
        request,
        "pages/erase.html",
        say("Erase my account"),
        status=status,
        due=moment(wish.due_at) if wish else None,
        talks=[
            {"value": str(talk.room_id), "label": talk_pages.name_of(talk, groups)}
            for talk in talks
        ],
        kept=kept,
        errors=errors,
    )


@router.post("/my-data/erase")
async def ask(request: Request, actor: Someone, here: Here, origin: Address, now: Now) -> Response:
    """Ask for it, once the password was typed."""
    form = await forms.typed(request)
    kept = form.all("keeps")
    typed = {"current_password": form.get("current_password"), "keeps": kept}
    try:
        wish = forms.read(asking.Wish, typed)
        await asking.ask(here, actor, wish, address=origin, now=now)
    except Problem as problem:
        errors, status = forms.errors_of(problem), max(422, problem.status)
        return await _form(request, actor, here, kept=kept, errors=errors, status=status)
    return see("/my-data/erase")


@router.post("/my-data/erase/undo")
async def stay(actor: Someone, here: Here, now: Now) -> Response:
    """Stay after all."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await erasures.call_off(session, actor, now=now)
    return see("/my-data")
