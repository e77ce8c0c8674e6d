"""Looks: whoever reads members' words leaves a line, and the member can see that staff looked.

One neutral wording, by day: it tells neither who looked nor who or what raised it (promise 29).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.safety import SubjectKind
from core.tables import Base, Copied, Identified, Owned, Retention, field
from moderation import delays, words
from moderation.cases import Case, CaseEvent
from moderation.documents import StaffedHours
from moderation.flags import Flag
from moderation.fold import Kind
from people import audit, documents
from people.permissions import Act, Actor, require

# Promise 29: no look stays untold for longer, decided or not.
TOLD_WITHIN: Final = timedelta(days=90)


class Look(Base, Identified, Owned):
    """One member of staff read one person's words, for a reason."""

    __tablename__ = "look"

    account_id: Mapped[UUID] = field(Retention.CASE, personal="account_id")
    case_id: Mapped[UUID | None] = field(Retention.CASE, index=True)
    subject_kind: Mapped[SubjectKind] = field(Retention.CASE)
    subject_id: Mapped[UUID] = field(Retention.CASE)
    author_id: Mapped[UUID] = field(Retention.CASE, personal="author_id", index=True)
    room_id: Mapped[UUID | None] = field(Retention.CASE)
    reason_sealed: Mapped[bytes | None] = field(
        Retention.CASE, copied=Copied.OTHERS, personal="account_id"
    )
    at: Mapped[datetime] = field(Retention.CASE, personal="author_id", copied=Copied.OTHERS)

    reason = encryption.Sealed("reason_sealed")


@dataclass(frozen=True, slots=True)
class LookedOn:
    """A day on which staff read something of mine, in the organisation's own zone."""

    day: date
    words: str


async def write(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    *,
    author_ids: Iterable[UUID],
    reason: str,
    now: datetime,
) -> None:
    """Note that the actor read these people's words; audited as one look."""
    session.add_all(
        Look(
            id=ids.new_id(),
            account_id=actor.account_id,
            case_id=case.id,
            subject_kind=case.subject_kind,
            subject_id=case.subject_id,
            author_id=author_id,
            room_id=case.room_id,
            reason=reason,
            at=now,
        )
        for author_id in sorted(set(author_ids))
    )
    await session.flush()
    audit.record(
        session,
        kind="case_looked",
        actor_id=actor.account_id,
        subject_kind="safety_case",
        subject_id=case.id,
        now=now,
    )


async def at_my_words(session: AsyncSession, actor: Actor, *, now: datetime) -> list[LookedOn]:
    """Return the days on which staff read something of mine, the newest first.

    Whoever asked for the look sees it at once, everybody else after the decision, unless two
    people had a ground to tell it later (`moderation.delays`).
    """
    require(actor, Act.SEE_OWN)
    asked = exists().where(Flag.case_id == Look.case_id, Flag.reporter_id == actor.account_id)
    decided = exists().where(
        CaseEvent.case_id == Look.case_id,
        CaseEvent.kind == Kind.DECIDED,
        CaseEvent.at >= Look.at,
    )
    found = await session.scalars(
        select(Look.at)
        .where(Look.author_id == actor.account_id)
        .where(
            or_(
                asked,
                and_(decided, ~delays.holds(Look.case_id, now)),
                Look.case_id.is_(None),
                Look.at <= now - TOLD_WITHIN,
            )
        )
    )
    zone = (await documents.current(session, StaffedHours)).zone
    days = {at.astimezone(zone).date() for at in found}
    return [LookedOn(day, words.STAFF_LOOKED) for day in sorted(days, reverse=True)]
