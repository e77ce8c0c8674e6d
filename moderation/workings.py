"""Workings: how each step of a decision is done, and how it is taken back."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import case as when
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.sentences import Sentence
from moderation import absences, cases, effects, places, removals, seats, talks, words
from moderation.cases import Case
from moderation.effects import Effect
from moderation.fold import Happening, Kind
from moderation.kinds import ORDER, REVERSIBLE, EffectKind, Step
from people import accounts, audit, notices
from people.notices import NoticeKind
from people.permissions import Standing

# One sweep's worth; the next one takes the rest.
SWEEP: Final = 100
# These hold until an end, and of several the longest counts.
HOLDING: Final = frozenset(
    {EffectKind.MUTE, EffectKind.RESTRICT, EffectKind.SUSPEND, EffectKind.REMOVE}
)


async def work(session: AsyncSession, case: Case, steps: list[Step], *, now: datetime) -> None:
    """Make the steps happen in talks, groups and accounts."""
    for step in sorted(steps, key=lambda step: ORDER.index(step.kind)):
        if step.kind in HOLDING:
            row = effects.row(case, step, now=now)
            # An effect that lasts longer already is not cut short.
            others = await effects.others_end(session, row, now=now)
            await _put_in_force(session, row, until=effects.latest([row.ends_at, *others]))
        elif step.kind in _ONCE:
            await _ONCE[step.kind](session, case, now)


async def _hide(session: AsyncSession, case: Case, now: datetime) -> None:
    await talks.hide(session, message_id=case.subject_id, now=now)


async def _release(session: AsyncSession, case: Case, now: datetime) -> None:
    await talks.release(session, pending_id=case.subject_id, now=now)


async def _refuse(session: AsyncSession, case: Case, now: datetime) -> None:
    await talks.refuse(session, pending_id=case.subject_id, words=words.NOT_SENT_ON, now=now)


async def _out_of_group(session: AsyncSession, case: Case, now: datetime) -> None:
    group_id = await places.group_of(session, case.room_id)
    assert group_id is not None
    assert case.author_id is not None
    await seats.take_out(session, group_id, case.author_id, now=now)


async def _confirm(session: AsyncSession, case: Case, now: datetime) -> None:
    assert case.author_id is not None
    waits = Effect.case_id == case.id, Effect.kind == EffectKind.REMOVE, Effect.undone_at.is_(None)
    await session.execute(update(Effect).where(*waits).values(ends_at=None))
    await accounts.set_standing(session, case.author_id, Standing.SUSPENDED)
    await removals.hold(session, case.author_id, case_id=case.id, now=now)


_ONCE: Final[Mapping[EffectKind, Callable[[AsyncSession, Case, datetime], Awaitable[None]]]] = (
    MappingProxyType(
        {
            EffectKind.HIDE: _hide,
            EffectKind.RELEASE: _release,
            EffectKind.REFUSE: _refuse,
            EffectKind.OUT_OF_GROUP: _out_of_group,
            EffectKind.CONFIRM: _confirm,
        }
    )
)


async def _put_in_force(session: AsyncSession, effect: Effect, *, until: datetime | None) -> None:
    """Let it hold until then; without an end for a removal that two people decided."""
    assert effect.account_id is not None
    if effect.kind is EffectKind.RESTRICT:
        await accounts.set_private_until(session, effect.account_id, until)
    elif effect.kind is EffectKind.MUTE:
        assert effect.room_id is not None
        assert until is not None
        await talks.mute(session, room_id=effect.room_id, account_id=effect.account_id, until=until)
    else:
        await accounts.set_standing(session, effect.account_id, Standing.SUSPENDED, until=until)


async def _lift(session: AsyncSession, effect: Effect, *, now: datetime) -> Sentence:
    """End it, nothing else keeping its author from it; return what they are told."""
    told = words.taken_back(effect.kind)
    if effect.kind is EffectKind.HIDE:
        # Its author may have taken it away, or its time in the talk is over: nothing to show.
        with suppress(NotFound):
            await talks.show(session, message_id=effect.subject_id, now=now)
    elif effect.kind is EffectKind.RESTRICT:
        assert effect.account_id is not None
        await accounts.set_private_until(session, effect.account_id, None)
    elif effect.kind in (EffectKind.SUSPEND, EffectKind.REMOVE):
        assert effect.account_id is not None
        await accounts.set_standing(session, effect.account_id, Standing.ACTIVE)
        await absences.end(session, effect.account_id, effect_id=effect.id, now=now)
    elif effect.kind is EffectKind.MUTE:
        return await _unmuted(session, effect, told, now=now)
    elif effect.kind is EffectKind.OUT_OF_GROUP:
        return told if await _give_back(session, effect, now=now) else words.GROUP_IS_FULL
    return told


async def _unmuted(
    session: AsyncSession, effect: Effect, told: Sentence, *, now: datetime
) -> Sentence:
    """Let them write again; nobody reads that they may where something else still keeps them."""
    assert effect.account_id is not None
    assert effect.room_id is not None
    where = {"room_id": effect.room_id, "account_id": effect.account_id}
    if not await talks.unmute(session, **where, now=now):
        return words.QUIET_FOR_THE_GROUP
    is_alone = await talks.is_kept_from_one_person(session, **where, now=now)
    return words.STILL_IN_GROUPS_ONLY if is_alone else told


async def _give_back(session: AsyncSession, effect: Effect, *, now: datetime) -> bool:
    group_id = await places.group_of(session, effect.room_id)
    assert group_id is not None
    assert effect.account_id is not None
    return await seats.give_back(session, group_id, effect.account_id, now=now)


async def take_back(
    session: AsyncSession, effect_id: UUID, *, by_id: UUID | None, now: datetime
) -> bool:
    """End an effect; idempotent. Return whether it was in force. `by_id` None: its time is up.

    Its author is told, unless another effect of the same kind still holds for them.
    """
    effect = await end(session, effect_id, by_id=by_id, now=now)
    if effect is not None:
        await log(session, effect, by_id=by_id, now=now)
    return effect is not None


async def end(
    session: AsyncSession, effect_id: UUID, *, by_id: UUID | None, now: datetime
) -> Effect | None:
    """End an effect where it holds; its case isn't touched yet (rooms before cases)."""
    effect: Effect | None = await session.scalar(
        update(Effect)
        .where(Effect.id == effect_id, Effect.undone_at.is_(None), Effect.kind.in_(REVERSIBLE))
        .values(undone_at=now, undone_by=by_id)
        .returning(Effect),
        execution_options={"populate_existing": True},
    )
    if effect is None:
        return None
    if effect.kind is EffectKind.REMOVE:
        await removals.forget(session, effect.case_id)
    others = await effects.others_end(session, effect, now=now)
    if not others or effect.kind in (EffectKind.GUIDE, EffectKind.WARN):
        await _tell(session, effect, await _lift(session, effect, now=now), now=now)
    elif effect.kind in HOLDING:
        await _put_in_force(session, effect, until=effects.latest(others))
    return effect


async def log(session: AsyncSession, effect: Effect, *, by_id: UUID | None, now: datetime) -> None:
    """Write into its case that an effect is over: the second half of `end`."""
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


_IN_ORDER: Final = when({kind: place for place, kind in enumerate(ORDER)}, value=Effect.kind)


async def undo_due(session: AsyncSession, now: datetime) -> int:
    """End the organisation's effects whose time is up; idempotent; return how many ended now."""
    due = await session.scalars(
        select(Effect.id)
        .where(Effect.ends_at <= now, Effect.undone_at.is_(None), Effect.kind.in_(REVERSIBLE))
        .order_by(_IN_ORDER, Effect.ends_at, Effect.id)
        .limit(SWEEP)
    )
    found = [await end(session, effect_id, by_id=None, now=now) for effect_id in due.all()]
    ended = [effect for effect in found if effect is not None]
    # Rooms and accounts first, then every case, as in a decision.
    for effect in sorted(ended, key=lambda effect: effect.case_id):
        await log(session, effect, by_id=None, now=now)
    return len(ended)
