"""My data: what I agreed to, who looked, whom I shut out, where I'm signed in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Here, Now, Someone
from core.sentences import say
from moderation import looks
from people import accounts, blocks, consents, documents, recovery, sign_ins, ways_in
from people.consents import NEEDED, Agreements, Purpose
from people.organisations import Organisation
from people.permissions import Actor
from web import forms
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)


@router.get("/my-data")
async def my_data(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show what is kept about me and what I can do about it."""
    async with here.reading(actor.organisation_id) as session:
        context: dict[str, Any] = {
            "consents": await _consents(session, actor),
            "looks": await looks.at_my_words(session, actor, now=now),
            "shut_out": await _shut_out(session, actor),
            "devices": [_device(row, actor) for row in await sign_ins.of(session, actor, now=now)],
            "email": await ways_in.own_email(session, actor),
            "codes_left": await recovery.left(session, actor),
        }
    return await page(request, "pages/my_data.html", say("My data"), **context)


async def _consents(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    given = await consents.given_by(session, actor.account_id)
    agreements = await documents.current(session, Agreements)
    organisation = await session.get(Organisation, actor.organisation_id)
    name = organisation.name if organisation else ""
    return [
        {
            "purpose": point.purpose,
            "title": point.title,
            "words": point.words.replace("{organisation}", name),
            "is_given": point.purpose in given,
            "is_needed": point.purpose in NEEDED,
        }
        for point in agreements.consents
    ]


async def _shut_out(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    blocked = await blocks.made_by(session, actor.account_id)
    names = await accounts.names(session, blocked)
    found = [{"id": one, "name": names.get(one, say("Somebody who left"))} for one in blocked]
    return sorted(found, key=lambda one: str(one["name"]))


def _device(row: sign_ins.SignIn, actor: Actor) -> dict[str, Any]:
    return {
        "id": row.id,
        "since": moment(row.created_at),
        "seen": moment(row.seen_at),
        "is_this_one": row.id == actor.sign_in_id,
    }


@router.post("/my-data/consents/{purpose}")
async def change_consent(
    request: Request, purpose: Purpose, actor: Someone, here: Here, now: Now
) -> Response:
    """Say yes, or take a yes back; it counts from this moment."""
    is_given = (await forms.typed(request)).get("is_given") == "yes"
    async with here.unit_of_work(actor.organisation_id) as session:
        await consents.change(session, actor, purpose, is_given=is_given, now=now)
    return see("/my-data")


@router.post("/my-data/shut-out/{account_id}/undo")
async def let_back(account_id: UUID, actor: Someone, here: Here) -> Response:
    """No longer shut somebody out; they are not told."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await blocks.undo(session, actor, account_id)
    return see("/my-data")


@router.post("/my-data/devices/{sign_in_id}/end")
async def end_device(sign_in_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Sign out on one device."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await sign_ins.end(session, actor, sign_in_id, now=now)
    return see("/my-data")
