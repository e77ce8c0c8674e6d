"""Leaving a talk of two: with a last word or none, and with what one said or without it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Someone, Talk
from chat import frames, messages
from chat.drafts import Kept
from chat.engine import Engine
from chat.own_talks import Talk as Room
from core.errors import Problem
from core.sentences import say
from matching import connections, requests, tidings
from people.organisations import Organisation
from people.permissions import Actor
from web import forms, talk_pages
from web.forms import Form
from web.rendering import page, see
from web.talks import MARKS

router = APIRouter(include_in_schema=False)

# A word that one can leave with, to take as it is or to change. None says why: nobody has to.
LAST_WORDS: Final = (
    say("Thank you for talking with me. I wish you well."),
    say("I can't keep up this talk just now. It isn't about you."),
    say("What you told me stays with me. Take care of yourself."),
)


@router.get("/talks/{room_id}/leave")
async def show(
    request: Request, room_id: UUID, actor: Someone, here: Here, starter: int = -1
) -> Response:
    """Say what leaving does, and offer a last word. A group is left on its own page."""
    word = LAST_WORDS[starter] if 0 <= starter < len(LAST_WORDS) else ""
    return await _form(request, room_id, actor, here, values={"text": word}, errors={})


async def _form(
    request: Request,
    room_id: UUID,
    actor: Actor,
    here: Here,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        room = await talk_pages.mine(session, actor, room_id)
        if room.group_id is not None or not room.is_open:
            return see(_elsewhere(room))
        keepers = await session.get_one(Organisation, actor.organisation_id)
    return await page(
        request,
        "pages/leave_talk.html",
        say("Leave this talk"),
        status=status,
        room_id=room_id,
        name=talk_pages.name_of(room, {}),
        they_read=tidings.SENTENCES[tidings.Word.LEFT].filled(name=actor.name),
        starters=LAST_WORDS,
        client_id=values.get("client_id") or str(uuid4()),
        promised_by=keepers.name,
        values=values,
        errors=errors,
    )


def _elsewhere(room: Room) -> str:
    return f"/talks/{room.room_id}" if room.group_id is None else f"/groups/{room.group_id}"


@router.post("/talks/{room_id}/leave")
async def leave(
    request: Request, room_id: UUID, actor: Someone, here: Here, talk: Talk, now: Now
) -> Response:
    """Leave, after the last word is in the talk. Where that can't go as it is, one stays."""
    form = await forms.typed(request)
    async with here.reading(actor.organisation_id) as session:
        room = await talk_pages.mine(session, actor, room_id)
    if room.group_id is not None:
        return see(_elsewhere(room))
    word = None
    if room.is_open:
        if form.has("take_back"):
            await _take_back(here, actor, room_id, now=now)
        try:
            word = await _last_word(talk, actor, room_id, form)
        except Problem as problem:
            errors, values = {"text": problem.detail}, form.values
            return await _form(
                request, room_id, actor, here, values=values, errors=errors, status=problem.status
            )
    if word is not None and not isinstance(word, frames.Sent):
        return see(f"/talks/{room_id}#unsent")
    async with here.unit_of_work(actor.organisation_id) as session:
        opening = await requests.opening(session, actor, room_id)
        await connections.end(session, actor, opening.connection_id, now=now)
    if word is not None and word.help is not None:
        # Whoever leaves in distress has left, and finds help where they said it (promise 4).
        return see(f"/talks/{room_id}?sent={MARKS[word.help]}#after-log")
    return see("/talks?left=1")


async def _take_back(here: Here, actor: Actor, room_id: UUID, *, now: datetime) -> None:
    async with here.unit_of_work(actor.organisation_id) as session:
        await messages.remove_all(session, actor, room_id, now=now)


async def _last_word(talk: Engine, actor: Actor, room_id: UUID, form: Form) -> Kept | None:
    """Say it; None where there was nothing to say."""
    if not (text := form.get("text")):
        return None
    return await talk.send(actor, room_id, form.get("client_id") or str(uuid4()), text)
