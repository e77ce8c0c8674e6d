"""What one does in a talk without a word: a sign, taking back, one's place, a break."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import AwareDatetime, Field

from api.dependencies import Here, Now, Someone, Talk
from api.shapes import In
from chat import breaks, frames, messages, reading
from chat.kinds import Sign

router = APIRouter(tags=["talks"])


class PlaceIn(In):
    """How far one has read."""

    seq: Annotated[int, Field(ge=0, le=frames.EXACT)]


class BreakIn(In):
    """Until when, null for as long as one likes; and whether the other of two may know."""

    until: AwareDatetime | None = None
    is_told: bool = False


class SignIn(In):
    """The sign to put under somebody's words, in place of one's own earlier one; null: none."""

    sign: Sign | None = None


@router.put("/rooms/{room_id}/messages/{message_id}/sign", status_code=status.HTTP_204_NO_CONTENT)
async def put_sign(
    room_id: UUID, message_id: UUID, body: SignIn, actor: Someone, talk: Talk
) -> Response:
    """Put a quiet sign under somebody's words, or take it away. Nobody is notified."""
    await talk.do(actor, frames.React(room=room_id, message=message_id, sign=body.sign))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/messages/{message_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(message_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take one's own words out of a talk. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await messages.remove(session, actor, message_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put("/rooms/{room_id}/place", status_code=status.HTTP_204_NO_CONTENT)
async def keep_place(room_id: UUID, body: PlaceIn, actor: Someone, here: Here) -> Response:
    """Keep one's place in a talk, seen by nobody else; it never goes back."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await reading.keep(session, actor, room_id, seq=body.seq)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/rooms/{room_id}/place", status_code=status.HTTP_204_NO_CONTENT)
async def stop_keeping_place(room_id: UUID, actor: Someone, here: Here) -> Response:
    """Keep one's place no more, and forget where it was."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await reading.stop(session, actor, room_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put("/rooms/{room_id}/break", status_code=status.HTTP_204_NO_CONTENT)
async def take_break(
    room_id: UUID, body: BreakIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Take a break from a talk: one's place is kept, and nothing of it is counted meanwhile."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await breaks.take(session, actor, room_id, until=body.until, is_told=body.is_told, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/rooms/{room_id}/break", status_code=status.HTTP_204_NO_CONTENT)
async def end_break(room_id: UUID, actor: Someone, here: Here) -> Response:
    """Come back from a break. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await breaks.end(session, actor, room_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
