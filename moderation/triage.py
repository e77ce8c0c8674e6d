"""The queue: what waits, first things first (`moderation.urgency`), a burst on one line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.safety import Category, SubjectKind, Tier
from moderation import bursts, claims, interests, places
from moderation.cases import Case
from moderation.flags import Flag
from moderation.fold import Status
from moderation.places import Where
from moderation.urgency import due_at, is_late, order_key
from people import accounts
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. It never holds anybody's words.

    `more_ids` are cases of the same burst (`moderation.bursts`): they have no line of their own.
    """

    id: UUID
    subject_kind: SubjectKind
    where: Where
    status: Status
    tier: Tier
    categories: frozenset[Category]
    version: int
    opened_at: datetime
    tier_since_at: datetime
    first_look_at: datetime | None
    due_at: datetime
    is_late: bool
    is_mine: bool
    is_appealed: bool
    raised: int
    holder_name: str | None
    claim_ends_at: datetime | None
    more_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the queue; `next` goes in as `after`, or is None at the end.

    `counts` is of all that waits, whatever piece or tier was asked for.
    """

    items: tuple[Row, ...]
    next: UUID | None
    counts: Mapping[Tier, int]


async def queue(
    session: AsyncSession,
    actor: Actor,
    *,
    now: datetime,
    after: UUID | None = None,
    tier: Tier | None = None,
    limit: int = limits.PAGE_ITEMS,
) -> Page:
    """Return undecided cases, first things first, without those the actor has a part in."""
    require(actor, Act.SEE_QUEUE)
    query = select(Case).where(Case.status != Status.DECIDED, interests.has_no_part(actor))
    ordered = sorted(await session.scalars(query), key=lambda case: order_key(case, now))
    counts = Counter(case.tier for case in ordered)
    lines = bursts.gathered(ordered, await bursts.by_one_person(session))
    ordered = [case for case in ordered if tier in (None, case.tier) and case.id in lines]
    if after is not None and (last := await session.get(Case, after)) is not None:
        # By its place, not by finding it again: it may have been decided since.
        ordered = [case for case in ordered if order_key(case, now) > order_key(last, now)]
    size = max(1, min(limit, limits.PAGE_ITEMS))
    shown = ordered[:size]
    return Page(
        await _rows(session, actor, shown, now=now, lines=lines),
        shown[-1].id if len(ordered) > size else None,
        counts,
    )


async def _rows(
    session: AsyncSession,
    actor: Actor,
    shown: list[Case],
    *,
    now: datetime,
    lines: Mapping[UUID, tuple[UUID, ...]],
) -> tuple[Row, ...]:
    names = await accounts.names(session, {case.claimed_by for case in shown if case.claimed_by})
    raised = await _raised(session, [case.id for case in shown])
    wheres = await places.of_cases(session, shown)
    return tuple(
        _row(
            case,
            actor,
            wheres[case.id],
            now=now,
            names=names,
            raised=raised.get(case.id, 0),
            more_ids=lines[case.id],
        )
        for case in shown
    )


def _row(
    case: Case,
    actor: Actor,
    where: Where,
    *,
    now: datetime,
    names: Mapping[UUID, str],
    raised: int,
    more_ids: tuple[UUID, ...],
) -> Row:
    is_held = not claims.is_over(case, now)
    return Row(
        id=case.id,
        subject_kind=case.subject_kind,
        where=where,
        status=case.status,
        tier=case.tier,
        categories=case.categories,
        version=case.version,
        opened_at=case.opened_at,
        tier_since_at=case.tier_since_at,
        first_look_at=case.first_look_at,
        due_at=due_at(case),
        is_late=is_late(case, now),
        is_mine=is_held and case.claimed_by == actor.account_id,
        is_appealed=case.is_appealed,
        raised=raised,
        holder_name=names.get(case.claimed_by) if case.claimed_by and is_held else None,
        claim_ends_at=case.claim_ends_at if is_held else None,
        more_ids=more_ids,
    )


async def _raised(session: AsyncSession, case_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select(Flag.case_id, func.count())
        .where(Flag.case_id.in_(case_ids), Flag.resolved_at.is_(None))
        .group_by(Flag.case_id)
    )
    return {case_id: int(count) for case_id, count in await session.execute(query)}
