"""Flags: anybody's concern. They land in the one case of their subject, and reopen it.

A reporter's accuracy is nowhere here: it can't lower a tier (promise 20). What repeats itself
is one flag, and different people's reports about one person add up.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.safety import Category, Concern, Source, Subject, SubjectKind, Tier
from core.tables import Base, Copied, Identified, Owned, Retention, field
from core.upserts import insert
from moderation import cases, unanswered
from moderation.cases import Case
from moderation.fold import Happening, Kind, Status, is_own_distress
from moderation.reasons import ASKS_ANOTHER, KINDLY, Reason

# Promise 20: over a year. Three, because two may be friends who talked about it.
REPORTS_ADD_UP_OVER: Final = timedelta(days=365)
PEOPLE_WHO_ADD_UP: Final = 3
# Promise 4: thirty such messages are one case; the help card's own day.
DISTRESS_GATHERS_FOR: Final = timedelta(hours=24)


_OPEN: Final = text("resolved_at IS NULL")


class Flag(Base, Identified, Owned):
    """One concern, with the words it is about and whoever raised it."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("organisation_id", "dedupe_key"),
        Index("ix_flag_subject", "subject_kind", "subject_id"),
        Index("ix_flag_author", "author_id", "at"),
        Index(
            "ix_flag_open", "reporter_id", "author_id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    case_id: Mapped[UUID] = field(Retention.CASE, ForeignKey("safety_case.id"), index=True)
    subject_kind: Mapped[SubjectKind] = field(Retention.CASE)
    subject_id: Mapped[UUID] = field(Retention.CASE)
    author_id: Mapped[UUID | None] = field(Retention.CASE, personal="author_id")
    seq: Mapped[int | None] = field(Retention.CASE)
    source: Mapped[Source] = field(Retention.CASE)
    reporter_id: Mapped[UUID | None] = field(Retention.CASE, personal="reporter_id", index=True)
    reason: Mapped[Reason | None] = field(Retention.CASE, personal="reporter_id")
    tier: Mapped[Tier] = field(Retention.CASE)
    because_sealed: Mapped[bytes | None] = field(
        Retention.CASE, copied=Copied.OTHERS, personal="author_id"
    )
    category_names: Mapped[list[Any]] = field(Retention.CASE)
    note_sealed: Mapped[bytes | None] = field(Retention.CASE, personal="reporter_id")
    evidence_sealed: Mapped[bytes | None] = field(
        Retention.CASE, copied=Copied.OTHERS, personal="author_id"
    )
    dedupe_key: Mapped[bytes] = field(Retention.CASE)
    at: Mapped[datetime] = field(Retention.CASE, copied=Copied.YES)
    resolved_at: Mapped[datetime | None] = field(Retention.CASE)

    note = encryption.Sealed("note_sealed")
    evidence = encryption.Sealed("evidence_sealed")
    because_words = encryption.Sealed("because_sealed")

    @property
    def because(self) -> tuple[str, ...]:
        """Why, one line per reason, each beginning with its category; it may quote."""
        return tuple((self.because_words or "").splitlines())

    @property
    def categories(self) -> frozenset[Category]:
        """What it says it is about."""
        return frozenset(Category(name) for name in self.category_names)


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody whose concern was settled, and why they had asked."""

    reporter_id: UUID
    reason: Reason | None


async def flag(
    session: AsyncSession, subject: Subject, concern: Concern, *, reason: Reason | None = None
) -> UUID:
    """Put a concern into its subject's one case; idempotent; return the case's id.

    The software calls it, so it asks for no permission: `telling.tell` is the members' way in.
    """
    case = await cases.lock(session, await _home(session, subject, concern))
    kind, opening = _entry(case)
    flag_id = await _write(session, case, subject, concern, reason=reason, opening=opening)
    if flag_id is None:
        return case.id
    happening = Happening(
        kind,
        concern.at,
        tier=await _tier(session, subject, concern, reason=reason),
        categories=concern.categories,
        is_appeal=reason in ASKS_ANOTHER,
    )
    _follow(case, subject)
    await cases.append(session, case, happening, data={"flag_id": str(flag_id)})
    await unanswered.begin(session, case, concern)
    return case.id


def _follow(case: Case, subject: Subject) -> None:
    # How somebody is, is one case in whichever talk they say it: look where they said it last.
    if case.subject_kind is SubjectKind.ACCOUNT and subject.room_id is not None:
        case.room_id, case.seq = subject.room_id, subject.seq


def _entry(case: Case) -> tuple[Kind, int]:
    if case.last_seq == 0:
        return Kind.OPENED, 1
    if case.status is Status.DECIDED:
        return Kind.REOPENED, case.opening + 1
    return Kind.FLAGGED, case.opening


async def _home(session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
    of_subject = Flag.subject_kind == subject.kind, Flag.subject_id == subject.id
    known = await session.scalar(select(Flag.case_id).where(*of_subject).limit(1))
    if known is not None:
        return known
    key = _gathers(subject, concern)
    since = concern.at - DISTRESS_GATHERS_FOR
    if key and (case := await cases.gathering(session, key, since=since)):
        return case.id
    await cases.begin(session, subject, now=concern.at, gathers=key)
    case = await cases.of_subject(session, subject.kind, subject.id)
    if case is None and key:
        # Another line of the same distress was faster.
        case = await cases.gathering(session, key, since=since)
    assert case is not None
    return case.id


def _gathers(subject: Subject, concern: Concern) -> bytes | None:
    # Whether we noticed, or a peer was worried: one person's bad night is one case.
    if not is_own_distress(concern.categories) or subject.author_id is None:
        return None
    return encryption.ring().blind("case.gathers", f"{subject.author_id}:{subject.room_id}")


async def _write(
    session: AsyncSession,
    case: Case,
    subject: Subject,
    concern: Concern,
    *,
    reason: Reason | None,
    opening: int,
) -> UUID | None:
    flag_id = ids.new_id()
    row = insert(session, Flag).values(
        id=flag_id,
        organisation_id=case.organisation_id,
        case_id=case.id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        author_id=subject.author_id,
        seq=subject.seq,
        source=concern.source,
        reporter_id=concern.reporter_id,
        reason=reason,
        tier=concern.tier,
        because_sealed=_sealed("because_sealed", flag_id, "\n".join(concern.because)),
        category_names=sorted(concern.categories),
        note_sealed=_sealed("note_sealed", flag_id, concern.note),
        evidence_sealed=_sealed("evidence_sealed", flag_id, concern.words),
        dedupe_key=_dedupe_key(subject, concern, reason=reason, opening=opening),
        at=concern.at,
    )
    written: UUID | None = await session.scalar(row.on_conflict_do_nothing().returning(Flag.id))
    return written


def _sealed(column: str, flag_id: UUID, text: str) -> bytes | None:
    place = encryption.place(Flag.__tablename__, column, flag_id)
    return encryption.ring().seal(place, text) if text else None


def _dedupe_key(
    subject: Subject, concern: Concern, *, reason: Reason | None, opening: int
) -> bytes:
    # Saying the same again adds nothing; saying more, or after a decision, does.
    said = (
        subject.kind, str(subject.id), concern.source, str(concern.reporter_id), reason, opening,
        concern.tier, *sorted(concern.categories), concern.words, concern.note,
    )  # fmt: skip
    return encryption.ring().blind("flag.dedupe", json.dumps(said))


async def _tier(
    session: AsyncSession, subject: Subject, concern: Concern, *, reason: Reason | None
) -> Tier:
    is_report = concern.source is not Source.SCREENING and reason not in KINDLY
    if concern.tier.urgency >= Tier.SOON.urgency or not is_report or subject.author_id is None:
        return concern.tier
    people = await session.scalar(
        select(func.count(Flag.reporter_id.distinct())).where(
            Flag.author_id == subject.author_id,
            Flag.at > concern.at - REPORTS_ADD_UP_OVER,
            Flag.source != Source.SCREENING,
            or_(Flag.reason.is_(None), Flag.reason.not_in(KINDLY)),
        )
    )
    return Tier.SOON if (people or 0) >= PEOPLE_WHO_ADD_UP else concern.tier


async def of_case(session: AsyncSession, case_id: UUID) -> list[Flag]:
    """Return every concern of a case, oldest first. Reading them is a look."""
    query = select(Flag).where(Flag.case_id == case_id).order_by(Flag.at, Flag.id)
    return list((await session.scalars(query)).all())


async def is_noticed(session: AsyncSession, case_id: UUID) -> bool:
    """Tell whether screening raised some of a case."""
    query = select(Flag.id).where(Flag.case_id == case_id, Flag.source == Source.SCREENING)
    return await session.scalar(query.limit(1)) is not None


async def resolve(session: AsyncSession, case_id: UUID, *, now: datetime) -> list[Answered]:
    """Settle what is open in a case; return each person who waits for an answer, once."""
    settled = await session.execute(
        update(Flag)
        .where(Flag.case_id == case_id, Flag.resolved_at.is_(None))
        .values(resolved_at=now)
        .returning(Flag.reporter_id, Flag.reason)
    )
    answered = {reporter_id: reason for reporter_id, reason in settled if reporter_id}
    return [Answered(reporter_id, reason) for reporter_id, reason in answered.items()]
