"""A copy of one talk: asking the others, answering them, and making it (promise 28)."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response, status

from api import ways_in
from api.dependencies import Address, Here, Now, Someone
from api.shapes import In, Out, Page
from api.ways_in import Proof
from chat import talk_copies
from chat.talk_copies import Line
from core.database import Database
from people.permissions import Actor

router = APIRouter(tags=["copies"])
FILE: Final = {
    "content-disposition": 'attachment;filename="a-talk.json"',
    "cache-control": "no-store",
}


class OtherOut(Out):
    """Somebody else in the talk, and whether their words would be in the copy."""

    account_id: UUID
    name: str
    is_asked: bool
    is_yes: bool


class WishedOut(Out):
    """Somebody who would like one's own words in their copy."""

    asker_id: UUID
    name: str
    is_yes: bool | None


class YesIn(In):
    """Yes; or no, which also takes a yes back."""

    is_yes: bool


async def lines(
    database: Database, actor: Actor, room_id: UUID, wish: Proof, *, address: str, now: datetime
) -> list[Line]:
    """Return the talk as one may keep it, once the password was typed."""
    async with database.reading(actor.organisation_id) as session:
        await talk_copies.others(session, actor, room_id)
    await ways_in.prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        await talk_copies.note(session, actor, room_id, now=now)
    async with database.reading(actor.organisation_id) as session:
        return await talk_copies.read(session, actor, room_id)


def file(found: list[Line], *, now: datetime) -> Response:
    """Answer with the copy as a file for programs."""
    rows = [
        {"at": one.at.isoformat(), "by": one.name, "is_own": one.is_own, "words": one.words}
        | ({"note": one.note} if one.note else {})
        for one in found
    ]
    body = json.dumps({"made_at": now.isoformat(), "messages": rows}, ensure_ascii=False, indent=1)
    return Response(body.encode("utf-8", "replace"), media_type="application/json", headers=FILE)


@router.get("/rooms/{room_id}/copy")
async def list_others(room_id: UUID, actor: Someone, here: Here) -> Page[OtherOut]:
    """Return who else is in the talk, and whose words would be in one's copy of it."""
    async with here.reading(actor.organisation_id) as session:
        found = await talk_copies.others(session, actor, room_id)
    return Page(items=[OtherOut.model_validate(one) for one in found])


@router.post("/rooms/{room_id}/copy/wishes", status_code=status.HTTP_202_ACCEPTED)
async def ask(room_id: UUID, actor: Someone, here: Here, now: Now) -> Page[OtherOut]:
    """Ask everybody else in the talk for their words, each once."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await talk_copies.ask(session, actor, room_id, now=now)
    return await list_others(room_id, actor, here)


@router.get("/rooms/{room_id}/copy/wishes")
async def list_wishes(room_id: UUID, actor: Someone, here: Here) -> Page[WishedOut]:
    """Return who would like one's own words in their copy."""
    async with here.reading(actor.organisation_id) as session:
        found = await talk_copies.wished(session, actor, room_id)
    return Page(items=[WishedOut.model_validate(one) for one in found])


@router.put("/rooms/{room_id}/copy/wishes/{account_id}", status_code=status.HTTP_204_NO_CONTENT)
async def answer(
    room_id: UUID, account_id: UUID, body: YesIn, actor: Someone, here: Here, now: Now
) -> Response:
    """Say yes or no to somebody's wish for one's words; nobody is told of a no."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await talk_copies.answer(session, actor, room_id, account_id, is_yes=body.is_yes, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/rooms/{room_id}/copy", response_class=Response)
async def make(
    room_id: UUID, body: Proof, actor: Someone, here: Here, origin: Address, now: Now
) -> Response:
    """Return a copy of the talk, as a JSON file."""
    return file(await lines(here, actor, room_id, body, address=origin, now=now), now=now)
