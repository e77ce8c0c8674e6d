"""A case as its page shows it. Opening one is a look: it takes a reason, and is logged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core import words as plain
from core.errors import Invalid
from core.safety import Source, SubjectKind
from core.sentences import say
from moderation import (
    case_words,
    cases,
    claims,
    effects,
    flags,
    interests,
    looks,
    places,
    rulings,
    talks,
    unanswered,
    urgency,
)
from moderation.case_views import CasePage, Earlier, Line, Raised
from moderation.cases import Case, CaseEvent
from moderation.flags import Flag
from moderation.fold import Happening, Kind
from moderation.kinds import EffectKind
from moderation.talks import Said
from people import accounts
from people.permissions import Act, Actor, require

# Enough to see how it came to it and how it was taken.
WINDOW_AROUND: Final = 10
# Reading on within a lease is the same look, unless more came in.
ONE_LOOK: Final = claims.LEASE
EARLIER_SHOWN: Final = 20

WHO_RAISED_IT: Final[Mapping[Source, str]] = {
    Source.SCREENING: say("noticed as it was sent"),
    Source.MEMBER: say("a member"),
    Source.FACILITATOR: say("somebody who leads the group"),
}


async def open_case(
    session: AsyncSession, actor: Actor, case_id: UUID, *, reason: str, now: datetime
) -> CasePage:
    """Read a case with its words. Needs a unit of work: it notes the look.

    Raises:
        NotFound: there is none, or the actor has a part in it.
        Invalid: no reason is given.
    """
    require(actor, Act.SEE_QUEUE)
    reason = plain.check(reason.strip(), most=limits.FIELD_CHARACTERS, field="reason")
    if not reason:
        raise Invalid(say("Say why you want to read this."), field="reason")
    await interests.require_no_part(session, actor, case_id)
    case = await cases.lock(session, case_id)
    log = await cases.log_of(session, case_id)
    raised = await flags.of_case(session, case_id)
    window = await _window(session, case, raised)
    if not _is_same_look(log, actor, now=now):
        looked = Happening(Kind.LOOKED, now, actor_id=actor.account_id)
        log.append(await cases.append(session, case, looked))
        await unanswered.end(session, case, now=now)
        authors = {said.author_id for said in window} | {flag.author_id for flag in raised}
        read = {author for author in authors if author is not None}
        await looks.write(session, actor, case, author_ids=read, reason=reason, now=now)
    return await _page(session, actor, case, log=log, raised=raised, window=window, now=now)


async def read_on(
    session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime
) -> CasePage | None:
    """Return the case to whoever gave a reason a moment ago: the same look, nothing is noted.

    None: they didn't, or more came in since; a reason has to be given first.

    Raises:
        NotFound: there is no such case, or the actor has a part in it.
    """
    require(actor, Act.SEE_QUEUE)
    await interests.require_no_part(session, actor, case_id)
    case = await cases.by_id(session, case_id)
    log = await cases.log_of(session, case_id)
    if not _is_same_look(log, actor, now=now):
        return None
    raised = await flags.of_case(session, case_id)
    window = await _window(session, case, raised)
    return await _page(session, actor, case, log=log, raised=raised, window=window, now=now)


def _is_same_look(log: list[CaseEvent], actor: Actor, *, now: datetime) -> bool:
    for line in reversed(log):
        if line.kind in (Kind.OPENED, Kind.FLAGGED, Kind.REOPENED):
            return False
        if line.kind is Kind.LOOKED and line.actor_id == actor.account_id:
            return now - line.at < ONE_LOOK
    return False


async def _window(session: AsyncSession, case: Case, raised: list[Flag]) -> tuple[Said, ...]:
    # Of several lines in one talk, around the newest that somebody is still asked about.
    open_seqs = [flag.seq for flag in raised if flag.resolved_at is None and flag.seq is not None]
    seq = max(open_seqs, default=case.seq)
    if case.subject_kind is SubjectKind.ACCOUNT:
        # Its lines may be from several talks, each with numbers of its own.
        seq = case.seq
    if case.room_id is None or seq is None:
        return ()
    told_of = [flag.subject_id for flag in raised if flag.subject_kind is SubjectKind.MESSAGE]
    return await talks.window(
        session, room_id=case.room_id, seq=seq, around=WINDOW_AROUND, about=told_of
    )


async def _page(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    *,
    log: list[CaseEvent],
    raised: list[Flag],
    window: tuple[Said, ...],
    now: datetime,
) -> CasePage:
    is_held = not claims.is_over(case, now)
    staff = {line.actor_id for line in log if line.actor_id} | {case.claimed_by, case.author_id}
    names = await accounts.names(session, {one for one in staff if one is not None})
    earlier = await _earlier(session, case)
    return CasePage(
        id=case.id,
        version=case.version,
        subject=case.subject,
        where=(await places.of_cases(session, [case]))[case.id],
        author_name=names.get(case.author_id) if case.author_id else None,
        has_author_left=await _has_author_left(session, case),
        status=case.status,
        tier=case.tier,
        categories=case.categories,
        is_support=case.is_support,
        is_appealed=case.is_appealed,
        opened_at=case.opened_at,
        due_at=urgency.due_at(case),
        is_late=urgency.is_late(case, now),
        holder_name=names.get(case.claimed_by) if case.claimed_by and is_held else None,
        is_mine=is_held and case.claimed_by == actor.account_id,
        claim_ends_at=case.claim_ends_at if is_held else None,
        raised=tuple(_raised(flag) for flag in raised),
        window=window,
        earlier=tuple(earlier[:EARLIER_SHOWN]),
        earlier_count=len(earlier),
        history=_history(log, names, await case_words.of_case(session, case.id)),
        done=tuple(await effects.of_case(session, case.id)),
        offered=rulings.offered(case, actor, now=now, about=await rulings.around(session, case)),
    )


async def _has_author_left(session: AsyncSession, case: Case) -> bool:
    if case.author_id is None or case.room_id is None:
        return False
    return await talks.has_left(session, room_id=case.room_id, account_id=case.author_id)


def _raised(flag: Flag) -> Raised:
    return Raised(
        by=WHO_RAISED_IT[flag.source],
        source=flag.source,
        reason=flag.reason,
        tier=flag.tier,
        categories=flag.categories,
        because=flag.because,
        evidence=flag.evidence or "",
        note=flag.note or "",
        at=flag.at,
        is_settled=flag.resolved_at is not None,
    )


def _history(
    log: list[CaseEvent], names: Mapping[UUID, str], said: Mapping[UUID, str]
) -> tuple[Line, ...]:
    return tuple(
        Line(
            kind=line.kind,
            at=line.at,
            by=names.get(line.actor_id) if line.actor_id else None,
            words=said.get(line.id, ""),
            data=line.data,
        )
        for line in log
    )


async def _earlier(session: AsyncSession, case: Case) -> list[Earlier]:
    if case.author_id is None:
        return []
    query = (
        select(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(Case.author_id == case.author_id, Case.id != case.id)
        .where(CaseEvent.kind == Kind.DECIDED)
        .order_by(CaseEvent.at.desc(), CaseEvent.id)
    )
    found = (await session.scalars(query)).all()
    return [_decision(line) for line in found if case.is_support or not line.data.get("is_support")]


def _decision(line: CaseEvent) -> Earlier:
    kinds = tuple(EffectKind(kind) for kind in line.data["effects"])
    return Earlier(line.case_id, line.at, kinds, line.data.get("rule"))
