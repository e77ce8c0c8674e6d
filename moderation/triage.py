"""Which case comes first: tier, then severity and waiting. The order is pure; then the query.

A queue that only ever takes the worst first starves its middle: a live triage tool raised the
answers to crisis posts and lost five points on amber (docs: moderation, the desk).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.safety import Category, SubjectKind, Tier
from moderation import claims, interests, places
from moderation.cases import Case
from moderation.flags import Flag
from moderation.fold import Status
from moderation.places import Where
from people import accounts
from people.permissions import Act, Actor, require

# From commit to the first human look; for "now" the half of them within a minute.
LOOK_WITHIN: Final[Mapping[Tier, timedelta]] = MappingProxyType(
    {
        Tier.NOW: timedelta(minutes=5),
        Tier.SOON: timedelta(minutes=30),
        Tier.ROUTINE: timedelta(hours=4),
        Tier.NONE: timedelta(hours=4),
    }
)
MEDIAN_LOOK_FOR_NOW: Final = timedelta(seconds=60)

# How much sooner within a tier. By what may happen to somebody, not by how many said so: one
# first report about a threat stands as high as fifty (promise 20).
SEVERITY: Final[Mapping[Category, int]] = MappingProxyType(
    {
        Category.DISTRESS: 4,
        Category.ENCOURAGEMENT: 4,
        Category.THREAT: 4,
        Category.SEXUAL: 3,
        Category.HATE: 3,
        Category.HARASSMENT: 3,
        Category.EATING: 2,
        Category.MEDICATION: 2,
        Category.CONTACT: 1,
        Category.SPAM: 1,
    }
)


class Waiting(Protocol):
    """What the order needs to know of a case."""

    @property
    def id(self) -> UUID:
        """Settles ties."""
        ...

    @property
    def tier(self) -> Tier:
        """How soon a person should look."""
        ...

    @property
    def categories(self) -> frozenset[Category]:
        """What it may be about."""
        ...

    @property
    def tier_since_at(self) -> datetime:
        """When its clock began."""
        ...

    @property
    def first_look_at(self) -> datetime | None:
        """When somebody first looked, if anyone has."""
        ...


def severity(categories: frozenset[Category]) -> int:
    """Return 1 (nothing known) to 4 (life or limb)."""
    return max((SEVERITY[category] for category in categories), default=1)


def order_key(case: Waiting, now: datetime) -> tuple[int, float, UUID]:
    """Return what sorts first things first: tier, then severity × age + age³, then id.

    Age is counted in the tier's own clock. Within the clock severity leads (the cube is below
    one); from twice the clock on the cube weighs as much as any severity; and since it grows
    fastest, of two cases of a tier the older one is ahead from some moment on.
    """
    age = max(now - case.tier_since_at, timedelta(0)) / LOOK_WITHIN[case.tier]
    return -case.tier.urgency, -(severity(case.categories) * age + age**3), case.id


def due_at(case: Waiting) -> datetime:
    """Return by when somebody should have looked."""
    return case.tier_since_at + LOOK_WITHIN[case.tier]


def is_late(case: Waiting, now: datetime) -> bool:
    """Tell whether nobody has looked in time."""
    return case.first_look_at is None and now > due_at(case)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. It never holds anybody's words."""

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
    ordered = [case for case in ordered if tier in (None, case.tier)]
    if after is not None and (last := await session.get(Case, after)) is not None:
        # By its place, not by finding it again: it may have been decided since.
        ordered = [case for case in ordered if order_key(case, now) > order_key(last, now)]
    size = max(1, min(limit, limits.PAGE_ITEMS))
    shown = ordered[:size]
    return Page(
        await _rows(session, actor, shown, now=now),
        shown[-1].id if len(ordered) > size else None,
        counts,
    )


async def _rows(
    session: AsyncSession, actor: Actor, shown: list[Case], *, now: datetime
) -> tuple[Row, ...]:
    names = await accounts.names(session, {case.claimed_by for case in shown if case.claimed_by})
    raised = await _raised(session, [case.id for case in shown])
    wheres = await places.of_cases(session, shown)
    return tuple(
        _row(case, actor, wheres[case.id], now=now, names=names, raised=raised.get(case.id, 0))
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
    )


async def _raised(session: AsyncSession, case_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select(Flag.case_id, func.count())
        .where(Flag.case_id.in_(case_ids), Flag.resolved_at.is_(None))
        .group_by(Flag.case_id)
    )
    return {case_id: int(count) for case_id, count in await session.execute(query)}
