"""Talks over HTTP: the same writer and the same screening as the live socket."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response, status

from api.dependencies import Guard, Here, Now, Someone, Talk
from api.descriptions import Answers
from api.shapes import In, Out, Page
from chat import breaks, frames, messages, own_talks, pending, reading
from chat.drafts import Kept
from core import limits
from core.errors import NotFound
from core.sentences import english
from core.words import Message

router = APIRouter(tags=["talks"])
NOT_YET: Final[Answers] = {202: {"description": "held, or its author is asked first"}}


class Member(Out):
    """Somebody else in a talk."""

    account_id: UUID
    name: str


class TalkOut(Out):
    """One line of the list of talks."""

    room_id: UUID
    kind: str
    group_id: UUID | None
    epoch: int
    first_seq: int
    last_seq: int
    last_at: datetime
    muted_until: datetime | None
    is_open: bool
    members: list[Member]
    read_seq: int | None
    new: int | None
    is_on_break: bool
    break_until: datetime | None


class Say(In):
    """A message; the same `client_id` again is safe and gives the first answer."""

    client_id: str
    text: Message
    note: str | None = None
    reply_to: UUID | None = None


class Otherwise(In):
    """A message of one's own in other words; the same `client_id` again is safe."""

    client_id: str
    text: Message
    note: str | None = None


class WaitingOut(Out):
    """A message of one's own that is not in the talk."""

    id: UUID
    room_id: UUID
    client_id: str
    text: str
    note: str | None
    state: str
    because: tuple[str, ...]
    choices: tuple[str, ...]
    written_at: datetime
    answer_by: datetime | None
    release_at: datetime | None
    is_over: bool
    edits: UUID | None


class When(Out):
    """Until when something waits."""

    at: datetime


class Words(Out):
    """Words given back to be changed."""

    text: str


def _json(content: Any, status_code: int = status.HTTP_200_OK) -> Response:
    return Response(
        msgspec.json.encode(content, enc_hook=english), status_code, media_type="application/json"
    )


def _answer(kept: Kept, *, sent: int) -> Response:
    return _json(kept, sent if isinstance(kept, frames.Sent) else status.HTTP_202_ACCEPTED)


@router.get("/rooms")
async def list_own(actor: Someone, here: Here, now: Now) -> Page[TalkOut]:
    """Return one's talks, the newest event first; `new` is null where no place is kept.

    A break without `break_until` lasts until one comes back.
    """
    async with here.reading(actor.organisation_id) as session:
        found = await own_talks.read(session, actor)
        room_ids = [talk.room_id for talk in found]
        places = await reading.places(session, actor, room_ids)
        on_break = await breaks.mine(session, actor, room_ids, now=now)
    return Page(
        items=[_talk(one, places.get(one.room_id), on_break.get(one.room_id)) for one in found]
    )


def _talk(talk: own_talks.Talk, place: reading.Place | None, rest: breaks.Break | None) -> TalkOut:
    return TalkOut(
        room_id=talk.room_id, kind=talk.kind, group_id=talk.group_id, epoch=talk.epoch,
        first_seq=talk.first_seq, last_seq=talk.last_seq, last_at=talk.last_at,
        muted_until=talk.muted_until, is_open=talk.is_open,
        members=[Member(account_id=one, name=name) for one, name in talk.names.items()],
        read_seq=place.seq if place else None, new=place.new if place else None,
        is_on_break=rest is not None, break_until=rest.until if rest else None,
    )  # fmt: skip


@router.get("/rooms/{room_id}/messages", response_class=Response)
async def read(
    room_id: UUID,
    actor: Someone,
    here: Here,
    after: Annotated[int | None, Query(ge=0, le=frames.EXACT)] = None,
    before: Annotated[int | None, Query(ge=0, le=frames.EXACT)] = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS)] = messages.PAGE_MESSAGES,
) -> Response:
    """Return events as frames of the protocol, by seq; `next` continues after the last."""
    async with here.reading(actor.organisation_id) as session:
        found = await messages.page(
            session, actor, room_id, after=after, before=before, limit=limit
        )
    more = str(found[-1].seq) if len(found) == limit else None
    return _json({"items": found, "next": more})


@router.get("/rooms/{room_id}/messages/{message_id}", response_class=Response)
async def read_one(room_id: UUID, message_id: UUID, actor: Someone, here: Here) -> Response:
    """Return one message as a reply to it would quote it."""
    async with here.reading(actor.organisation_id) as session:
        found = await messages.quoted(session, actor, room_id, message_ids=[message_id])
    if message_id not in found:
        raise NotFound
    return _json(found[message_id])


@router.post(
    "/rooms/{room_id}/messages", response_class=Response, status_code=status.HTTP_201_CREATED,
    responses=NOT_YET,
)  # fmt: skip
async def send(room_id: UUID, body: Say, actor: Someone, talk: Talk) -> Response:
    """Say something: 201 `sent`, or 202 `held` or `asked`, as frames of the protocol."""
    kept = await talk.send(
        actor, room_id, body.client_id, body.text, note=body.note, reply_to=body.reply_to
    )
    return _answer(kept, sent=status.HTTP_201_CREATED)


@router.put("/rooms/{room_id}/messages/{message_id}", response_class=Response, responses=NOT_YET)
async def edit(
    room_id: UUID, message_id: UUID, body: Otherwise, actor: Someone, talk: Talk
) -> Response:
    """Say it otherwise, within 15 minutes: 200 `sent`, or 202 `held` or `asked`."""
    kept = await talk.edit(
        actor, room_id, body.client_id, body.text, message_id=message_id, note=body.note
    )
    return _answer(kept, sent=status.HTTP_200_OK)


@router.get("/rooms/{room_id}/waiting")
async def list_waiting(room_id: UUID, actor: Someone, here: Here, now: Now) -> Page[WaitingOut]:
    """Return one's own messages that are not in the talk."""
    async with here.reading(actor.organisation_id) as session:
        found = await pending.mine(session, actor, room_id, now=now)
    return Page(items=[WaitingOut.model_validate(row) for row in found])


@router.delete("/waiting/{pending_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw(pending_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take a waiting message back; its words are gone."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await pending.withdraw(session, actor, pending_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/waiting/{pending_id}/change")
async def change(pending_id: UUID, actor: Someone, here: Here, now: Now) -> Words:
    """Take a waiting message back to change it; the answer holds its words."""
    async with here.unit_of_work(actor.organisation_id) as session:
        return Words(text=await pending.change(session, actor, pending_id, now=now))


@router.post("/waiting/{pending_id}/anyway")
async def send_anyway(pending_id: UUID, actor: Someone, here: Here, now: Now) -> When:
    """Let it go out after a pause; until then it can be taken back."""
    async with here.unit_of_work(actor.organisation_id) as session:
        return When(at=await pending.send_anyway(session, actor, pending_id, now=now))


@router.post("/waiting/{pending_id}/person")
async def ask_a_person(
    pending_id: UUID, actor: Someone, here: Here, guard: Guard, now: Now
) -> When:
    """Give it to a person, who answers by then; else one decides oneself."""
    async with here.unit_of_work(actor.organisation_id) as session:
        answer_by = await pending.ask_a_person(session, actor, pending_id, safety=guard, now=now)
    return When(at=answer_by)
