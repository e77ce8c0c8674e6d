"""Joining: the one place where an account, its consents, codes and sign-in come to be."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Forbidden, Invalid
from core.sentences import say
from people import accounts, consents, documents, invitations, lookalikes, recovery, sign_ins
from people.accounts import Account
from people.consents import Purpose
from people.sign_ins import Begun, Way


class Joining(documents.Settled):
    """Whether anyone may join, or only with an invitation. Closed until somebody decides."""

    kind: ClassVar[str] = "joining"
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """What somebody who has just joined needs once."""

    account: Account
    begun: Begun
    recovery_codes: list[str]
    group_id: UUID | None


async def join(
    session: AsyncSession,
    *,
    name: str,
    password_hash: str,
    purposes: set[Purpose],
    is_adult: bool,
    now: datetime,
    email: str | None = None,
    invitation: str | None = None,
    site_name: str = "",
    way: Way = Way.COOKIE,
) -> Joined:
    """Let somebody in, with everything they need to come back.

    Raises:
        Invalid: under 18, a missing consent, a name or invitation that can't be used.
        NameTaken, NameReserved: somebody here has that name, or it poses as staff's.
        Forbidden: joining needs an invitation and none was given.
    """
    if not is_adult:
        raise Invalid(
            say(
                "Been There is for people of 18 and over. Urgent help lists places for you, like"
                " Childline on 0800 1111."
            ),
            field="is_adult",
        )
    is_open = (await documents.current(session, Joining)).is_open
    if not is_open and not invitation:
        raise Forbidden(
            say("You need an invitation to join here. Please ask the people who run it.")
        )
    await lookalikes.refuse_reserved(session, name, site_name=site_name)
    account = await accounts.create(
        session, name=name, password_hash=password_hash, email=email, now=now
    )
    await consents.give_at_joining(session, account.id, purposes, now=now)
    group_id = None
    if invitation:
        group_id = await invitations.take(session, invitation, account.id, now=now)
    codes = await recovery.give_codes(session, account.id, now=now)
    begun = await sign_ins.begin(session, account.id, way=way, now=now)
    return Joined(account, begun, codes, group_id)


async def sign_in(session: AsyncSession, *, account_id: UUID, way: Way, now: datetime) -> Begun:
    """Begin a sign-in for somebody whose password was checked before this unit of work."""
    account = await accounts.by_id(session, account_id)
    return await sign_ins.begin(session, account.id, way=way, now=now)


async def check_password(session: AsyncSession, name: str) -> tuple[UUID | None, str | None]:
    """Return the id and hash to check a typed password against, both None for nobody."""
    account = await accounts.by_name(session, name)
    return (account.id, account.password_hash) if account else (None, None)
