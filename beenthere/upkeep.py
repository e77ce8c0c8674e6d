"""Timed work: idempotent sweeps over due rows, and letters, by one process at a time.

What fails is logged and tried again next time; it stops nothing else. Letters go their own round,
so that a slow mail server keeps no sweep waiting; so does the encoder, which reads for seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import erasing, mail
from beenthere.tidying import Tidying
from chat import releases
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from groups import endings, places
from matching import backlogs, connections, crowds, encoders, pools, text
from matching.candidates import DocumentSaved
from matching.text import Encoder
from moderation import claims, interests, removals, tallies, workings
from moderation.counting import Tally
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
    "appeals": lambda session, now: interests.tell_where_nobody_may(session, now=now),
    "removals": lambda session, now: removals.forget_old(session, now=now),
    "places": lambda session, now: places.lapse(session, now=now),
    "endings": lambda session, now: endings.end_due(session, now=now),
    "erasures": lambda session, now: erasing.erase_due(session, now=now),
    "notices": notices.ring_due,
    "throttles": lambda session, now: throttles.forget(session, now=now),
}


class Upkeep:
    """The tasks that sweep and post every few seconds while the app runs."""

    def __init__(
        self,
        database: Database,
        *,
        settings: Settings,
        clock: Clock,
        tally: Tally | None = None,
    ) -> None:
        """`tally` is what screening counts in this process."""
        self.database = database
        self.tally = tally or Tally()
        self.settings = settings
        self.clock = clock
        self.holder_id = uuid4()
        # When each organisation was last prepared here, and for which encoder: once is enough.
        self._warmed: dict[UUID, tuple[date, str]] = {}
        self._tidying = Tidying(database)
        self._saved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin in the background."""
        rounds = {"upkeep": self.sweep, "letters": self.post, "words": self.read_words}
        self.database.bus.subscribe(DocumentSaved, lambda _saved: self._saved.set())
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
            await self._rest(one_round)

    async def _rest(self, one_round: Round) -> None:
        if one_round != self.read_words:
            await asyncio.sleep(self.settings.upkeep_every_seconds)
            return
        # Words are read as soon as they were saved; a bell that wasn't heard costs one round.
        # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes with the bell.
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.upkeep_every_seconds):
                await self._saved.wait()
        self._saved.clear()

    async def sweep(self) -> None:
        """Do everything that is due now, in every organisation."""
        found = await self._organisation_ids()
        for organisation_id in found:
            await self._sweep_one(organisation_id)
            await self._keep_counts(organisation_id)
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

    async def read_words(self) -> None:
        """Let the encoder read what was written since, or all of it when the encoder is new."""
        encoder = await asyncio.to_thread(encoders.load)
        if encoder is text.HASHED:
            return
        for organisation_id in await self._organisation_ids():
            try:
                await self._read_words_of(organisation_id, encoder)
            except Exception as fault:  # noqa: BLE001 - nor here
                log.error("reading_failed", kind=type(fault).__name__)

    async def _read_words_of(self, organisation_id: UUID, encoder: Encoder) -> None:
        while rows := await self._unread(organisation_id, encoder):
            made = await asyncio.to_thread(backlogs.read, rows, encoder)
            async with self.database.unit_of_work(organisation_id) as session:
                kept = await backlogs.keep(session, made)
            if not kept:
                # What can't be opened stays unread, and is tried again in the next round.
                return
            self._warmed.pop(organisation_id, None)

    async def _unread(self, organisation_id: UUID, encoder: Encoder) -> Sequence[Any]:
        async with self.database.reading(organisation_id) as session:
            rows = await backlogs.unread(session, encoder)
        is_mine = rows and await self._is_mine("words", organisation_id, now=self.clock())
        return rows if is_mine else ()

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
        prepared = now.date(), encoders.current().name
        if self._warmed.get(organisation_id) == prepared:
            return
        if pools.is_cold(organisation_id, now=now):
            async with self.database.reading(organisation_id) as session:
                sealed = await crowds.everyone(session)
            await asyncio.to_thread(lambda: pools.warm(organisation_id, sealed.open(), now=now))
        self._warmed[organisation_id] = prepared

    async def _sweep_one(self, organisation_id: UUID) -> None:
        now = self.clock()
        if not await self._is_mine("upkeep", organisation_id, now=now):
            return
        for name, sweep in SWEEPS.items():
            await self._swept(name, sweep, organisation_id, now=now)
        await self._tidying.go_on(organisation_id, now=now)

    async def _keep_counts(self, organisation_id: UUID) -> None:
        """Store what screening has counted. In every process: each counts for itself."""
        counts = self.tally.take(organisation_id)
        if not counts:
            return
        try:
            async with self.database.unit_of_work(organisation_id) as session:
                await tallies.keep(session, counts, now=self.clock())
        except Exception as fault:  # noqa: BLE001 - kept for the next round
            self.tally.put_back(organisation_id, counts)
            log.error("counts_failed", kind=type(fault).__name__)

    async def _swept(
        self, name: str, sweep: Sweep, organisation_id: UUID, *, now: datetime
    ) -> None:
        try:
            async with self.database.unit_of_work(organisation_id) as session:
                await sweep(session, now)
        except Exception as fault:  # noqa: BLE001 - one sweep must not stop the others
            log.error("sweep_failed", sweep=name, kind=type(fault).__name__)
