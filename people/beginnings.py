"""The first day: an organisation and its first administrator, made together and only once."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import encryption
from core.errors import Conflict, Forbidden, Invalid
from core.sentences import say
from people import accounts, consents, credentials, organisations, recovery, roles, sign_ins
from people.consents import Purpose
from people.organisations import Organisation
from people.permissions import Role
from people.sign_ins import Begun


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first administrator needs once."""

    organisation: Organisation
    begun: Begun
    recovery_codes: list[str]


def first_run_code() -> str:
    """Return the code that `serve` prints while there is no organisation yet.

    Derived from the installation's secret, so that every worker prints the same one; it opens
    nothing once there is an organisation.
    """
    letters = base64.b32encode(encryption.ring().blind("first_run", "code")).decode()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def check_first_run_code(code: str) -> None:
    """Refuse anything but the printed code, in constant time.

    Raises:
        Forbidden: it is another one.
    """
    typed = credentials.plain_code(code).encode()
    if not hmac.compare_digest(typed, credentials.plain_code(first_run_code()).encode()):
        raise Forbidden(say("That is not the code that was printed where Been There was started."))


async def has_begun(session: AsyncSession) -> bool:
    """Tell whether there is an organisation already."""
    return await session.scalar(select(Organisation.id).limit(1)) is not None


async def begin(
    session: AsyncSession,
    *,
    organisation_name: str,
    name: str,
    password_hash: str | None,
    now: datetime,
    is_demo: bool = False,
) -> Beginning:
    """Make the organisation and its first administrator, in a unit of work over all of them.

    Raises:
        Conflict: there is an organisation already.
    """
    if await has_begun(session):
        raise Conflict(say("This installation has been set up already. Please sign in."))
    shown = " ".join(organisation_name.split())
    if not shown:
        raise Invalid(
            say("Please say what your organisation is called."), field="organisation_name"
        )
    organisation = await organisations.create(
        session, slug=slug_of(shown), name=shown, now=now, is_demo=is_demo
    )
    session.info["organisation_id"] = organisation.id
    account = await accounts.create(session, name=name, password_hash=password_hash, now=now)
    await consents.give_at_joining(session, account.id, set(Purpose), now=now)
    await roles.grant(session, account_id=account.id, role=Role.ADMINISTRATOR, now=now)
    codes = await recovery.give_codes(session, account.id, now=now)
    begun = await sign_ins.begin(session, account.id, now=now)
    return Beginning(organisation, begun, codes)


def slug_of(name: str) -> str:
    """Return a short name for addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "here"
