"""Once a day, in each organisation: let go of what is kept no longer, if the clock can be believed.

A clock that was set far ahead makes everything look old. So a day that comes long after the last
one lets nothing go: administrators hear of it, and a day of that clock later it goes on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import retention
from core.database import Database
from core.sentences import Sentence, When, say
from people import leases, notices, roles
from people.notices import NoticeKind
from people.permissions import Role

log = structlog.get_logger(__name__)

# A place that is shut over a long weekend comes back as if nothing had been.
BELIEVED: Final = timedelta(days=4)
WAIT: Final = timedelta(days=1)
LOOKED, DOUBTED = "tidying-looked", "tidying-doubted"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
# Tried that often without success, it is for somebody to know.
TOLD_AFTER: Final = 5


@dataclass(frozen=True, slots=True)
class Failed:
    """How often it failed in a row, and when it is tried again."""

    times: int
    again_at: datetime

    def waits(self, now: datetime) -> bool:
        """Tell whether it is too early to try again; after a clock was set back it never is."""
        return timedelta(0) < self.again_at - now <= LONGEST_PAUSE


class Tidying:
    """The daily look of one process. It remembers, so that a day is looked at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: dict[UUID, date] = {}
        self._failed: dict[UUID, Failed] = {}

    async def go_on(self, organisation_id: UUID, *, now: datetime) -> None:
        """Let some of it go; come again until a day is done. Never raises."""
        failed = self._failed.get(organisation_id)
        if self._done.get(organisation_id) == now.date() or (failed and failed.waits(now)):
            return
        try:
            # The look is kept whatever becomes of the rest: days of failing are no clock set on.
            async with self._database.unit_of_work(organisation_id) as session:
                is_all = not await _believes(session, now=now)
            if not is_all:
                async with self._database.unit_of_work(organisation_id) as session:
                    is_all = not await retention.sweep(session, now=now)
        except Exception as fault:  # noqa: BLE001 - it is tried again, and stops nothing else
            log.error("sweep_failed", sweep="retention", kind=type(fault).__name__)
            await self._note(organisation_id, failed, now=now)
            return
        self._failed.pop(organisation_id, None)
        if is_all:
            self._done[organisation_id] = now.date()

    async def _note(self, organisation_id: UUID, failed: Failed | None, *, now: datetime) -> None:
        times = failed.times + 1 if failed else 1
        pause = min(FIRST_PAUSE * (1 << min(times - 1, 10)), LONGEST_PAUSE)
        self._failed[organisation_id] = Failed(times, now + pause)
        if times < TOLD_AFTER:
            return
        said = say(
            "What is kept no longer could not be let go of: it failed again and again today. The"
            " log of the server says which part. Nothing is lost by it."
        )
        try:
            async with self._database.unit_of_work(organisation_id) as session:
                await _tell(session, said, kind=f"tidying_failed:{now.date()}", now=now)
        except Exception as fault:  # noqa: BLE001 - a store that is gone is seen otherwise
            log.error("telling_failed", kind=type(fault).__name__)


async def _believes(session: AsyncSession, *, now: datetime) -> bool:
    """Note that somebody looked, and tell whether the time since the last look can be believed."""
    looked_at = await leases.noted(session, LOOKED)
    doubted_until = await leases.noted(session, DOUBTED)
    await leases.note(session, LOOKED, until=now)
    if looked_at is not None and abs(now - looked_at) <= BELIEVED:
        return doubted_until is None or doubted_until <= now
    await leases.note(session, DOUBTED, until=now + WAIT)
    if looked_at is not None:
        said = say(
            "The clock of this server was at %(then)s, and now it is at %(now)s. Either it was off"
            " for that long, or its clock was changed. Nothing was let go of today. If the clock is"
            " right there is nothing to do; if it is wrong, set it right before %(until)s.",
            then=When(looked_at), now=When(now), until=When(now + WAIT),
        )  # fmt: skip
        await _tell(session, said, kind=f"clock:{now.isoformat()}", now=now)
    return False


async def _tell(session: AsyncSession, said: Sentence, *, kind: str, now: datetime) -> None:
    for account_id in await roles.active_holders(session, Role.ADMINISTRATOR):
        await notices.send(
            session, account_id=account_id, kind=NoticeKind.ROLE, words=said, now=now,
            dedupe_key=f"{kind}:{account_id}",
        )  # fmt: skip
