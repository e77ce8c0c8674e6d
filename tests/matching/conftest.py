"""A small real house for matching: people with documents, and the tests' `Safety`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from conftest import MORNING
from people_factories import sign_up
from stand_in_safety import StandInSafety

from core.database import Database
from core.safety import Verdict
from matching import connections, profiles
from matching.documents import Person
from matching.pairs import Connection
from people.permissions import Actor

FINE = Verdict()


@pytest.fixture
def safety() -> StandInSafety:
    return StandInSafety()


@dataclass
class House:
    """One organisation, with short ways to do what tests do often."""

    database: Database
    organisation_id: UUID
    safety: StandInSafety

    def reading(self) -> Any:
        return self.database.reading(self.organisation_id)

    def work(self) -> Any:
        return self.database.unit_of_work(self.organisation_id)

    async def join(self, name: str, now: Any = MORNING, **told: Any) -> Actor:
        """Somebody who joined and told this much of themselves."""
        actor = (await sign_up(self.database, self.organisation_id, name, now=now)).actor
        document = Person.model_validate({"id": str(actor.account_id), **told})
        async with self.work() as session:
            await profiles.save(session, actor, document, over_version=0, now=now)
        return actor

    async def ask(
        self,
        actor: Actor,
        other: Actor,
        words: str = "Hello there.",
        *,
        now: Any = MORNING,
        verdict: Verdict = FINE,
    ) -> Connection:
        async with self.work() as session:
            return await connections.ask(
                session,
                actor,
                other.account_id,
                words=words,
                verdict=verdict,
                safety=self.safety,
                now=now,
            )

    async def accept(self, actor: Actor, hello: Connection, *, now: Any = MORNING) -> Connection:
        async with self.work() as session:
            return await connections.accept(session, actor, hello.id, now=now)


@pytest.fixture
def house(database: Database, organisation_id: UUID, safety: StandInSafety) -> House:
    return House(database, organisation_id, safety)
