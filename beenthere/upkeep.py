"""Timed work: idempotent sweeps over due rows, by one process at a time.

A sweep that fails is logged and tried again next time; it stops no other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import mail
from chat import releases
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from matching import candidates, connections, pools
from moderation import claims, effects
from people import leases, organisations, throttles

log = structlog.get_logger(__name__)

Sweep = Callable[[AsyncSession, datetime], Awaitable[object]]
# Long enough for a slow sweep, short enough that another process soon takes over.
LEASE_LASTS: Final = timedelta(seconds=60)


SWEEPS: Final[dict[str, Sweep]] = {
    "hellos": connections.expire,
    "rests": connections.rest,
    "waiting": lambda session, now: releases.release_due(session, now=now),
    "claims": lambda session, now: claims.expire_claims(session, now=now),
    "effects": lambda session, now: effects.undo_due(session, now=now),
    "throttles": lambda session, now: throttles.forget(session, now=now),
}


class Upkeep:
    """The task that sweeps every few seconds while the app runs."""

    def __init__(self, database: Database, *, settings: Settings, clock: Clock) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.holder_id = uuid4()
        # The day on which each organisation was last prepared here: once is enough.
        self._warmed: dict[UUID, date] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin sweeping in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """Stop between two sweeps; safe to call twice."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(self.settings.upkeep_every_seconds)

    async def sweep(self) -> None:
        """Do everything that is due now, in every organisation."""
        try:
            async with self.database.reading(all_organisations=True) as session:
                found = await organisations.everyone(session)
            for organisation in found:
                await self._sweep_one(organisation.id)
            for organisation in found:
                await self._warm(organisation.id)
        except Exception as fault:  # noqa: BLE001 - the next round tries again
            log.error("upkeep_failed", kind=type(fault).__name__)

    async def _warm(self, organisation_id: UUID) -> None:
        """Prepare what offers are chosen from. In every process: each has a memory of its own."""
        now = self.clock()
        if self._warmed.get(organisation_id) == now.date():
            return
        self._warmed[organisation_id] = now.date()
        if not pools.is_cold(organisation_id, now=now):
            return
        async with self.database.reading(organisation_id) as session:
            everyone = await candidates.everyone(session)
        await asyncio.to_thread(pools.warm, organisation_id, everyone, now=now)

    async def _sweep_one(self, organisation_id: UUID) -> None:
        now = self.clock()
        async with self.database.unit_of_work(organisation_id) as session:
            mine = await leases.take(
                session, "upkeep", holder_id=self.holder_id, lasts=LEASE_LASTS, now=now
            )
        if not mine:
            return
        for name, sweep in SWEEPS.items():
            try:
                async with self.database.unit_of_work(organisation_id) as session:
                    await sweep(session, now)
            except Exception as fault:  # noqa: BLE001 - one sweep must not stop the others
                log.error("sweep_failed", sweep=name, kind=type(fault).__name__)
        try:
            await mail.send_due(self.database, self.settings, organisation_id, now=now)
        except Exception as fault:  # noqa: BLE001 - nor must mail stop the next organisation
            log.error("mail_failed", kind=type(fault).__name__)
