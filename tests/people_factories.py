"""People for tests, with readable defaults. Sign-ins are inserted directly: no hashing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from people import accounts, consents, roles, sign_ins
from people.consents import NEEDED, Purpose
from people.permissions import Actor, Role

USUAL = NEEDED | {Purpose.NOTICE_DISTRESS}


@dataclass(frozen=True)
class SignedIn:
    """Somebody in a test, with the token that proves it."""

    actor: Actor
    token: str

    @property
    def id(self) -> UUID:
        return self.actor.account_id


async def sign_up(
    database: Database,
    organisation_id: UUID,
    name: str,
    *,
    now: datetime,
    roles_held: tuple[Role, ...] = (),
    scope_id: UUID | None = None,
    purposes: frozenset[Purpose] = USUAL,
) -> SignedIn:
    """An account with consents, roles and one living sign-in."""
    async with database.unit_of_work(organisation_id) as session:
        return await sign_up_in(
            session, name, now=now, roles_held=roles_held, scope_id=scope_id, purposes=purposes
        )


async def sign_up_in(
    session: AsyncSession,
    name: str,
    *,
    now: datetime,
    roles_held: tuple[Role, ...] = (),
    scope_id: UUID | None = None,
    purposes: frozenset[Purpose] = USUAL,
) -> SignedIn:
    """The same within a unit of work that is open: a crowd comes in one."""
    account = await accounts.create(session, name=name, now=now)
    await consents.give_at_joining(session, account.id, purposes, now=now)
    for role in roles_held:
        await roles.grant(session, account_id=account.id, role=role, scope_id=scope_id, now=now)
    begun = await sign_ins.begin(session, account.id, now=now)
    actor = await sign_ins.actor_for(session, begun.token, now=now)
    assert actor is not None
    return SignedIn(actor, begun.token)
