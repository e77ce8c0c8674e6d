"""Joining, signing in and getting back in: the slow parts first, then one unit of work.

Shared by the JSON routes and the pages, which only differ in how they answer.
"""

from datetime import datetime
from uuid import UUID

from api.shapes import In
from core.database import Database
from core.errors import Invalid, TooMany
from core.sentences import say
from core.words import Line, Name
from moderation import removals
from people import accounts, credentials, joining, recovery, throttles
from people.consents import Purpose
from people.joining import Joined
from people.sign_ins import Begun, Way
from people.throttles import Guess


class Newcomer(In):
    """What somebody says when they join."""

    name: Name
    password: Name
    is_adult: bool
    consents: set[Purpose]
    email: Name | None = None
    invitation: Line | None = None


class Credentials(In):
    """A name (or e-mail address) and a password."""

    name: Name
    password: Name


class Recovery(In):
    """A name, a recovery code and the new password."""

    name: Name
    code: Name
    password: Name


async def join(
    database: Database,
    organisation_id: UUID,
    who: Newcomer,
    *,
    way: Way,
    address: str,
    site_name: str,
    now: datetime,
) -> Joined:
    """Let somebody in. See `people.joining.join` for what may be refused."""
    await throttle(database, organisation_id, Guess.JOIN, name="", address=address, now=now)
    name = accounts.clean_name(who.name)
    await credentials.check_strength(who.password, about=(name,))
    password_hash = await credentials.hash_password(who.password)
    async with database.unit_of_work(organisation_id) as session:
        joined = await joining.join(
            session,
            name=name,
            password_hash=password_hash,
            purposes=who.consents,
            is_adult=who.is_adult,
            email=who.email,
            invitation=who.invitation or None,
            site_name=site_name,
            way=way,
            now=now,
        )
        # Let in as anybody is; a person looks, where somebody was asked to leave (promise 18).
        await removals.meet(session, joined.account.id, email=who.email, now=now)
        return joined


async def sign_in(
    database: Database,
    organisation_id: UUID,
    who: Credentials,
    *,
    way: Way,
    address: str,
    now: datetime,
) -> Begun:
    """Sign somebody in. It takes the same time for a wrong name as for a wrong password.

    Raises:
        Invalid: the name and the password don't fit together.
        TooMany: too many tries.
    """
    key = accounts.name_key(who.name)
    await throttle(database, organisation_id, Guess.SIGN_IN, name=key, address=address, now=now)
    async with database.reading(organisation_id) as session:
        account_id, password_hash = await joining.check_password(session, who.name)
    fits = await credentials.matches(who.password, password_hash)
    if not fits or account_id is None:
        raise Invalid(say("That name and that password don't fit together. Please try again."))
    async with database.unit_of_work(organisation_id) as session:
        return await joining.sign_in(session, account_id=account_id, way=way, now=now)


async def recover(
    database: Database,
    organisation_id: UUID,
    who: Recovery,
    *,
    way: Way,
    address: str,
    now: datetime,
) -> Begun:
    """Let somebody back in by a recovery code, with a new password."""
    key = accounts.name_key(who.name)
    await throttle(database, organisation_id, Guess.RECOVERY, name=key, address=address, now=now)
    await credentials.check_strength(who.password, about=(who.name,))
    password_hash = await credentials.hash_password(who.password)
    async with database.unit_of_work(organisation_id) as session:
        account_id = await recovery.use(
            session, name=who.name, code=who.code, password_hash=password_hash, now=now
        )
        return await joining.sign_in(session, account_id=account_id, way=way, now=now)


async def throttle(
    database: Database,
    organisation_id: UUID,
    guess: Guess,
    *,
    name: str,
    address: str,
    now: datetime,
) -> None:
    """Count one try at a guess, before the slow check.

    Raises:
        TooMany: too many tries.
    """
    # The count must stay when the try is refused: the fault is raised after the commit.
    fault: TooMany | None = None
    async with database.unit_of_work(organisation_id) as session:
        try:
            await throttles.take(session, guess, name=name, address=address, now=now)
        except TooMany as too_many:
            fault = too_many
    if fault is not None:
        raise fault
