"""Documents whose words the encoder hasn't read yet: new ones, changed ones, all after an update.

`unread` finds some inside a session; `read` encodes them outside of it and off the event loop;
`keep` writes what was made of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from matching import candidates, encodings, vectors
from matching.candidates import Candidate
from matching.encodings import Encoding
from matching.text import Encoder
from matching.vectors import Vectors

log = structlog.get_logger(__name__)

# About a second of reading, and a unit of work that holds nobody up.
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Made:
    """What an encoder made of one revision of a document."""

    candidate_id: UUID
    revision: int
    encoder: str
    vectors: Vectors


async def unread(session: AsyncSession, encoder: Encoder) -> Sequence[Any]:
    """Return rows of documents this encoder must read, still sealed, the oldest first."""
    is_read = and_(
        Encoding.candidate_id == Candidate.id,
        Encoding.revision == Candidate.revision,
        Encoding.encoder == encoder.name,
    )
    query = (
        select(Candidate.id, Candidate.revision, Candidate.kind, Candidate.document_sealed)
        .outerjoin(Encoding, is_read)
        .where(Candidate.document_sealed.is_not(None), Encoding.candidate_id.is_(None))
        .order_by(Candidate.changed_at, Candidate.id)
        .limit(AT_ONCE)
    )
    return (await session.execute(query)).all()


def read(rows: Sequence[Any], encoder: Encoder) -> list[Made]:
    """Open documents and encode their texts. CPU work: not for an event loop.

    One that can't be opened is left out and logged.
    """
    made: list[Made] = []
    for row in rows:
        try:
            made.append(_made(row, encoder))
        except Exception as fault:  # noqa: BLE001 - the others must not wait for it
            log.error("document_not_read", kind=type(fault).__name__)
    return made


def _made(row: Any, encoder: Encoder) -> Made:
    told = encodings.texts(candidates.document(row))
    # Who told one thing only says it once: the text as a whole is that one, and is read once.
    read_once = vectors.dense(told, encoder.encode).vectors
    return Made(row.id, row.revision, encoder.name, read_once)


async def keep(session: AsyncSession, made: Sequence[Made]) -> int:
    """Write what was made of words that are still those; return how many. Idempotent.

    Whoever was erased, or wrote anew, while their words were read, is left out.
    """
    there = (
        select(Candidate.id, Candidate.revision)
        .where(Candidate.id.in_([one.candidate_id for one in made]))
        .where(Candidate.document_sealed.is_not(None))
        .order_by(Candidate.id)
        .with_for_update()
    )
    known = {row.id: row.revision for row in await session.execute(there)}
    fresh = [one for one in made if known.get(one.candidate_id) == one.revision]
    for one in fresh:
        await encodings.store(
            session,
            one.candidate_id,
            revision=one.revision,
            encoder=one.encoder,
            vectors=one.vectors,
        )
    return len(fresh)
