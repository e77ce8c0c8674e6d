"""A copy of one talk: asking for others' words, answering who asks, and a page to read or print."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import talk_copies as copying
from api.dependencies import Address, Here, Now, Someone
from api.ways_in import Proof
from chat import talk_copies
from core.errors import NotFound, Problem
from core.sentences import say
from people.permissions import Actor
from web import forms, talk_pages
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/talks/{room_id}/copy")
async def show(request: Request, room_id: UUID, actor: Someone, here: Here) -> Response:
    """Show whose words would be in one's copy, and who would like one's own."""
    return await _form(request, room_id, actor, here, errors={})


async def _form(
    request: Request,
    room_id: UUID,
    actor: Actor,
    here: Here,
    *,
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        room = await talk_pages.mine(session, actor, room_id)
        names = await talk_pages.group_names(session, [room])
        context: dict[str, Any] = {
            "others": await talk_copies.others(session, actor, room_id),
            "wished": await talk_copies.wished(session, actor, room_id),
        }
    return await page(
        request, "pages/copy_talk.html", say("A copy of this talk"), status=status,
        room_id=room_id, name=talk_pages.name_of(room, names), errors=errors, **context,
    )  # fmt: skip


@router.post("/talks/{room_id}/copy")
async def make(
    request: Request, room_id: UUID, actor: Someone, here: Here, origin: Address, now: Now
) -> Response:
    """Make the copy, once the password was typed: to read and print, or a file for programs."""
    form = await forms.typed(request)
    try:
        wish = forms.read(Proof, {"current_password": form.get("current_password")})
        found = await copying.lines(here, actor, room_id, wish, address=origin, now=now)
    except NotFound:
        raise
    except Problem as problem:
        errors, status = forms.errors_of(problem), max(422, problem.status)
        return await _form(request, room_id, actor, here, errors=errors, status=status)
    if form.get("do") == "file":
        return copying.file(found, now=now)
    answer = await page(
        request, "pages/talk_to_keep.html", say("A copy of this talk"), room_id=room_id,
        made=moment(now), lines=[{"at": moment(one.at), "line": one} for one in found],
    )  # fmt: skip
    answer.headers["cache-control"] = "no-store"
    return answer


@router.post("/talks/{room_id}/copy/ask")
async def ask(room_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Ask everybody else in the talk for their words, each once."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await talk_copies.ask(session, actor, room_id, now=now)
    return see(f"/talks/{room_id}/copy#others")


@router.post("/talks/{room_id}/copy/{account_id}")
async def answer(
    request: Request, room_id: UUID, account_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Say yes or no to whoever would like one's words."""
    is_yes = (await forms.typed(request)).get("answer") == "yes"
    async with here.unit_of_work(actor.organisation_id) as session:
        await talk_copies.answer(session, actor, room_id, account_id, is_yes=is_yes, now=now)
    return see(f"/talks/{room_id}/copy")
