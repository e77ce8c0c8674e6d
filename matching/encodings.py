"""What an encoder made of somebody's words, kept beside them: sealed, as words can be told from it.

It holds for one revision of the words and one version of the encoder; `matching.backlogs` makes it
anew when either has changed.
"""

import base64
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.tables import Base, Copied, Owned, Retention, field
from core.upserts import insert
from matching.documents import GroupDocument, Person
from matching.vectors import Vectors

OWN = "candidate_id"


class Encoding(Base, Owned):
    """The vectors of one candidate's texts, in the order of `texts`."""

    __tablename__ = "encoding"

    candidate_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    encoder: Mapped[str] = field(Retention.ACCOUNT)
    revision: Mapped[int] = field(Retention.ACCOUNT)
    vectors_sealed: Mapped[bytes] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.TWICE)

    # Sealed and opened by hand below; named so that its key is turned with all others.
    packed = encryption.Sealed("vectors_sealed", id_column=OWN)


def texts(document: Person | GroupDocument) -> tuple[str, ...]:
    """Return what is compared of a document, each text with a vector of its own."""
    if isinstance(document, GroupDocument):
        return (document.own_words,)
    return (document.own_words, *(one.words for one in document.experiences))


async def store(
    session: AsyncSession, candidate_id: UUID, *, revision: int, encoder: str, vectors: Vectors
) -> None:
    """Put the vectors of a revision in place of those before; idempotent."""
    values = {
        "encoder": encoder,
        "revision": revision,
        "vectors_sealed": _seal(candidate_id, vectors),
    }
    row = insert(session, Encoding).values(
        candidate_id=candidate_id, organisation_id=session.info["organisation_id"], **values
    )
    await session.execute(row.on_conflict_do_update(index_elements=["candidate_id"], set_=values))


async def forget(session: AsyncSession, candidate_id: UUID) -> None:
    """Forget what was made of this candidate's words; idempotent."""
    await session.execute(delete(Encoding).where(Encoding.candidate_id == candidate_id))


def _seal(candidate_id: UUID, vectors: Vectors) -> bytes:
    packed = base64.b64encode(vectors.astype("<f2").tobytes()).decode("ascii")
    return encryption.ring().seal(_place(candidate_id), packed)


def open_sealed(candidate_id: UUID, sealed: bytes, told: Sequence[str]) -> dict[str, Vectors]:
    """Return the vector of each text, as halves of the size they are used in."""
    packed = base64.b64decode(encryption.ring().open(_place(candidate_id), sealed))
    rows = np.frombuffer(packed, dtype="<f2").reshape(len(told), -1)
    return dict(zip(told, rows, strict=True))


def _place(candidate_id: UUID) -> str:
    return encryption.place("encoding", "vectors_sealed", candidate_id)
