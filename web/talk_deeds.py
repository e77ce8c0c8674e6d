"""What one does in a talk without a word: a sign, taking back, shutting somebody out."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Someone, Talk
from chat import frames, messages, reading
from chat.kinds import Sign
from matching import requests
from people import blocks
from web import forms
from web.rendering import see

router = APIRouter(include_in_schema=False)


@router.post("/talks/{room_id}/messages/{message_id}/take-back")
async def take_back(
    room_id: UUID, message_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Take one's own words out of a talk."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await messages.remove(session, actor, message_id, now=now)
    return see(f"/talks/{room_id}#composer")


@router.post("/talks/{room_id}/messages/{message_id}/sign")
async def put_sign(
    request: Request, room_id: UUID, message_id: UUID, actor: Someone, talk: Talk
) -> Response:
    """Put a quiet sign under somebody's words; an empty one takes one's own away."""
    wanted = (await forms.typed(request)).get("sign")
    sign = Sign(wanted) if wanted in set(Sign) else None
    seq = await talk.do(actor, frames.React(room=room_id, message=message_id, sign=sign))
    return see(f"/talks/{room_id}#m-{seq}")


@router.post("/talks/{room_id}/place")
async def keep_place(request: Request, room_id: UUID, actor: Someone, here: Here) -> Response:
    """Keep one's place in a talk, or keep it no more; nobody else sees either."""
    form = await forms.typed(request)
    async with here.unit_of_work(actor.organisation_id) as session:
        if form.has("stop"):
            await reading.stop(session, actor, room_id)
        else:
            await reading.keep(session, actor, room_id, seq=form.number("seq"))
    return see(f"/talks/{room_id}#after-log")


@router.post("/talks/{room_id}/shut-out")
async def shut_out(room_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Block the other of a talk of two: at once, silently, everywhere."""
    async with here.unit_of_work(actor.organisation_id) as session:
        opening = await requests.opening(session, actor, room_id)
        other = opening.other_id if opening.asker_id == actor.account_id else opening.asker_id
        await blocks.make(session, actor, other, now=now)
    return see("/talks")
