"""Timed work: idempotent sweeps over due rows, and letters, by one process at a time.

What fails is logged and tried again next time; it stops nothing else. Letters go their own round,
so that a slow mail server keeps no sweep waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import erasing, mail, retention
from chat import releases
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from groups import endings, places
from matching import candidates, connections, pools
from moderation import claims, removals, workings
from people import leases, notices, organisations, throttles

log = structlog.get_logger(__name__)

Sweep = Callable[[AsyncSession, datetime], Awaitable[object]]
Round = Callable[[], Awaitable[None]]
# Long enough for a slow sweep, short enough that another process soon takes over.
LEASE_LASTS: Final = timedelta(seconds=60)


SWEEPS: Final[dict[str, Sweep]] = {
    "hellos": connections.expire,
    "rests": connections.rest,
    "waiting": lambda session, now: releases.release_due(session, now=now),
    "claims": lambda session, now: claims.expire_claims(session, now=now),
    "effects": lambda session, now: workings.undo_due(session, now=now),
    "removals": lambda session, now: removals.forget_old(session, now=now),
    "places": lambda session, now: places.lapse(session, now=now),
    "endings": lambda session, now: endings.end_due(session, now=now),
    "erasures": lambda session, now: erasing.erase_due(session, now=now),
    "notices": notices.ring_due,
    "throttles": lambda session, now: throttles.forget(session, now=now),
}


async def _retention(session: AsyncSession, now: datetime) -> object:
    return await retention.sweep(session, now=now)


class Upkeep:
    """The tasks that sweep and post every few seconds while the app runs."""

    def __init__(self, database: Database, *, settings: Settings, clock: Clock) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.holder_id = uuid4()
        # The day on which each organisation was last prepared here: once is enough.
        self._warmed: dict[UUID, date] = {}
        # And when records were last looked through there for what is kept no longer.
        self._tidied: dict[UUID, date] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin in the background."""
        rounds = {"upkeep": self.sweep, "letters": self.post}
        self._tasks = [
            asyncio.create_task(self._go_on(one), name=name) for name, one in rounds.items()
        ]

    async def stop(self) -> None:
        """Stop where each round is; what was under way is due again. Safe to call twice."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _go_on(self, one_round: Round) -> None:
        while True:
            try:
                await one_round()
            except Exception as fault:  # noqa: BLE001 - the next round tries again
                log.error("upkeep_failed", kind=type(fault).__name__)
            await asyncio.sleep(self.settings.upkeep_every_seconds)

    async def sweep(self) -> None:
        """Do everything that is due now, in every organisation."""
        found = await self._organisation_ids()
        for organisation_id in found:
            await self._sweep_one(organisation_id)
        for organisation_id in found:
            try:
                await self._warm(organisation_id)
            except Exception as fault:  # noqa: BLE001 - the next organisation must not wait for it
                log.error("preparing_failed", kind=type(fault).__name__)

    async def post(self) -> None:
        """Hand over the letters that are due now, in every organisation."""
        now = self.clock()
        for organisation_id in await self._organisation_ids():
            if not await self._is_mine("letters", organisation_id, now=now):
                continue
            try:
                await mail.send_due(self.database, self.settings, organisation_id, now=now)
            except Exception as fault:  # noqa: BLE001 - nor here
                log.error("mail_failed", kind=type(fault).__name__)

    async def _organisation_ids(self) -> list[UUID]:
        async with self.database.reading(all_organisations=True) as session:
            return [one.id for one in await organisations.everyone(session)]

    async def _is_mine(self, work: str, organisation_id: UUID, *, now: datetime) -> bool:
        """True while no other process does this work."""
        async with self.database.unit_of_work(organisation_id) as session:
            return await leases.take(
                session, work, holder_id=self.holder_id, lasts=LEASE_LASTS, now=now
            )

    async def _warm(self, organisation_id: UUID) -> None:
        """Prepare what offers are chosen from. In every process: each has a memory of its own."""
        now = self.clock()
        if self._warmed.get(organisation_id) == now.date():
            return
        if pools.is_cold(organisation_id, now=now):
            async with self.database.reading(organisation_id) as session:
                sealed = await candidates.everyone(session)
            await asyncio.to_thread(lambda: pools.warm(organisation_id, sealed.open(), now=now))
        self._warmed[organisation_id] = now.date()

    async def _sweep_one(self, organisation_id: UUID) -> None:
        now = self.clock()
        if not await self._is_mine("upkeep", organisation_id, now=now):
            return
        for name, sweep in SWEEPS.items():
            await self._swept(name, sweep, organisation_id, now=now)
        if self._tidied.get(organisation_id) != now.date():
            gone = await self._swept("retention", _retention, organisation_id, now=now)
            if not gone:
                # Some at a time: while anything goes, the next round goes on.
                self._tidied[organisation_id] = now.date()

    async def _swept(
        self, name: str, sweep: Sweep, organisation_id: UUID, *, now: datetime
    ) -> object:
        try:
            async with self.database.unit_of_work(organisation_id) as session:
                return await sweep(session, now)
        except Exception as fault:  # noqa: BLE001 - one sweep must not stop the others
            log.error("sweep_failed", sweep=name, kind=type(fault).__name__)
            return None
