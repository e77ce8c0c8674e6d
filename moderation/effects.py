"""Effects: what a decision did to somebody, for how long. How it is worked: `workings`."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.tables import Base, Identified, Owned, Retention, field
from moderation.cases import Case
from moderation.kinds import (
    CONFIRM_WITHIN,
    PAUSING,
    RECORDED,
    REVERSIBLE,
    EffectKind,
    Step,
)


class Effect(Base, Identified, Owned):
    """Something done to an account or its message. In force until it ends or is undone."""

    __tablename__ = "effect"
    __table_args__ = (Index("ix_effect_due", "ends_at", "undone_at"),)

    case_id: Mapped[UUID] = field(Retention.CASE, ForeignKey("safety_case.id"), index=True)
    kind: Mapped[EffectKind] = field(Retention.CASE, personal="account_id")
    account_id: Mapped[UUID | None] = field(Retention.CASE, personal="account_id", index=True)
    subject_id: Mapped[UUID] = field(Retention.CASE)
    room_id: Mapped[UUID | None] = field(Retention.CASE)
    starts_at: Mapped[datetime] = field(Retention.CASE, personal="account_id")
    ends_at: Mapped[datetime | None] = field(Retention.CASE, personal="account_id")
    decided_by: Mapped[UUID | None] = field(Retention.CASE, personal="decided_by")
    undone_at: Mapped[datetime | None] = field(Retention.CASE, personal="account_id")
    undone_by: Mapped[UUID | None] = field(Retention.CASE, personal="undone_by")

    @property
    def can_be_undone(self) -> bool:
        """True while it is in force and of a kind that can be taken back."""
        return self.kind in REVERSIBLE and self.undone_at is None


def record(
    session: AsyncSession, case: Case, steps: list[Step], *, by_id: UUID, now: datetime
) -> None:
    """Keep the steps that are done to somebody, so that they end and can be questioned."""
    session.add_all(
        row(case, step, by_id=by_id, now=now) for step in steps if step.kind in RECORDED
    )


def row(case: Case, step: Step, *, by_id: UUID | None = None, now: datetime) -> Effect:
    """Return what a step does to a case's author as it is kept."""
    return Effect(
        id=ids.new_id(),
        organisation_id=case.organisation_id,
        case_id=case.id,
        kind=step.kind,
        account_id=case.author_id,
        subject_id=case.subject_id,
        room_id=case.room_id,
        starts_at=now,
        ends_at=ends_at(step, now=now),
        decided_by=by_id,
    )


def ends_at(step: Step, *, now: datetime) -> datetime | None:
    """Return when a step ends by itself; a removal does unless somebody confirms it."""
    lasts = CONFIRM_WITHIN if step.kind is EffectKind.REMOVE else step.lasts
    return now + lasts if lasts else None


def latest(ends: Iterable[datetime | None]) -> datetime | None:
    """Return the latest of these ends; None when one of them has none. Never of nothing."""
    known = list(ends)
    return None if None in known else max(one for one in known if one is not None)


async def others_end(
    session: AsyncSession, effect: Effect, *, now: datetime
) -> list[datetime | None]:
    """Return when each other effect of the same kind on the same target ends."""
    kinds = PAUSING if effect.kind in PAUSING else {effect.kind}
    same = [
        Effect.kind.in_(kinds),
        Effect.id != effect.id,
        Effect.undone_at.is_(None),
        or_(Effect.ends_at.is_(None), Effect.ends_at > now),
    ]
    if effect.kind is EffectKind.HIDE:
        same.append(Effect.subject_id == effect.subject_id)
    else:
        same.append(Effect.account_id == effect.account_id)
    if effect.kind in (EffectKind.MUTE, EffectKind.OUT_OF_GROUP):
        same.append(Effect.room_id == effect.room_id)
    return list(await session.scalars(select(Effect.ends_at).where(*same)))


async def of_case(session: AsyncSession, case_id: UUID) -> list[Effect]:
    """Return what was done in a case, oldest first."""
    query = select(Effect).where(Effect.case_id == case_id).order_by(Effect.starts_at, Effect.id)
    return list((await session.scalars(query)).all())


async def unconfirmed(session: AsyncSession, case_id: UUID) -> Effect | None:
    """Return the removal of a case that waits for a second person, if one does."""
    query = select(Effect).where(Effect.case_id == case_id, Effect.kind == EffectKind.REMOVE)
    waits = query.where(Effect.undone_at.is_(None), Effect.ends_at.is_not(None))
    return (await session.scalars(waits.order_by(Effect.starts_at.desc()).limit(1))).one_or_none()
