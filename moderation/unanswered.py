"""Nobody has looked yet: whoever waits for a person hears it by itself (promise 8).

The notice is written in the transaction that asks, due ten minutes later, and taken back when
somebody looks. Outside the staffed hours there is none: that nobody is here was said at once.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core.safety import Category, Concern, Source, Tier
from moderation import helping, hours
from moderation.cases import Case
from moderation.documents import CrisisDirectory, StaffedHours
from moderation.helping import UNANSWERED_AFTER, Place
from moderation.safety_words import SafetyWords
from people import documents, notices
from people.notices import NoticeKind


async def begin(session: AsyncSession, case: Case, concern: Concern) -> None:
    """Have whoever waits told in ten minutes, unless somebody looked; idempotent for each wait."""
    waits = _who_waits(case, concern)
    if waits is None or case.first_look_at is not None:
        return
    staffed_hours = await documents.current(session, StaffedHours)
    if not hours.staffed(staffed_hours, concern.at).is_staffed:
        return
    due_at = concern.at + UNANSWERED_AFTER
    place = Place(
        words=await documents.current(session, SafetyWords),
        staffed_hours=staffed_hours,
        directory=await documents.current(session, CrisisDirectory),
        now=due_at,
    )
    await notices.send(
        session,
        account_id=waits,
        kind=NoticeKind.SUPPORT,
        # One for each wait: its clock begins anew when more comes in after a look.
        dedupe_key=f"{_of(case)}{waits}:{case.tier_since_at.isoformat()}",
        words=helping.asked_a_person(place, asked_at=concern.at),
        # In the talk itself, where they wait; not in one that somebody only told us about.
        subject_id=case.room_id if await _is_in(session, case.room_id, waits) else None,
        due_at=due_at,
        now=concern.at,
    )


async def _is_in(session: AsyncSession, room_id: UUID | None, account_id: UUID) -> bool:
    return room_id is not None and account_id in await rooms.members(session, room_id)


def _who_waits(case: Case, concern: Concern) -> UUID | None:
    """Return who was told that a person is asked to look now, if anyone was."""
    if concern.tier is not Tier.NOW:
        return None
    if concern.source is not Source.SCREENING:
        return concern.reporter_id
    return case.author_id if Category.DISTRESS in concern.categories else None


async def end(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """Somebody looked, or decided: nobody is told any more that nobody did."""
    await notices.withdraw(session, begins_with=_of(case), now=now)


def _of(case: Case) -> str:
    return f"unanswered:{case.id}:"
