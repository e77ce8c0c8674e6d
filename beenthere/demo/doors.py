"""One-click sign-in as each audience. This module is imported by the demo alone.

Anyone who reaches it can be anyone, so it answers only this very machine: loopback client,
loopback host, nothing forwarded, POST only.
"""

from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Place
from core.errors import NotFound
from core.settings import is_loopback
from people import accounts, sign_ins
from web import cookies
from web.rendering import see

FORWARDED: Final = ("forwarded", "x-forwarded", "x-real-ip", "x-client-ip", "x-original", "via")
router = APIRouter(prefix="/demo", include_in_schema=False)


def install(app: FastAPI, doors: dict[str, str]) -> None:
    """Add the doors: audience → the name of the account it leads to."""
    app.state.demo_doors = doors
    app.include_router(router)


def is_this_machine(request: Request) -> bool:
    """Tell whether a request began on this machine and came straight here."""
    client = request.client.host if request.client else ""
    return (
        is_loopback(client)
        and is_loopback(request.url.hostname or "")
        and not any(name.startswith(FORWARDED) for name in request.headers)
    )


@router.post("/sign-in/{audience}")
async def sign_in_as(
    audience: str, request: Request, here: Here, place: Place, now: Now
) -> Response:
    """Sign in as somebody of that audience."""
    name = request.app.state.demo_doors.get(audience)
    if name is None or not is_this_machine(request) or not place.is_demo:
        raise NotFound
    async with here.unit_of_work(place.id) as session:
        account = await accounts.by_name(session, name)
        if account is None:
            raise NotFound
        begun = await sign_ins.begin(session, account.id, now=now)
    response = see("/queue" if audience == "moderator" else "/home")
    cookies.keep(response, begun.token)
    return response
