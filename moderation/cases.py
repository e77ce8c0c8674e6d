"""Cases: one per subject, and an append-only log of what happened to it.

The row of a case keeps the state its log folds to. `append` is the only writer of both, under
the row's lock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import events, ids
from core.errors import NotFound
from core.safety import Category, Subject, SubjectKind, Tier
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from moderation import fold
from moderation.fold import Happening, Kind, State, Status


class Case(Base, Identified, Owned):
    """What moderators work on: everything anybody raised about one subject."""

    __tablename__ = "safety_case"
    __table_args__ = (
        UniqueConstraint("organisation_id", "subject_kind", "subject_id"),
        UniqueConstraint("organisation_id", "gathers"),
        Index("ix_safety_case_queue", "organisation_id", "status"),
    )

    subject_kind: Mapped[SubjectKind] = field(Retention.CASE)
    subject_id: Mapped[UUID] = field(Retention.CASE)
    author_id: Mapped[UUID | None] = field(Retention.CASE, personal="author_id", index=True)
    room_id: Mapped[UUID | None] = field(Retention.CASE)
    seq: Mapped[int | None] = field(Retention.CASE)
    # Finds the case that takes further lines of the same distress (promise 4).
    gathers: Mapped[bytes | None] = field(Retention.CASE)

    status: Mapped[Status] = field(Retention.CASE, default=Status.OPEN)
    version: Mapped[int] = field(Retention.CASE, default=0)
    opening: Mapped[int] = field(Retention.CASE, default=0)
    tier: Mapped[Tier] = field(Retention.CASE, default=Tier.NONE)
    category_names: Mapped[list[Any]] = field(Retention.CASE, default=list)
    # Somebody is in distress and nobody else is harmed: no sanction is on offer.
    is_support: Mapped[bool] = field(Retention.CASE, default=False)
    opened_at: Mapped[datetime] = field(Retention.CASE)
    tier_since_at: Mapped[datetime] = field(Retention.CASE)
    first_look_at: Mapped[datetime | None] = field(Retention.CASE)
    claimed_by: Mapped[UUID | None] = field(Retention.CASE, personal="claimed_by")
    claim_ends_at: Mapped[datetime | None] = field(Retention.CASE)
    is_appealed: Mapped[bool] = field(Retention.CASE, default=False)
    decided_by: Mapped[UUID | None] = field(Retention.CASE, personal="decided_by")
    decided_at: Mapped[datetime | None] = field(Retention.CASE)
    last_seq: Mapped[int] = field(Retention.CASE, default=0)

    @property
    def categories(self) -> frozenset[Category]:
        """What it may be about, as far as anyone said."""
        return frozenset(Category(name) for name in self.category_names)

    @property
    def subject(self) -> Subject:
        """The thing it is about."""
        return Subject(self.subject_kind, self.subject_id, self.author_id, self.room_id, self.seq)

    @property
    def state(self) -> State | None:
        """What the log folds to, as kept in the row; None before its first line."""
        if self.last_seq == 0:
            return None
        return State(
            status=self.status,
            version=self.version,
            opening=self.opening,
            tier=self.tier,
            categories=self.categories,
            opened_at=self.opened_at,
            tier_since_at=self.tier_since_at,
            first_look_at=self.first_look_at,
            holder_id=self.claimed_by,
            is_appealed=self.is_appealed,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
        )

    def _keep(self, state: State) -> None:
        self.status, self.version, self.opening = state.status, state.version, state.opening
        self.tier = state.tier
        self.category_names = sorted(state.categories)
        self.is_support = state.is_about_own_distress
        self.opened_at, self.tier_since_at = state.opened_at, state.tier_since_at
        self.first_look_at, self.claimed_by = state.first_look_at, state.holder_id
        self.is_appealed = state.is_appealed
        self.decided_by, self.decided_at = state.decided_by, state.decided_at
        if state.holder_id is None:
            self.claim_ends_at = None


class CaseEvent(Base, Identified, Owned):
    """One line of a case's log: ids, kinds and times, never words."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    case_id: Mapped[UUID] = field(Retention.CASE, ForeignKey("safety_case.id"))
    seq: Mapped[int] = field(Retention.CASE)
    kind: Mapped[Kind] = field(Retention.CASE)
    actor_id: Mapped[UUID | None] = field(Retention.CASE, personal="actor_id")
    at: Mapped[datetime] = field(Retention.CASE)
    data: Mapped[dict[str, Any]] = field(Retention.CASE)

    @property
    def happening(self) -> Happening:
        """The line as the fold reads it."""
        return Happening(
            self.kind,
            self.at,
            actor_id=self.actor_id,
            tier=Tier(self.data.get("tier", Tier.NONE)),
            categories=frozenset(Category(name) for name in self.data.get("categories", ())),
            is_appeal=self.data.get("is_appeal", False),
        )


