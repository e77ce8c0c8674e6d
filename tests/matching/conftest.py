"""A small real house for matching: people with documents, and a `Safety` that remembers."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import MORNING
from people_factories import sign_up
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.safety import Concern, Context, Subject, Verdict
from matching import connections, profiles
from matching.documents import Person
from matching.pairs import Connection
from people.permissions import Actor

FINE = Verdict()


@dataclass
class Remembering:
    """Lets everything pass, and remembers what was flagged."""

    flags: list[tuple[Subject, Concern]] = field(default_factory=list)

    def screen(self, text: str, context: Context) -> Verdict:
        return Verdict()

    async def flag(self, session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
        self.flags.append((subject, concern))
        return uuid4()


@pytest.fixture
def safety() -> Remembering:
    return Remembering()


@dataclass
class House:
    """One organisation, with short ways to do what tests do often."""

    database: Database
    organisation_id: UUID
    safety: Remembering

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
def house(database: Database, organisation_id: UUID, safety: Remembering) -> House:
    return House(database, organisation_id, safety)
