"""What routes share: who is asking, the doors to the database, the moment."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from chat.engine import Engine
from core.database import Database
from core.errors import NotSignedIn
from core.safety import Safety
from core.settings import Settings
from people import organisations, sign_ins
from people.organisations import Organisation
from people.permissions import Actor

COOKIE: Final = "__Host-been-there"


def bearer_in(authorization: str) -> str | None:
    """Return the token a program carries. No browser sends one by itself, as it does `Basic`."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def token_of(connection: HTTPConnection) -> str | None:
    """Return the sign-in token: a bearer's, else the cookie's. Never from the address."""
    bearer = bearer_in(connection.headers.get("authorization", ""))
    return bearer or connection.cookies.get(COOKIE)


def database(request: Request) -> Database:
    """Return the two doors."""
    found: Database = request.app.state.database
    return found


def settings(request: Request) -> Settings:
    """Return this process's settings."""
    found: Settings = request.app.state.settings
    return found


def safety(request: Request) -> Safety:
    """Return what judges texts and takes concerns."""
    found: Safety = request.app.state.safety
    return found


def chat(request: Request) -> Engine:
    """Return the engine that every message goes through."""
    found: Engine = request.app.state.chat
    return found


def now(request: Request) -> datetime:
    """Return the present moment by the app's clock."""
    moment: datetime = request.app.state.clock()
    return moment


def address(request: Request) -> str:
    """Return the network address the request came from, for throttling only."""
    return request.client.host if request.client else ""


async def maybe_actor(request: Request) -> Actor | None:
    """Return who is signed in, loaded once per request, or None."""
    if not hasattr(request.state, "actor"):
        request.state.actor = await _load(request)
    actor: Actor | None = request.state.actor
    return actor


async def _load(request: Request) -> Actor | None:
    token = token_of(request)
    if token is None:
        return None
    async with database(request).reading(all_organisations=True) as session:
        found = await sign_ins.actor_for(session, token, now=now(request))
    if found is not None and found.sign_in_is_stale:
        await _renew(request, found, token)
    return found


async def _renew(request: Request, actor: Actor, token: str) -> None:
    """Let a sign-in that is used last from now; written at most once an hour."""
    assert actor.sign_in_id is not None
    async with database(request).unit_of_work(actor.organisation_id) as session:
        await sign_ins.renew(session, actor.sign_in_id, now=now(request))
    if COOKIE in request.cookies:
        # Pages hand the cookie out again, so that the browser keeps it as long.
        request.state.renewed_token = token


async def actor(request: Request) -> Actor:
    """Return who is signed in.

    Raises:
        NotSignedIn: nobody is.
    """
    found = await maybe_actor(request)
    if found is None:
        raise NotSignedIn
    return found


async def organisation(request: Request) -> Organisation:
    """Return the organisation a stranger stands before: the one that is named, or the only.

    Pages name it in the path; programs, whose paths are the same everywhere, in the query.
    """
    slug = request.path_params.get("organisation") or request.query_params.get("organisation")
    async with database(request).reading(all_organisations=True) as session:
        return await organisations.by_slug(session, slug)


Here = Annotated[Database, Depends(database)]
Config = Annotated[Settings, Depends(settings)]
Guard = Annotated[Safety, Depends(safety)]
Talk = Annotated[Engine, Depends(chat)]
Now = Annotated[datetime, Depends(now)]
Address = Annotated[str, Depends(address)]
Someone = Annotated[Actor, Depends(actor)]
MaybeSomeone = Annotated[Actor | None, Depends(maybe_actor)]
Place = Annotated[Organisation, Depends(organisation)]
# For a route that names an organisation and doesn't need it: there is nothing under another name.
IS_THERE: Final = (Depends(organisation),)