@dataclass(frozen=True, slots=True)
class CaseChanged(events.Event):
    """Something happened to a case: whoever shows it reads it again.

    Not who has a part in it: for them it doesn't exist (`moderation.interests`), and a bell would
    tell them that it does.
    """

    case_id: UUID


_FRESH: Final = {"populate_existing": True}


async def by_id(session: AsyncSession, case_id: UUID) -> Case:
    """Return a case.

    Raises:
        NotFound: there is none of that id here.
    """
    case = await session.get(Case, case_id)
    if case is None:
        raise NotFound
    return case


async def of_subject(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> Case | None:
    """Return the case that began with this subject, if there is one."""
    query = select(Case).where(Case.subject_kind == kind, Case.subject_id == subject_id)
    return (await session.scalars(query)).one_or_none()


async def begin(
    session: AsyncSession, subject: Subject, *, now: datetime, gathers: bytes | None
) -> None:
    """Make room for a subject's case; idempotent, also under a race. `append` opens it."""
    row = insert(session, Case).values(
        id=ids.new_id(),
        organisation_id=session.info["organisation_id"],
        subject_kind=subject.kind,
        subject_id=subject.id,
        author_id=subject.author_id,
        room_id=subject.room_id,
        seq=subject.seq,
        gathers=gathers,
        opened_at=now,
        tier_since_at=now,
        category_names=[],
    )
    await session.execute(row.on_conflict_do_nothing())


async def gathering(session: AsyncSession, key: bytes, *, since: datetime) -> Case | None:
    """Return the case that takes further distress of this key, unless settled before `since`.

    One settled longer ago lets go of the key.
    """
    old = Case.gathers == key, Case.status == Status.DECIDED, Case.decided_at < since
    await session.execute(update(Case).where(*old).values(gathers=None))
    return (await session.scalars(select(Case).where(Case.gathers == key))).one_or_none()


async def lock(session: AsyncSession, case_id: UUID) -> Case:
    """Return the case as it is now; no other unit of work changes it before this one ends.

    Raises:
        NotFound: there is none of that id here.
    """
    # Changing nothing takes the row's lock on PostgreSQL, and reads what is true under it.
    taken = update(Case).where(Case.id == case_id).values(last_seq=Case.last_seq).returning(Case)
    case = (await session.scalars(taken, execution_options=_FRESH)).one_or_none()
    if case is None:
        raise NotFound
    return case


async def append(
    session: AsyncSession,
    case: Case,
    happening: Happening,
    *,
    data: dict[str, Any] | None = None,
) -> CaseEvent:
    """Add a line to a locked case's log and keep what it folds to. `data` holds no words.

    Raises:
        Conflict: the move is not legal now.
    """
    state = fold.step(case.state, happening)
    case.last_seq += 1
    case._keep(state)
    row = CaseEvent(
        id=ids.new_id(),
        case_id=case.id,
        seq=case.last_seq,
        kind=happening.kind,
        actor_id=happening.actor_id,
        at=happening.at,
        data=_folded(happening) | (data or {}),
    )
    session.add(row)
    await session.flush()
    events.after_commit(session, CaseChanged(case.organisation_id, case.id))
    return row


def _folded(happening: Happening) -> dict[str, Any]:
    if happening.kind not in (Kind.OPENED, Kind.FLAGGED, Kind.REOPENED):
        return {}
    return {
        "tier": happening.tier.value,
        "categories": sorted(happening.categories),
        "is_appeal": happening.is_appeal,
    }


async def log_of(session: AsyncSession, case_id: UUID) -> list[CaseEvent]:
    """Return a case's whole log, oldest first."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)
    return list((await session.scalars(query)).all())
