"""The desk: what chat, matching and groups meet of moderation (`core.safety.Safety`)."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import Concern, Context, House, Subject, Verdict
from moderation import flags, learned
from moderation.counting import Tally
from moderation.documents import Screening
from moderation.guessing import Guessing
from people import documents


class Judge(Protocol):
    """What judges texts: `moderation.screening.RulesScreening`."""

    guessing: Guessing

    def prepare(self) -> None:
        """Make ready what the first text would wait for."""
        ...

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; pure, quick, never raises."""
        ...


class Desk:
    """Joins screening and cases. Holds nothing of its own."""

    def __init__(self, screening: Judge) -> None:
        self.screening = screening

    @property
    def tally(self) -> Tally:
        """What screening has counted in this process since it was last taken."""
        return self.screening.guessing.tally

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; pure and quick, so it may run on the event loop. Never raises."""
        return self.screening.screen(text, context)

    async def house(self, session: AsyncSession) -> House:
        """Return what the session's organisation set for screening."""
        document, guessing = await documents.current(session, Screening), self.screening.guessing
        for one_id in (document.learned, document.beside):
            if one_id and guessing.heads and not guessing.has_learned(one_id):
                guessing.learn(one_id, await learned.heads_of(session, guessing.heads, one_id))
        return document.house(session.info["organisation_id"])

    async def flag(self, session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
        """Put the concern into the subject's one case, in this unit of work; return its id."""
        return await flags.flag(session, subject, concern)
