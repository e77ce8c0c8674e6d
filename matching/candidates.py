"""Everybody and every group that may be offered, as they describe themselves.

People come from `matching.profiles`; groups push their card with `save(kind=Kind.GROUP, …)`.
All of them at once are read and opened by `matching.crowds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.events import Event, after_commit
from core.tables import ERASED, Base, Copied, Erased, Owned, Retention, field
from core.upserts import insert
from matching import encodings
from matching.documents import GroupDocument, Person

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

    id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal="id")
    kind: Mapped[Kind] = field(Retention.ACCOUNT)
    document_sealed: Mapped[bytes | None] = field(
        Retention.ACCOUNT, copied=Copied.TWICE, personal="id"
    )
    is_open: Mapped[bool] = field(Retention.ACCOUNT)
    changed_at: Mapped[datetime] = field(Retention.ACCOUNT)
    revision: Mapped[int] = field(Retention.ACCOUNT)

    document = encryption.Sealed("document_sealed")


@dataclass(frozen=True, slots=True)
class DocumentSaved(Event):
    """There are new words to read (`matching.backlogs`)."""


Document = Person | GroupDocument


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
    after_commit(session, DocumentSaved(session.info["organisation_id"]))


async def remove(session: AsyncSession, candidate_id: UUID, *, now: datetime) -> None:
    """Offer this one no more and forget its words; idempotent."""
    await encodings.forget(session, candidate_id)
    await session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id, Candidate.document_sealed.is_not(None))
        .values(
            document_sealed=None, is_open=False, changed_at=now, revision=Candidate.revision + 1
        )
    )


SAID: Final = select(
    Candidate.id, Candidate.revision, Candidate.kind, Candidate.document_sealed
).where(Candidate.document_sealed.is_not(None))


async def people(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return the documents of those among these people who have one: a page's worth at most."""
    rows = await read(session, SAID, account_ids)
    documents = ((row.id, document(row)) for row in rows)
    return {one: document for one, document in documents if isinstance(document, Person)}


async def withheld(session: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
    """Return those among these people whose document is kept for themselves (`is_open` False)."""
    query = select(Candidate.id).where(Candidate.id.in_(account_ids), ~Candidate.is_open)
    return set(await session.scalars(query))


async def read(session: AsyncSession, statement: Any, candidate_ids: Sequence[UUID]) -> list[Any]:
    """Read these documents, in portions that any database takes as parameters."""
    rows: list[Any] = []
    for first in range(0, len(candidate_ids), READ_AT_ONCE):
        some = candidate_ids[first : first + READ_AT_ONCE]
        rows += (await session.execute(statement.where(Candidate.id.in_(some)))).all()
    return rows


def document(row: Any) -> Document:
    """Open one row with the id, kind and sealed document of a candidate."""
    model = Person if row.kind is Kind.PERSON else GroupDocument
    place = encryption.place("candidate", "document_sealed", row.id)
    return model.model_validate_json(encryption.ring().open(place, row.document_sealed))
