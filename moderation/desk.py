"""The desk: what chat, matching and groups meet of moderation (`core.safety.Safety`)."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import Concern, Context, House, Subject, Verdict
from moderation import flags
from moderation.documents import Screening
from people import documents


class Judge(Protocol):
    """What judges texts: `moderation.screening.RulesScreening`."""

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; pure, quick, never raises."""
        ...


class Desk:
    """Joins screening and cases. Holds nothing of its own."""

    def __init__(self, screening: Judge) -> None:
        self.screening = screening

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; pure and quick, so it may run on the event loop. Never raises."""
        return self.screening.screen(text, context)

    async def house(self, session: AsyncSession) -> House:
        """Return what the session's organisation set for screening."""
        return (await documents.current(session, Screening)).house

    async def flag(self, session: AsyncSession, subject: Subject, concern: Concern) -> UUID:
        """Put the concern into the subject's one case, in this unit of work; return its id."""
        return await flags.flag(session, subject, concern)
