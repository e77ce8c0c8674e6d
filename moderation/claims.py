"""Claims: one moderator works on a case at a time, for as long as the lease runs."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict
from core.sentences import say
from moderation import cases, interests, words
from moderation.cases import Case
from moderation.fold import Happening, Kind, Status
from people import accounts, audit
from people.permissions import Act, Actor, require

# Long enough to read a talk and write a reason; short enough that a closed laptop frees it.
LEASE: Final = timedelta(minutes=15)


class Held(Conflict):
    """Somebody else works on it; `holder` and `until` say who and for how long."""

    code, title = "held", say("Somebody else is looking at this just now.")


async def claim(session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime) -> datetime:
    """Take a case, or renew one's own lease; return until when it is held.

    Raises:
        NotFound: there is none, or the actor has a part in it.
        Held: somebody else has it.
        Conflict: it is decided.
    """
    require(actor, Act.DECIDE_CASE)
    await interests.require_no_part(session, actor, case_id)
    case = await cases.lock(session, case_id)
    await lapse(session, case, now=now)
    await require_free(session, actor, case, now=now)
    if case.claimed_by is None:
        await cases.append(session, case, Happening(Kind.CLAIMED, now, actor_id=actor.account_id))
        _record(session, "case_claimed", actor.account_id, case, now=now)
    case.claim_ends_at = now + LEASE
    await session.flush()
    return case.claim_ends_at


async def release(session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime) -> None:
    """Let a case go; idempotent when nobody holds it.

    Raises:
        NotFound: there is none, or the actor has a part in it.
        Held: somebody else has it.
    """
    require(actor, Act.DECIDE_CASE)
    await interests.require_no_part(session, actor, case_id)
    case = await cases.lock(session, case_id)
    await require_free(session, actor, case, now=now)
    if case.status is Status.CLAIMED:
        await cases.append(session, case, Happening(Kind.RELEASED, now, actor_id=actor.account_id))
        _record(session, "case_released", actor.account_id, case, now=now)


async def require_free(session: AsyncSession, actor: Actor, case: Case, *, now: datetime) -> None:
    """Let nobody pass but the holder while the lease runs.

    Raises:
        Held: somebody else has it.
    """
    if case.claimed_by in (None, actor.account_id) or is_over(case, now):
        return
    assert case.claimed_by is not None
    name = (await accounts.names(session, {case.claimed_by})).get(case.claimed_by)
    until = case.claim_ends_at
    raise Held(
        words.held_by(name, until, now=now), holder=name, until=until.isoformat() if until else None
    )


def is_over(case: Case, now: datetime) -> bool:
    """Tell whether a case's lease has run out."""
    return case.claim_ends_at is not None and case.claim_ends_at <= now


async def lapse(session: AsyncSession, case: Case, *, now: datetime) -> bool:
    """Free a locked case whose lease has run out; return whether it had."""
    if case.status is not Status.CLAIMED or not is_over(case, now):
        return False
    await cases.append(session, case, Happening(Kind.LAPSED, now))
    _record(session, "case_claim_lapsed", None, case, now=now)
    return True


async def expire_claims(session: AsyncSession, now: datetime) -> int:
    """Free every case of the session's organisation whose lease has run out; idempotent."""
    due = await session.scalars(
        select(Case.id)
        .where(Case.status == Status.CLAIMED, Case.claim_ends_at <= now)
        .order_by(Case.id)
    )
    freed = 0
    for case_id in due.all():
        freed += await lapse(session, await cases.lock(session, case_id), now=now)
    return freed


def _record(
    session: AsyncSession, kind: str, actor_id: UUID | None, case: Case, *, now: datetime
) -> None:
    audit.record(
        session,
        kind=kind,
        actor_id=actor_id,
        subject_kind="safety_case",
        subject_id=case.id,
        now=now,
    )
