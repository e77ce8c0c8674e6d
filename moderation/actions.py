"""Decisions: several steps in one transaction, each reversible, every one with its reason told.

What may be decided at all is `moderation.rulings`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict, NotFound
from core.safety import SubjectKind
from core.sentences import Sentence, say
from moderation import (
    absences,
    aftercare,
    case_words,
    cases,
    claims,
    codes,
    effects,
    flags,
    interests,
    letters,
    removals,
    rulings,
    unanswered,
    words,
    workings,
)
from moderation.cases import Case, CaseEvent
from moderation.effects import Effect
from moderation.flags import Answered
from moderation.fold import Happening, Kind, Status
from moderation.kinds import HAS_ACTED, PAUSING, SANCTIONS, EffectKind, Step
from moderation.rulings import Ruling
from people import accounts, audit, notices
from people.notices import NoticeKind
from people.permissions import Act, Actor, require


class Superseded(Conflict):
    """Somebody else moved the case on; the detail says what they did."""

    code, title = "superseded", say("Somebody else has moved this on.")


async def decide(
    session: AsyncSession,
    actor: Actor,
    case_id: UUID,
    *,
    version: int,
    steps: list[Step],
    rule: str | None = None,
    reason_words: str = "",
    now: datetime,
) -> None:
    """Settle a case: take the steps, tell its author why, tell whoever asked what came of it.

    `version` is that of the case as it was read. `rule` names a house rule, and is needed for
    whatever is done to somebody; `reason_words` go to the author, or are what reaching out says.

    Raises:
        NotFound: there is none, or the actor has a part in it.
        Superseded: it moved on since; also the second of a double click.
        Held: somebody else works on it.
        NotOnOffer, Invalid: the steps don't fit the case, each other, or their bounds.
    """
    require(actor, Act.DECIDE_CASE)
    case = await interests.require_no_part(session, actor, case_id)
    await _require_version(session, case, version)
    await claims.require_free(session, actor, case, now=now)
    ruling = await rulings.rule_on(
        session, actor, case, steps=steps, rule=rule, own_words=reason_words, now=now
    )
    # The room before the case (moderation.talks); the version is checked again under its lock.
    await workings.work(session, case, ruling.steps, now=now)
    let_go = await _not_confirmed(session, actor, case, ruling, now=now)
    case = await cases.lock(session, case_id)
    await claims.lapse(session, case, now=now)
    await _require_version(session, case, version)
    effects.record(session, case, ruling.steps, by_id=actor.account_id, now=now)
    decided = Happening(Kind.DECIDED, now, actor_id=actor.account_id)
    data = ruling.data | {"is_support": case.is_support}
    entry = await cases.append(session, case, decided, data=data)
    if let_go is not None:
        await workings.log(session, let_go, by_id=actor.account_id, now=now)
    await case_words.write(session, entry, ruling.own_words)
    await unanswered.end(session, case, now=now)
    answered = await flags.resolve(session, case_id, now=now)
    await _tell_author(session, actor, case, ruling, entry, now=now)
    await _tell_writer(session, case, ruling, entry, now=now)
    await _tell_reporters(session, case, ruling, entry, answered, now=now)
    _audit(session, actor, case, ruling, now=now)
    if case.is_support and EffectKind.REACHED_OUT in ruling.kinds:
        await aftercare.begin(session, case, now=now)
    if ruling.kinds & PAUSING:
        await absences.tell(session, case, decision_id=entry.id, now=now)
    if EffectKind.REMOVE in ruling.kinds:
        await removals.ask_second(session, case.subject, now=now)


async def _not_confirmed(
    session: AsyncSession, actor: Actor, case: Case, ruling: Ruling, *, now: datetime
) -> Effect | None:
    """A second person who decides otherwise has said no: what they were asked for is over."""
    waits = await effects.unconfirmed(session, case.id)
    if waits is None or EffectKind.CONFIRM in ruling.kinds:
        return None
    return await workings.end(session, waits.id, by_id=actor.account_id, now=now)


async def _require_version(session: AsyncSession, case: Case, version: int) -> None:
    if case.version == version and case.status is not Status.DECIDED:
        return
    telling = (Kind.FLAGGED, Kind.REOPENED, Kind.DECIDED, Kind.UNDONE)
    last = await session.scalar(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.kind.in_(telling))
        .order_by(CaseEvent.seq.desc())
        .limit(1)
    )
    raise Superseded(await _what_happened(session, last), version=case.version)


async def _what_happened(session: AsyncSession, last: CaseEvent | None) -> Sentence:
    if last is None or last.kind in (Kind.FLAGGED, Kind.REOPENED):
        return words.MORE_WAS_SAID
    if last.kind is Kind.UNDONE:
        return words.SOMETHING_UNDONE
    names = await accounts.names(session, {last.actor_id} if last.actor_id else set())
    did = [EffectKind(kind) for kind in last.data["effects"]]
    return words.settled_by(names.get(last.actor_id) if last.actor_id else None, did)


async def _tell_author(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    ruling: Ruling,
    entry: CaseEvent,
    *,
    now: datetime,
) -> None:
    if case.author_id is None or not await accounts.names(session, {case.author_id}):
        return
    if EffectKind.REACHED_OUT in ruling.kinds and case.subject_kind is SubjectKind.LETTER:
        await letters.answer(
            session, case.author_id, ruling.own_words, by_id=actor.account_id, now=now
        )
    if EffectKind.REACHED_OUT in ruling.kinds:
        await notices.send(
            session,
            account_id=case.author_id,
            kind=NoticeKind.SUPPORT,
            dedupe_key=f"reached_out:{entry.id}",
            words=words.reached_out(actor.name, ruling.own_words),
            subject_id=case.room_id,
            now=now,
        )
    if ruling.reason:
        code = await codes.give(session, case, now=now)
        await notices.send(
            session,
            account_id=case.author_id,
            kind=NoticeKind.REASON,
            dedupe_key=f"reason:{entry.id}",
            words=words.with_code(ruling.reason, code),
            subject_id=case.id,
            now=now,
        )


async def _tell_writer(
    session: AsyncSession, case: Case, ruling: Ruling, entry: CaseEvent, *, now: datetime
) -> None:
    """Tell whoever wrote to the team that they were read, where nobody writes back."""
    if case.subject_kind is not SubjectKind.LETTER or EffectKind.REACHED_OUT in ruling.kinds:
        return
    if case.author_id is None or not await accounts.names(session, {case.author_id}):
        return
    await notices.send(
        session,
        account_id=case.author_id,
        kind=NoticeKind.OUTCOME,
        dedupe_key=f"letter_read:{entry.id}",
        words=words.LETTER_READ,
        now=now,
    )


async def _tell_reporters(
    session: AsyncSession,
    case: Case,
    ruling: Ruling,
    entry: CaseEvent,
    answered: list[Answered],
    *,
    now: datetime,
) -> None:
    was_taken_back = await _was_taken_back(session, case.id)
    # Whoever is erased reads the outcome by their code: nothing is kept for them any more.
    here = await accounts.names(session, {one.reporter_id for one in answered})
    for one in answered:
        if one.reporter_id not in here:
            continue
        told = words.outcome(
            one.reason,
            has_acted=bool(ruling.kinds & HAS_ACTED),
            was_taken_back=was_taken_back,
        )
        await notices.send(
            session,
            account_id=one.reporter_id,
            kind=NoticeKind.OUTCOME,
            dedupe_key=f"outcome:{entry.id}:{one.reporter_id}",
            words=told,
            now=now,
        )


async def _was_taken_back(session: AsyncSession, case_id: UUID) -> bool:
    mine = Effect.case_id == case_id
    by_a_person = exists().where(mine, Effect.undone_by.is_not(None))
    still = exists().where(mine, Effect.undone_at.is_(None))
    return bool(await session.scalar(select(by_a_person & ~still)))


def _audit(
    session: AsyncSession, actor: Actor, case: Case, ruling: Ruling, *, now: datetime
) -> None:
    audit.record(
        session,
        kind="case_decided",
        actor_id=actor.account_id,
        subject_kind="safety_case",
        subject_id=case.id,
        now=now,
    )
    for kind in sorted(ruling.kinds & SANCTIONS):
        audit.record(
            session,
            kind=f"effect_{kind}",
            actor_id=actor.account_id,
            subject_kind="account",
            subject_id=case.author_id,
            now=now,
        )


async def undo(session: AsyncSession, actor: Actor, effect_id: UUID, *, now: datetime) -> bool:
    """Take something back before its time; idempotent. Return whether it was in force.

    Raises:
        NotFound: there is no such effect, or the actor has a part in its case.
    """
    require(actor, Act.DECIDE_CASE)
    effect = await session.get(Effect, effect_id)
    if effect is None:
        raise NotFound
    await interests.require_no_part(session, actor, effect.case_id)
    return await workings.take_back(session, effect_id, by_id=actor.account_id, now=now)


# The sweep of whatever is timed; upkeep runs it.
undo_due = workings.undo_due
