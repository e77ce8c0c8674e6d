"""What one does in a talk without a word: a sign, taking back, one's place, a break."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import AwareDatetime, Field

from api.dependencies import Here, Now, Someone, Talk
from api.shapes import In, Out
from chat import breaks, for_later, frames, messages, reading
from chat.kinds import Sign
from core.words import Message

router = APIRouter(tags=["talks"])


class PlaceIn(In):
    """How far one has read."""

    seq: Annotated[int, Field(ge=0, le=frames.EXACT)]


class BreakIn(In):
    """Until when, null for as long as one likes; and whether the other of two may know."""

    until: AwareDatetime | None = None
    is_told: bool = False


class DraftIn(In):
    """What one began to write; nothing lets go of what was kept."""

    text: Message


class DraftOut(Out):
    """What one keeps for later in this talk; null where one keeps nothing."""

    text: str | None = None
    at: datetime | None = None


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


@router.get("/rooms/{room_id}/draft")
async def get_draft(room_id: UUID, actor: Someone, here: Here) -> DraftOut:
    """Return what one keeps for later in this talk; nobody else ever reads it."""
    async with here.reading(actor.organisation_id) as session:
        kept = await for_later.read(session, actor, room_id)
    return DraftOut(text=kept.text, at=kept.at) if kept else DraftOut()


@router.put("/rooms/{room_id}/draft", status_code=status.HTTP_204_NO_CONTENT)
async def keep_draft(
    room_id: UUID, body: DraftIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Keep what one began, in place of what was kept before. It is not sent, and not read."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await for_later.keep(session, actor, room_id, body.text, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/rooms/{room_id}/draft", status_code=status.HTTP_204_NO_CONTENT)
async def drop_draft(room_id: UUID, actor: Someone, here: Here) -> Response:
    """Keep it no more. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await for_later.let_go(session, actor, room_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
