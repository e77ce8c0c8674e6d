"""Moderators' notes and reasons, sealed, beside the log that holds no words."""

from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.tables import Base, Copied, Owned, Retention, field
from moderation.cases import Case, CaseEvent
from moderation.fold import Kind


class CaseWords(Base, Owned):
    """A moderator's note or reason. It may be blanked; the line it belongs to stays."""

    __tablename__ = "case_words"

    event_id: Mapped[UUID] = field(Retention.CASE, ForeignKey("case_event.id"), primary_key=True)
    by_id: Mapped[UUID | None] = field(Retention.CASE, personal="by_id")
    words_sealed: Mapped[bytes | None] = field(
        Retention.CASE, copied=Copied.OTHERS, personal="by_id"
    )

    words = encryption.Sealed("words_sealed", id_column="event_id")


async def write(session: AsyncSession, line: CaseEvent, words: str) -> None:
    """Keep what somebody wrote with a line of the log; nothing, when they wrote nothing."""
    if words:
        session.add(CaseWords(event_id=line.id, by_id=line.actor_id, words=words))
        await session.flush()


async def are_last(session: AsyncSession, case: Case, words: str, *, by_id: UUID) -> bool:
    """Tell whether the log of a locked case ends with just these words of just this person."""
    query = (
        select(CaseWords)
        .join(CaseEvent, CaseEvent.id == CaseWords.event_id)
        .where(CaseEvent.case_id == case.id, CaseEvent.seq == case.last_seq)
        .where(CaseEvent.kind == Kind.NOTED, CaseWords.by_id == by_id)
    )
    last = (await session.scalars(query)).one_or_none()
    return last is not None and last.words == words


async def of_case(session: AsyncSession, case_id: UUID) -> dict[UUID, str]:
    """Return the notes and reasons of a case by the id of their line; blanked ones are missing."""
    query = (
        select(CaseWords)
        .join(CaseEvent, CaseEvent.id == CaseWords.event_id)
        .where(CaseEvent.case_id == case_id)
    )
    return {row.event_id: row.words for row in await session.scalars(query) if row.words}
