"""One's own ways in: password, e-mail address, recovery codes. Each asks for the password."""

from datetime import datetime

from fastapi import APIRouter, Response, status

from api import entry
from api.dependencies import Address, Here, Now, Someone
from api.shapes import In, Out
from core.database import Database
from core.errors import Invalid
from core.sentences import say
from core.words import Name
from moderation import removals
from people import accounts, credentials, ways_in
from people.permissions import Actor
from people.throttles import Guess

router = APIRouter(tags=["ways in"])


class Proof(In):
    """The password of now."""

    current_password: Name


class NewPassword(Proof):
    """The password of now, and the one from now on."""

    new_password: Name


class NewEmail(Proof):
    """The password of now, and an address; none to take it away."""

    email: Name | None = None


class Codes(Out):
    """Recovery codes, shown once."""

    recovery_codes: list[str]


async def prove(
    database: Database, actor: Actor, password: str, *, address: str, now: datetime
) -> None:
    """Ask for the password once more; guesses count together with those at signing in.

    Raises:
        Invalid: it is another one.
        TooMany: too many tries.
    """
    key = accounts.name_key(actor.name)
    await entry.throttle(
        database, actor.organisation_id, Guess.SIGN_IN, name=key, address=address, now=now
    )
    async with database.reading(actor.organisation_id) as session:
        password_hash = await ways_in.own_password_hash(session, actor)
    if password_hash is None:
        raise Invalid(
            say("The people of the demo have no passwords, so this can't be tried here."),
            field="current_password",
        )
    if not await credentials.matches(password, password_hash):
        raise Invalid(say("That isn't your password. Please try again."), field="current_password")


async def set_password(
    database: Database, actor: Actor, wish: NewPassword, *, address: str, now: datetime
) -> None:
    """Change one's own password; every other sign-in ends."""
    await prove(database, actor, wish.current_password, address=address, now=now)
    try:
        await credentials.check_strength(wish.new_password, about=(actor.name,))
    except Invalid as weak:
        raise Invalid(weak.detail, field="new_password") from None
    password_hash = await credentials.hash_password(wish.new_password)
    async with database.unit_of_work(actor.organisation_id) as session:
        await ways_in.change_password(session, actor, password_hash, now=now)


async def set_email(
    database: Database, actor: Actor, wish: NewEmail, *, address: str, now: datetime
) -> None:
    """Change one's own e-mail address."""
    await prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        await ways_in.change_email(session, actor, wish.email, now=now)
        await removals.meet(session, actor.account_id, now=now)


async def new_codes(
    database: Database, actor: Actor, wish: Proof, *, address: str, now: datetime
) -> list[str]:
    """Replace one's own recovery codes."""
    await prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        return await ways_in.renew_codes(session, actor, now=now)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
async def put_password(
    body: NewPassword, actor: Someone, here: Here, origin: Address, now: Now
) -> Response:
    """Change one's password; every sign-in but this one ends."""
    await set_password(here, actor, body, address=origin, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put("/me/email", status_code=status.HTTP_204_NO_CONTENT)
async def put_email(
    body: NewEmail, actor: Someone, here: Here, origin: Address, now: Now
) -> Response:
    """Change one's e-mail address, or take it away."""
    await set_email(here, actor, body, address=origin, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/me/recovery-codes", status_code=status.HTTP_201_CREATED)
async def post_codes(body: Proof, actor: Someone, here: Here, origin: Address, now: Now) -> Codes:
    """Replace one's recovery codes; they are shown once, and the old ones end."""
    return Codes(recovery_codes=await new_codes(here, actor, body, address=origin, now=now))
