"""Asking to be erased, and staying after all."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import Field

from api import ways_in
from api.dependencies import Address, Here, Now, Someone
from api.shapes import Out
from api.ways_in import Proof
from core.database import Database
from people import erasures
from people.permissions import Actor

router = APIRouter(tags=["erasure"])
MOST_TALKS: Final = 10_000


class Wish(Proof):
    """The password of now, and the talks in which one's words are to stay."""

    keeps: Annotated[list[UUID], Field(default_factory=list, max_length=MOST_TALKS)]


class Asked(Out):
    """When it will be done; null while nobody asked."""

    due_at: datetime | None = None


async def ask(
    database: Database, actor: Actor, wish: Wish, *, address: str, now: datetime
) -> datetime:
    """Ask to be erased, once the password was typed."""
    await ways_in.prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        return await erasures.ask(session, actor, keeps=wish.keeps, now=now)


@router.get("/me/erasure")
async def get_erasure(actor: Someone, here: Here) -> Asked:
    """Return when one's account will be erased, if one asked for it."""
    async with here.reading(actor.organisation_id) as session:
        wish = await erasures.of(session, actor)
    return Asked(due_at=wish.due_at if wish else None)


@router.post("/me/erasure", status_code=status.HTTP_202_ACCEPTED)
async def post_erasure(body: Wish, actor: Someone, here: Here, origin: Address, now: Now) -> Asked:
    """Ask to be erased in three weeks; until then one can change one's mind."""
    return Asked(due_at=await ask(here, actor, body, address=origin, now=now))


@router.delete("/me/erasure", status_code=status.HTTP_204_NO_CONTENT)
async def delete_erasure(actor: Someone, here: Here, now: Now) -> Response:
    """Stay after all."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await erasures.call_off(session, actor, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
