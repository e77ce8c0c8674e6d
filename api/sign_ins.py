"""Sign-ins: beginning, listing, ending, and getting back in."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response, status

from api import entry
from api.dependencies import Address, Here, Now, Place, Someone
from api.shapes import Out, Page
from people import sign_ins
from people.sign_ins import Way

router = APIRouter(tags=["sign-ins"])


class Token(Out):
    """A bearer token; send it as `Authorization: Bearer …`, never in an address."""

    token: str


class Device(Out):
    """One living sign-in of one's own."""

    id: UUID
    way: Way
    created_at: datetime
    seen_at: datetime
    is_this_one: bool = False


@router.post("/sign-ins", status_code=status.HTTP_201_CREATED)
async def sign_in(
    body: entry.Credentials, here: Here, place: Place, origin: Address, now: Now
) -> Token:
    """Sign in with a name and a password."""
    begun = await entry.sign_in(here, place.id, body, way=Way.BEARER, address=origin, now=now)
    return Token(token=begun.token)


@router.post("/recoveries", status_code=status.HTTP_201_CREATED)
async def recover(
    body: entry.Recovery, here: Here, place: Place, origin: Address, now: Now
) -> Token:
    """Get back in with a recovery code and a new password; all other sign-ins end."""
    begun = await entry.recover(here, place.id, body, way=Way.BEARER, address=origin, now=now)
    return Token(token=begun.token)


@router.get("/me/sign-ins")
async def list_own(actor: Someone, here: Here, now: Now) -> Page[Device]:
    """Return one's own living sign-ins."""
    async with here.reading(actor.organisation_id) as session:
        rows = await sign_ins.of(session, actor, now=now)
    items = [Device.model_validate(row) for row in rows]
    for item in items:
        item.is_this_one = item.id == actor.sign_in_id
    return Page(items=items)


@router.delete("/me/sign-ins/{sign_in_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end(sign_in_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """End one of one's own sign-ins. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await sign_ins.end(session, actor, sign_in_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
