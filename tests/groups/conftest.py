"""A small real house for groups: an administrator, people, and short ways to do things."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from stand_in_safety import StandInSafety

from core.database import Database
from core.safety import Verdict
from groups import members, openings, requests
from groups.cards import Card, Door, Group
from people import notices, sign_ins
from people.permissions import Actor, Role

FINE = Verdict()


@dataclass
class House:
    """One organisation, with short ways to do what tests do often."""

    database: Database
    organisation_id: UUID
    safety: StandInSafety = field(default_factory=StandInSafety)
    tokens: dict[UUID, str] = field(default_factory=dict)

    def reading(self) -> Any:
        return self.database.reading(self.organisation_id)

    def work(self) -> Any:
        return self.database.unit_of_work(self.organisation_id)

    async def join(self, name: str, *roles: Role) -> Actor:
        """Somebody who joined the organisation."""
        here = await sign_up(
            self.database, self.organisation_id, name, now=MORNING, roles_held=roles
        )
        self.tokens[here.id] = here.token
        return here.actor

    async def again(self, actor: Actor) -> Actor:
        """The same person with the roles they hold by now."""
        async with self.database.reading(all_organisations=True) as session:
            found = await sign_ins.actor_for(session, self.tokens[actor.account_id], now=MORNING)
        assert found is not None
        return found

    async def open_group(
        self, administrator: Actor, facilitator: Actor, **card: Any
    ) -> tuple[Group, Actor]:
        """A group, and its facilitator with the role."""
        said = {"name": "Tea", "door": Door.OPEN} | card
        async with self.work() as session:
            group = await openings.open_group(
                session,
                administrator,
                Card.model_validate(said),
                facilitator_id=facilitator.account_id,
                now=MORNING,
            )
        return group, await self.again(facilitator)

    async def come(self, actor: Actor, group: Group) -> None:
        async with self.work() as session:
            await members.join(session, actor, group.id, now=MORNING)

    async def ask(
        self, actor: Actor, group: Group, note: str = "May I?", *, verdict: Verdict = FINE
    ) -> UUID:
        async with self.work() as session:
            return await requests.ask(
                session,
                actor,
                group.id,
                note=note,
                verdict=verdict,
                safety=self.safety,
                now=MORNING,
            )

    async def told(self, actor: Actor, *, now: Any = MORNING) -> list[str]:
        """What this account has to read, the oldest first."""
        async with self.reading() as session:
            unread = await notices.unread(session, actor, now=now)
        return [notice.words or "" for notice in reversed(unread)]


@pytest.fixture
def house(database: Database, organisation_id: UUID) -> House:
    return House(database, organisation_id)


@pytest.fixture
async def administrator(house: House) -> Actor:
    return await house.join("Admin", Role.ADMINISTRATOR)


@pytest.fixture
async def josie(house: House) -> Actor:
    return await house.join("Josie")
