"""Everybody and every group that may be offered, as they describe themselves.

People come from `matching.profiles`; groups push their card with `save(kind=Kind.GROUP, …)`.
A session reads documents sealed; they are opened outside of it, each once per process and revision.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.tables import ERASED, Base, Copied, Erased, Owned, Retention
from core.tables import field as column
from core.upserts import insert
from matching.documents import GroupDocument, Person
from people.accounts import Account
from people.erasures import Erasure
from people.permissions import Standing

# Opened documents of this many organisations stay in memory, the longest unused go first.
ORGANISATIONS_KEPT: Final = 32
# SQLite of before 3.32 takes 999 parameters at most.
READ_AT_ONCE: Final = 500


class Kind(StrEnum):
    """What is offered."""

    PERSON = "person"
    GROUP = "group"


class Candidate(Base, Owned):
    """A document to choose by. The id is the account's or the group's.

    `revision` only grows, also over a removal: (id, revision) always means the same words.
    """

    __tablename__ = "candidate"
    __table_args__ = ({"info": {ERASED: Erased.ELSEWHERE}},)

    id: Mapped[UUID] = column(Retention.ACCOUNT, primary_key=True, personal="id")
    kind: Mapped[Kind] = column(Retention.ACCOUNT)
    document_sealed: Mapped[bytes | None] = column(
        Retention.ACCOUNT, copied=Copied.TWICE, personal="id"
    )
    is_open: Mapped[bool] = column(Retention.ACCOUNT)
    changed_at: Mapped[datetime] = column(Retention.ACCOUNT)
    revision: Mapped[int] = column(Retention.ACCOUNT)

    document = encryption.Sealed("document_sealed")


@dataclass(frozen=True, slots=True)
class Everyone:
    """One organisation's candidates at a moment, by their ids as text.

    `withheld` are people whose document is kept for themselves and shown to nobody. Equal
    `stamps` of two readings mean the same people with the same documents.
    """

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, GroupDocument] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    stamps: frozenset[tuple[UUID, int]] = frozenset()


Document = Person | GroupDocument
# By candidate: the revision that was opened, and what it says.
Opened = Mapping[UUID, tuple[int, Document]]
# By organisation. What is kept is replaced and never changed, so any thread may go on reading it.
_opened: dict[UUID, Opened] = {}
_keeping = threading.Lock()


@dataclass(frozen=True, slots=True)
class SealedCandidates:
    """What one session read of an organisation's candidates: those not opened here yet, sealed."""

    organisation_id: UUID
    present: Sequence[Any]
    unopened: Sequence[Any]
    known: Opened

    def open(self) -> Everyone:
        """Open what changed and keep it. CPU work: not for an event loop, nor inside a session."""
        fresh = _parsed(self.unopened)
        # Built anew from what is here: whoever was removed or erased is forgotten.
        opened = {row.id: fresh.get(row.id) or self.known[row.id] for row in self.present}
        _keep(self.organisation_id, opened)
        found = Everyone(stamps=frozenset((row.id, row.revision) for row in self.present))
        for row in self.present:
            document = opened[row.id][1]
            if isinstance(document, GroupDocument):
                found.groups[document.id] = document
                continue
            found.people[document.id] = document
            if not row.is_open:
                found.withheld.add(document.id)
        return found


async def save(
    session: AsyncSession,
    candidate_id: UUID,
    *,
    kind: Kind,
    document: Document,
    now: datetime,
    is_open: bool = True,
) -> None:
    """Put a document in place of the one before. Not `is_open`: kept, and offered to nobody."""
    place = encryption.place("candidate", "document_sealed", candidate_id)
    values = {
        "document_sealed": encryption.ring().seal(place, document.model_dump_json()),
        "is_open": is_open,
        "changed_at": now,
    }
    row = insert(session, Candidate).values(
        id=candidate_id,
        organisation_id=session.info["organisation_id"],
        kind=kind,
        revision=1,
        **values,
    )
    replaced = values | {"revision": Candidate.revision + 1}
    await session.execute(row.on_conflict_do_update(index_elements=["id"], set_=replaced))


async def remove(session: AsyncSession, candidate_id: UUID, *, now: datetime) -> None:
    """Offer this one no more and forget its words; idempotent."""
    await session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id, Candidate.document_sealed.is_not(None))
        .values(
            document_sealed=None, is_open=False, changed_at=now, revision=Candidate.revision + 1
        )
    )


async def everyone(session: AsyncSession) -> SealedCandidates:
    """Read the session's organisation: one query, and one more for what changed since the last.

    Suspended and erased people, and groups that are not open, are not in it.
    """
    organisation_id = session.info["organisation_id"]
    present = (await session.execute(_PRESENT)).all()
    known = _opened.get(organisation_id, {})
    stale = [row.id for row in present if known.get(row.id, (0,))[0] != row.revision]
    return SealedCandidates(organisation_id, present, await _read(session, stale), known)


_PRESENT: Final = (
    select(Candidate.id, Candidate.revision, Candidate.kind, Candidate.is_open)
    .outerjoin(Account, Account.id == Candidate.id)
    .where(Candidate.document_sealed.is_not(None))
    # Nobody is led to somebody who is about to go.
    .where(~exists().where(Erasure.account_id == Candidate.id))
    .where(
        or_(
            and_(Account.standing == Standing.ACTIVE, Account.private_until.is_(None)),
            (Candidate.kind == Kind.GROUP) & Candidate.is_open,
        )
    )
)


_SAID: Final = select(
    Candidate.id, Candidate.revision, Candidate.kind, Candidate.document_sealed
).where(Candidate.document_sealed.is_not(None))


async def people(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return the documents of those among these people who have one: a page's worth at most."""
    opened = _parsed(await _read(session, account_ids))
    documents = ((one, document) for one, (_, document) in opened.items())
    return {one: document for one, document in documents if isinstance(document, Person)}


async def withheld(session: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
    """Return those among these people whose document is kept for themselves (`is_open` False)."""
    query = select(Candidate.id).where(Candidate.id.in_(account_ids), ~Candidate.is_open)
    return set(await session.scalars(query))


async def _read(session: AsyncSession, candidate_ids: Sequence[UUID]) -> list[Any]:
    """Read these documents, in portions that any database takes as parameters."""
    rows: list[Any] = []
    for first in range(0, len(candidate_ids), READ_AT_ONCE):
        some = candidate_ids[first : first + READ_AT_ONCE]
        rows += (await session.execute(_SAID.where(Candidate.id.in_(some)))).all()
    return rows


def _parsed(rows: Sequence[Any]) -> dict[UUID, tuple[int, Document]]:
    """Unseal and parse: a millisecond for a few, and CPU work not for an event loop for many."""
    opened: dict[UUID, tuple[int, Document]] = {}
    for row in rows:
        model = Person if row.kind is Kind.PERSON else GroupDocument
        place = encryption.place("candidate", "document_sealed", row.id)
        words = encryption.ring().open(place, row.document_sealed)
        opened[row.id] = (row.revision, model.model_validate_json(words))
    return opened


def _keep(organisation_id: UUID, opened: Opened) -> None:
    with _keeping:
        _opened.pop(organisation_id, None)
        _opened[organisation_id] = opened
        while len(_opened) > ORGANISATIONS_KEPT:
            del _opened[next(iter(_opened))]
