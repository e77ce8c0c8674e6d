"""How talks are for me: words I'd rather not meet, and what others see of me."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import talk_wishes as wishing
from api.dependencies import Here, Someone
from chat import muted_words, wishes
from core.errors import Problem
from core.sentences import say
from web import forms
from web.rendering import page, see

router = APIRouter(include_in_schema=False)


@router.get("/talk-wishes")
async def show(request: Request, actor: Someone, here: Here, saved: str = "") -> Response:
    """Show them, to be changed."""
    async with here.reading(actor.organisation_id) as session:
        mine = await wishes.read(session, actor)
    values = {
        "muted": "\n".join(mine.muted),
        "reading": "yes" if mine.shows_reading else "",
        "typing": "yes" if mine.shows_typing else "",
    }
    notices = [{"words": say("Saved. It counts from now on.")}] if saved else []
    return await _form(request, values, {}, notices=notices)


async def _form(
    request: Request,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    notices: list[dict[str, Any]],
    status: int = 200,
) -> Response:
    return await page(
        request, "pages/talk_wishes.html", say("How talks are for me"), status=status,
        values=values, errors=errors, notices=notices, most=muted_words.MOST,
    )  # fmt: skip


@router.post("/talk-wishes")
async def save(request: Request, actor: Someone, here: Here) -> Response:
    """Keep them."""
    form = await forms.typed(request)
    typed = {
        "muted": list(muted_words.lines(form.get("muted"))),
        "shows_reading": form.has("reading"),
        "shows_typing": form.has("typing"),
    }
    try:
        await wishing.save(here, actor, forms.read(wishing.TalkWishesIn, typed))
    except Problem as problem:
        errors, status = forms.errors_of(problem), problem.status
        return await _form(request, form.values, errors, notices=[], status=status)
    return see("/talk-wishes?saved=1")
