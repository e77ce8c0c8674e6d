"""What was settled lately, so that a slip can be found again and taken back. No words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import Category, SubjectKind
from moderation import interests, places
from moderation.cases import Case, CaseEvent
from moderation.effects import Effect
from moderation.fold import Kind, Status
from moderation.kinds import REVERSIBLE, EffectKind
from moderation.places import Where
from people import accounts
from people.permissions import Act, Actor, require

SHOWN_FOR: Final = timedelta(days=7)
AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """One case that is decided: what was done, by whom, and how much of it can be undone."""

    id: UUID
    subject_kind: SubjectKind
    where: Where
    categories: frozenset[Category]
    at: datetime
    by_name: str | None
    is_by_me: bool
    effects: tuple[EffectKind, ...]
    can_be_undone: int


async def lately(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Settled, ...]:
    """Return what was decided in the last days, the newest first, without the actor's own parts."""
    require(actor, Act.SEE_QUEUE)
    query = (
        select(Case)
        .where(Case.status == Status.DECIDED, Case.decided_at > now - SHOWN_FOR)
        .where(interests.has_no_part(actor))
        .order_by(Case.decided_at.desc(), Case.id)
        .limit(AT_MOST)
    )
    found = list(await session.scalars(query))
    names = await accounts.names(session, {one.decided_by for one in found if one.decided_by})
    wheres = await places.of_cases(session, found)
    did = await _did(session, [one.id for one in found])
    undoable = await _undoable(session, [one.id for one in found])
    return tuple(
        Settled(
            id=one.id,
            subject_kind=one.subject_kind,
            where=wheres[one.id],
            categories=one.categories,
            at=one.decided_at or now,
            by_name=names.get(one.decided_by) if one.decided_by else None,
            is_by_me=one.decided_by == actor.account_id,
            effects=did.get(one.id, ()),
            can_be_undone=undoable.get(one.id, 0),
        )
        for one in found
    )


async def _did(session: AsyncSession, case_ids: list[UUID]) -> dict[UUID, tuple[EffectKind, ...]]:
    # In the log's order, so that of several decisions the newest stays.
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id.in_(case_ids), CaseEvent.kind == Kind.DECIDED)
        .order_by(CaseEvent.seq)
    )
    found = await session.scalars(query)
    return {line.case_id: tuple(map(EffectKind, line.data["effects"])) for line in found}


async def _undoable(session: AsyncSession, case_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select(Effect.case_id, func.count())
        .where(Effect.case_id.in_(case_ids), Effect.undone_at.is_(None))
        .where(Effect.kind.in_(REVERSIBLE))
        .group_by(Effect.case_id)
    )
    return {case_id: int(count) for case_id, count in await session.execute(query)}
