"""The list of who is here, for whoever runs the place: names, roles, since when. Nobody's words.

Not the groups they are in either, nor addresses: both tell what people came for (promise 27).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from people import audit, roles
from people.accounts import Account
from people.permissions import Act, Actor, Role, Standing, require

COLUMNS: Final = ("name", "joined_on", "standing", "roles")
READ_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the list."""

    name: str
    joined_on: date
    standing: Standing
    roles: tuple[Role, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The entry as `COLUMNS` has it."""
        return (self.name, f"{self.joined_on:%Y-%m-%d}", self.standing, " | ".join(self.roles))


async def take_away(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Entry]:
    """Return everybody who is here, by name; that it was asked for is kept."""
    require(actor, Act.LIST_PEOPLE)
    audit.record(
        session, kind="people_listed", actor_id=actor.account_id, subject_kind="organisation",
        subject_id=actor.organisation_id, now=now,
    )  # fmt: skip
    return [entry async for entry in entries(session)]


async def entries(session: AsyncSession) -> AsyncIterator[Entry]:
    """Yield everybody who is here, by name, some at a time; for whoever holds the machine."""
    after = ""
    query = select(Account).where(Account.standing != Standing.ERASED).order_by(Account.name_key)
    while True:
        later = query.where(Account.name_key > after).limit(READ_AT_ONCE)
        found = list(await session.scalars(later))
        held = await roles.held_by_all(session, {account.id for account in found})
        for account in found:
            mine = sorted({grant.role for grant in held.get(account.id, ())})
            yield Entry(account.name or "", account.joined_at.date(), account.standing, tuple(mine))
        if len(found) < READ_AT_ONCE:
            return
        after = found[-1].name_key or ""
