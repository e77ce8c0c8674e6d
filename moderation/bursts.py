"""Bursts: what one person tells us of another within a day stands on one line of the queue.

Only the line is shared, or fifty of them would bury what others wait for (promise 20). Each stays
a case with its own words, tier and clock. Nothing is merged that somebody else raised too, nor
what is grave.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import Tier
from moderation.cases import Case
from moderation.flags import Flag
from moderation.fold import Status
from moderation.reasons import KINDLY, Reason

WITHIN: Final = timedelta(days=1)
# Promise 20 names them, each time a first time; and who is worried says it against nobody.
ALONE: Final = frozenset({Reason.THREAT, Reason.HARM, Reason.SEXUAL, Reason.STALKING, *KINDLY})


@dataclass(frozen=True, slots=True)
class Told:
    """Who alone told us of whom, and when first."""

    reporter_id: UUID
    author_id: UUID
    at: datetime


async def by_one_person(session: AsyncSession) -> dict[UUID, Told]:
    """Return what waits and was raised by one person only, by the case's id.

    Only where somebody told us of the same person twice: all else has a line of its own, unread.
    """
    query = (
        select(Flag.case_id, Flag.reporter_id, Flag.author_id, Flag.reason, Flag.at)
        .join(Case, Case.id == Flag.case_id)
        .where(Case.status != Status.DECIDED, Flag.case_id.in_(_told_twice()))
        .order_by(Flag.at.desc(), Flag.id)
    )
    told: dict[UUID, Told] = {}
    others: set[UUID] = set()
    for case_id, reporter_id, author_id, reason, at in await session.execute(query):
        known = told.get(case_id)
        is_anothers = known is not None and known.reporter_id != reporter_id
        if not (reporter_id and author_id and reason) or reason in ALONE or is_anothers:
            others.add(case_id)
        else:
            told[case_id] = Told(reporter_id, author_id, at)
    return {case_id: one for case_id, one in told.items() if case_id not in others}


def _told_twice() -> Select[UUID]:
    """Return the cases of whoever told us, of one person, in more than one that is open."""
    is_open = Flag.resolved_at.is_(None)
    twice = (
        select(Flag.reporter_id, Flag.author_id)
        .where(is_open, Flag.reporter_id.is_not(None), Flag.author_id.is_not(None))
        .group_by(Flag.reporter_id, Flag.author_id)
        .having(func.count(Flag.case_id.distinct()) > 1)
        .subquery()
    )
    same = (Flag.reporter_id == twice.c.reporter_id) & (Flag.author_id == twice.c.author_id)
    return select(Flag.case_id).join(twice, same).where(is_open)


def gathered(ordered: Sequence[Case], told: Mapping[UUID, Told]) -> dict[UUID, tuple[UUID, ...]]:
    """Return which cases have a line, in this order, and the ids of those that stand on it. Pure.

    The foremost leads; a line holds one tier, so that nothing grave stands behind what isn't.
    """
    lines: dict[UUID, tuple[UUID, ...]] = {}
    led: dict[tuple[UUID, UUID, Tier], list[UUID]] = {}
    for case in ordered:
        one = told.get(case.id)
        leads = led.setdefault((one.reporter_id, one.author_id, case.tier), []) if one else []
        lead = one and _near(one, leads, told)
        if lead:
            lines[lead] += (case.id,)
        else:
            leads.append(case.id)
            lines[case.id] = ()
    return lines


def _near(one: Told, leads: Iterable[UUID], told: Mapping[UUID, Told]) -> UUID | None:
    return next((lead for lead in leads if abs(told[lead].at - one.at) < WITHIN), None)
