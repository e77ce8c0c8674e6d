"""Effects: what a decision does to somebody, for how long, and how it is taken back."""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.errors import NotFound
from core.sentences import Sentence
from core.tables import Base, Identified, Owned, Retention, field
from moderation import cases, talks, words
from moderation.cases import Case
from moderation.fold import Happening, Kind
from moderation.kinds import ORDER, REVERSIBLE, SANCTIONS, EffectKind, Step
from people import accounts, audit, notices
from people.notices import NoticeKind
from people.permissions import Standing

# One sweep's worth; the next one takes the rest.
SWEEP: Final = 100


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
    undone_at: Mapped[datetime | None] = field(Retention.CASE, personal="account_id")
    undone_by: Mapped[UUID | None] = field(Retention.CASE, personal="undone_by")

    @property
    def can_be_undone(self) -> bool:
        """True while it is in force and of a kind that can be taken back."""
        return self.kind in REVERSIBLE and self.undone_at is None


async def work(session: AsyncSession, case: Case, steps: list[Step], *, now: datetime) -> None:
    """Make the steps happen in talks and accounts."""
    for step in sorted(steps, key=lambda step: ORDER.index(step.kind)):
        ends_at = now + step.lasts if step.lasts else None
        if step.kind is EffectKind.HIDE:
            await talks.hide(session, message_id=case.subject_id, now=now)
        elif step.kind is EffectKind.RELEASE:
            await talks.release(session, pending_id=case.subject_id, now=now)
        elif step.kind is EffectKind.REFUSE:
            await talks.refuse(
                session, pending_id=case.subject_id, words=words.NOT_SENT_ON, now=now
            )
        elif step.kind in (EffectKind.MUTE, EffectKind.SUSPEND):
            row = _row(case, step, now=now)
            # An effect that lasts longer already is not cut short.
            longest = max(filter(None, [ends_at, *await _others_end(session, row, now=now)]))
            await _put_in_force(session, row, until=longest)


def record(session: AsyncSession, case: Case, steps: list[Step], *, now: datetime) -> None:
    """Keep the steps that are done to somebody, so that they end and can be questioned."""
    session.add_all(_row(case, step, now=now) for step in steps if step.kind in SANCTIONS)


def _row(case: Case, step: Step, *, now: datetime) -> Effect:
    return Effect(
        id=ids.new_id(),
        organisation_id=case.organisation_id,
        case_id=case.id,
        kind=step.kind,
        account_id=case.author_id,
        subject_id=case.subject_id,
        room_id=case.room_id,
        starts_at=now,
        ends_at=now + step.lasts if step.lasts else None,
    )


async def _put_in_force(session: AsyncSession, effect: Effect, *, until: datetime) -> None:
    assert effect.account_id is not None
    if effect.kind is EffectKind.SUSPEND:
        await accounts.set_standing(session, effect.account_id, Standing.SUSPENDED, until=until)
        return
    assert effect.room_id is not None
    await talks.mute(session, room_id=effect.room_id, account_id=effect.account_id, until=until)


async def _lift(session: AsyncSession, effect: Effect, *, now: datetime) -> bool:
    """Return whether nothing else keeps its author from it."""
    if effect.kind is EffectKind.HIDE:
        # Its author may have taken it away, or its time in the talk is over: nothing to show.
        with suppress(NotFound):
            await talks.show(session, message_id=effect.subject_id, now=now)
        return True
    assert effect.account_id is not None
    if effect.kind is EffectKind.SUSPEND:
        await accounts.set_standing(session, effect.account_id, Standing.ACTIVE)
        return True
    assert effect.room_id is not None
    return await talks.unmute(
        session, room_id=effect.room_id, account_id=effect.account_id, now=now
    )


async def _others_end(
    session: AsyncSession, effect: Effect, *, now: datetime
) -> list[datetime | None]:
    """When each other effect of the same kind on the same target ends."""
    same = [
        Effect.kind == effect.kind,
        Effect.id != effect.id,
        Effect.undone_at.is_(None),
        or_(Effect.ends_at.is_(None), Effect.ends_at > now),
    ]
    if effect.kind is EffectKind.HIDE:
        same.append(Effect.subject_id == effect.subject_id)
    else:
        same.append(Effect.account_id == effect.account_id)
    if effect.kind is EffectKind.MUTE:
        same.append(Effect.room_id == effect.room_id)
    return list(await session.scalars(select(Effect.ends_at).where(*same)))


async def take_back(
    session: AsyncSession, effect_id: UUID, *, by_id: UUID | None, now: datetime
) -> bool:
    """End an effect; idempotent. Return whether it was in force. `by_id` None: its time is up.

    Its author is told, unless another effect of the same kind still holds for them.
    """
    effect = await _end(session, effect_id, by_id=by_id, now=now)
    if effect is not None:
        await _log(session, effect, by_id=by_id, now=now)
    return effect is not None


async def _end(
    session: AsyncSession, effect_id: UUID, *, by_id: UUID | None, now: datetime
) -> Effect | None:
    effect: Effect | None = await session.scalar(
        update(Effect)
        .where(Effect.id == effect_id, Effect.undone_at.is_(None), Effect.kind.in_(REVERSIBLE))
        .values(undone_at=now, undone_by=by_id)
        .returning(Effect),
        execution_options={"populate_existing": True},
    )
    if effect is None:
        return None
    others = await _others_end(session, effect, now=now)
    if not others:
        is_free = await _lift(session, effect, now=now)
        told = words.taken_back(effect.kind) if is_free else words.QUIET_FOR_THE_GROUP
        await _tell(session, effect, told, now=now)
    elif effect.kind is not EffectKind.HIDE:
        await _put_in_force(session, effect, until=max(filter(None, others)))
    return effect


async def _log(session: AsyncSession, effect: Effect, *, by_id: UUID | None, now: datetime) -> None:
    case = await cases.lock(session, effect.case_id)
    undone = Happening(Kind.UNDONE, now, actor_id=by_id)
    data = {"effect_id": str(effect.id), "effect": effect.kind.value}
    await cases.append(session, case, undone, data=data)
    audit.record(
        session,
        kind="effect_ended" if by_id is None else "effect_undone",
        actor_id=by_id,
        subject_kind="effect",
        subject_id=effect.id,
        now=now,
    )


async def _tell(session: AsyncSession, effect: Effect, told: Sentence, *, now: datetime) -> None:
    if effect.account_id is None:
        return
    await notices.send(
        session,
        account_id=effect.account_id,
        kind=NoticeKind.REASON,
        dedupe_key=f"taken_back:{effect.id}",
        words=told,
        now=now,
    )


async def undo_due(session: AsyncSession, now: datetime) -> int:
    """End the organisation's effects whose time is up; idempotent; return how many ended now."""
    due = await session.scalars(
        select(Effect.id)
        .where(Effect.ends_at <= now, Effect.undone_at.is_(None), Effect.kind.in_(REVERSIBLE))
        .order_by(Effect.kind, Effect.ends_at, Effect.id)
        .limit(SWEEP)
    )
    found = [await _end(session, effect_id, by_id=None, now=now) for effect_id in due.all()]
    ended = [effect for effect in found if effect is not None]
    # Rooms and accounts first, then every case, as in a decision.
    for effect in sorted(ended, key=lambda effect: effect.case_id):
        await _log(session, effect, by_id=None, now=now)
    return len(ended)


async def of_case(session: AsyncSession, case_id: UUID) -> list[Effect]:
    """Return what was done in a case, oldest first."""
    query = select(Effect).where(Effect.case_id == case_id).order_by(Effect.starts_at, Effect.id)
    return list((await session.scalars(query)).all())
