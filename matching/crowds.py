"""Everybody of one organisation at a moment, opened: what ranking and pools are made of.

A session reads documents sealed; they are opened outside of it, each once per process, revision
and encoder.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from matching import candidates, encoders, encodings, text
from matching.candidates import SAID, Candidate, Document, Kind
from matching.documents import GroupDocument, Person
from matching.encoders import Remembering
from matching.encodings import Encoding
from matching.text import Encoder
from matching.vectors import Vectors
from people.accounts import Account
from people.erasures import Erasure
from people.permissions import Standing

# Opened documents of this many organisations stay in memory, the longest unused go first.
ORGANISATIONS_KEPT: Final = 32
# Documents that were not read yet are read while somebody waits, if they are no more: a few dozen
# milliseconds each, once. With more, everybody is compared by the encoder that needs no reading.
MOST_UNREAD: Final = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """A revision of a document, and what an encoder made of its texts, where that is there."""

    revision: int
    document: Document
    encoder: str = ""
    vectors: Mapping[str, Vectors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Everyone:
    """One organisation's candidates at a moment, by their ids as text.

    `withheld` are people whose document is kept for themselves and shown to nobody. Equal
    `stamps` of two readings mean the same people with the same documents. All of them are
    compared by `encoder`; `vectors` are those of it that are there.
    """

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, GroupDocument] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    stamps: frozenset[tuple[UUID, int]] = frozenset()
    encoder: Encoder = text.HASHED
    vectors: Mapping[str, Mapping[str, Vectors]] = field(default_factory=dict)

    def reader(self, ids: Iterable[str]) -> Encoder:
        """Return the encoder, knowing what it made of these documents before."""
        if self.encoder is text.HASHED:
            return self.encoder
        known: dict[str, Vectors] = {}
        for one in ids:
            known.update(self.vectors.get(one, {}))
        return Remembering(self.encoder, known)


# By organisation. What is kept is replaced and never changed, so any thread may go on reading it.
_opened: dict[UUID, Mapping[UUID, Opened]] = {}
_keeping = threading.Lock()


@dataclass(frozen=True, slots=True)
class SealedEveryone:
    """What one session read of an organisation's candidates: those not opened here yet, sealed."""

    organisation_id: UUID
    present: Sequence[Any]
    unopened: Sequence[Any]
    known: Mapping[UUID, Opened]
    encoder: Encoder

    def open(self) -> Everyone:
        """Open what changed and keep it. CPU work: not for an event loop, nor inside a session."""
        fresh = _parsed(self.unopened, self.encoder.name)
        # Built anew from what is here: whoever was removed or erased is forgotten.
        opened = {row.id: fresh.get(row.id) or self.known[row.id] for row in self.present}
        _keep(self.organisation_id, opened)
        read = {str(one): it.vectors for one, it in opened.items() if self._is_read(it)}
        found = Everyone(
            stamps=frozenset((row.id, row.revision) for row in self.present),
            encoder=self.encoder if len(opened) - len(read) <= MOST_UNREAD else text.HASHED,
            vectors=read,
        )
        for row in self.present:
            document = opened[row.id].document
            if isinstance(document, GroupDocument):
                found.groups[document.id] = document
                continue
            found.people[document.id] = document
            if not row.is_open:
                found.withheld.add(document.id)
        return found

    def _is_read(self, opened: Opened) -> bool:
        return opened.encoder == self.encoder.name


async def everyone(session: AsyncSession) -> SealedEveryone:
    """Read the session's organisation: one query, and one more for what changed since the last.

    Suspended and erased people, and groups that are not open, are not in it.
    """
    organisation_id, encoder = session.info["organisation_id"], encoders.current()
    present = (await session.execute(_PRESENT)).all()
    known = _opened.get(organisation_id, {})
    stale = [row.id for row in present if _is_stale(row, known.get(row.id), encoder.name)]
    unopened = await candidates.read(session, _SAID_AND_READ, stale)
    return SealedEveryone(organisation_id, present, unopened, known, encoder)


def _is_stale(row: Any, known: Opened | None, encoder: str) -> bool:
    if known is None or known.revision != row.revision:
        return True
    return known.encoder != encoder and _holds(row, encoder)


def _holds(row: Any, encoder: str) -> bool:
    """Tell whether there are vectors of this encoder and of these words."""
    return bool(row.encoder == encoder and row.encoded == row.revision)


_PRESENT: Final = (
    select(
        Candidate.id,
        Candidate.revision,
        Candidate.kind,
        Candidate.is_open,
        Encoding.encoder,
        Encoding.revision.label("encoded"),
    )
    .outerjoin(Account, Account.id == Candidate.id)
    .outerjoin(Encoding, Encoding.candidate_id == Candidate.id)
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


_SAID_AND_READ: Final = SAID.add_columns(
    Encoding.encoder, Encoding.revision.label("encoded"), Encoding.vectors_sealed
).outerjoin(Encoding, Encoding.candidate_id == Candidate.id)


def _parsed(rows: Sequence[Any], encoder: str) -> dict[UUID, Opened]:
    """Unseal and parse: a millisecond for a few, and CPU work not for an event loop for many."""
    return {row.id: _opened_row(row, encoder) for row in rows}


def _opened_row(row: Any, encoder: str) -> Opened:
    said = candidates.document(row)
    if not _holds(row, encoder):
        return Opened(row.revision, said)
    told = encodings.texts(said)
    vectors = encodings.open_sealed(row.id, row.vectors_sealed, told)
    return Opened(row.revision, said, encoder, vectors)


def _keep(organisation_id: UUID, opened: Mapping[UUID, Opened]) -> None:
    with _keeping:
        _opened.pop(organisation_id, None)
        _opened[organisation_id] = opened
        while len(_opened) > ORGANISATIONS_KEPT:
            del _opened[next(iter(_opened))]
