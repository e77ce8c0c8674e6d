"""Aftercare: coming back to somebody who was in distress, and to those who read it.

Two tasks when a person has written to somebody in distress; neither is ever done by software.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.errors import NotFound
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from moderation import interests, places
from moderation.cases import Case
from moderation.places import Where
from people import audit
from people.permissions import Act, Actor, require

DUE_AFTER: Final = timedelta(days=1)
AT_MOST: Final = 50


class Task(StrEnum):
    """What is to be done a day later."""

    ASK_THEM = "ask_them"
    ASK_WHO_READ = "ask_who_read"


class Aftercare(Base, Identified, Owned):
    """One task of one case."""

    __tablename__ = "aftercare"
    __table_args__ = (UniqueConstraint("case_id", "task", "due_at"),)

    case_id: Mapped[UUID] = field(Retention.CASE, index=True)
    task: Mapped[Task] = field(Retention.CASE)
    due_at: Mapped[datetime] = field(Retention.CASE)
    done_at: Mapped[datetime | None] = field(Retention.CASE)
    done_by: Mapped[UUID | None] = field(Retention.CASE, personal="done_by")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that is due, and where; nobody's words or name."""

    id: UUID
    case_id: UUID
    task: Task
    where: Where
    due_at: datetime


async def begin(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """Have somebody come back to a case's author in a day, and to who read it with them."""
    tasks = [Task.ASK_THEM, *([Task.ASK_WHO_READ] if case.room_id else [])]
    for task in tasks:
        row = insert(session, Aftercare).values(
            id=ids.new_id(), organisation_id=case.organisation_id, case_id=case.id, task=task,
            due_at=now + DUE_AFTER,
        )  # fmt: skip
        await session.execute(row.on_conflict_do_nothing())


async def due(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Waiting]:
    """Return what is due and nobody has done, oldest first, without the actor's own parts."""
    require(actor, Act.SEE_QUEUE)
    query = (
        select(Aftercare, Case)
        .join(Case, Case.id == Aftercare.case_id)
        .where(Aftercare.done_at.is_(None), Aftercare.due_at <= now)
        .where(interests.has_no_part(actor))
        # Of one case, first whoever was in distress: ids of one moment are in no order.
        .order_by(Aftercare.due_at, Aftercare.case_id, Aftercare.task)
        .limit(AT_MOST)
    )
    found = (await session.execute(query)).all()
    wheres = await places.of_cases(session, [case for _, case in found])
    return [Waiting(one.id, case.id, one.task, wheres[case.id], one.due_at) for one, case in found]


async def finish(session: AsyncSession, actor: Actor, task_id: UUID, *, now: datetime) -> None:
    """Note that a task is done; idempotent.

    Raises:
        NotFound: there is none, or the actor has a part in its case.
    """
    require(actor, Act.DECIDE_CASE)
    row = await session.get(Aftercare, task_id)
    if row is None:
        raise NotFound
    await interests.require_no_part(session, actor, row.case_id)
    done = await session.scalar(
        update(Aftercare)
        .where(Aftercare.id == task_id, Aftercare.done_at.is_(None))
        .values(done_at=now, done_by=actor.account_id)
        .returning(Aftercare.id)
    )
    if done is not None:
        audit.record(
            session, kind="aftercare_done", actor_id=actor.account_id, subject_kind="safety_case",
            subject_id=row.case_id, now=now,
        )  # fmt: skip
