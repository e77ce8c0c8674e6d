"""The one task per process that stores messages: everything pending in one transaction.

There is no timer: while one commit waits for the disk, the next batch gathers. Nothing is
acknowledged before the commit; what could not be stored is never acknowledged.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError

from chat import batches, frames
from chat.background import describe
from chat.batches import Stored
from chat.drafts import Draft, Key, Outcome, Refusal
from chat.entries import Entry
from chat.outboxes import HARD_BYTES
from core.clock import Clock
from core.database import Database
from core.errors import Problem, Unavailable
from core.safety import Safety

log = structlog.get_logger(__name__)

QUEUE: Final = 4_096
# Distress finds room where others are asked to wait (promise 2).
RESERVE: Final = 1_024
BATCH_MESSAGES: Final = 512
# What a batch brings one room has to fit into a listener's outbox, even where JSON doubles it
# by escapes: half of chat.outboxes.HARD_BYTES, with about 350 bytes around each text.
ROOM_BYTES: Final = HARD_BYTES // 2
AROUND_BYTES: Final = 350
BUSY_MS: Final = 1_000

Deliver = Callable[[UUID, Sequence[Entry]], None]
# `Busy`: the queue is full, or it isn't known what became of it. Sending it again is safe.
Answer = Outcome | frames.Busy
Job = tuple[Draft, "asyncio.Future[Answer]"]


class Writer:
    """Takes drafts, answers each with what became of it, hands what was stored to `deliver`."""

    def __init__(
        self,
        database: Database,
        safety: Safety,
        *,
        clock: Clock,
        deliver: Deliver,
        queue: int = QUEUE,
    ) -> None:
        self._database = database
        self._safety = safety
        self._clock = clock
        self._deliver = deliver
        self._queue = queue
        self._jobs: deque[Job] = deque()
        self._ready = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.batches = 0
        self.stored = 0

    @property
    def waiting(self) -> int:
        """How many drafts wait for a batch."""
        return len(self._jobs)

    def submit(self, draft: Draft) -> "asyncio.Future[Answer]":
        """Queue a draft; the future ends with what became of it. Never waits, never raises."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        bound = self._queue + (RESERVE if draft.is_distress else 0)
        if len(self._jobs) >= bound:
            future.set_result(busy(draft))
            return future
        self._jobs.append((draft, future))
        self._idle.clear()
        self._ready.set()
        return future

    async def run(self) -> None:
        """Store batches until cancelled; what is under way then is answered with `Busy`."""
        while True:
            await self._ready.wait()
            jobs = self._gather()
            if not jobs:
                self._ready.clear()
                self._idle.set()
                continue
            try:
                await self._write(jobs)
            except Exception as fault:  # noqa: BLE001 - logged by kind, answered, survived
                # There is one writer for everyone: whatever breaks, the next batch is stored.
                # Listeners read on with the next sweep.
                log.error("chat_writer_failed", **describe(fault))
            finally:
                _give_up(jobs)

    async def drained(self) -> None:
        """Wait until everything submitted was answered."""
        await self._idle.wait()

    def _gather(self) -> list[Job]:
        """Take what is pending, in order, up to one batch.

        Within it a key stands for one thing said; other words under it are for the next batch,
        which recognises and refuses them.
        """
        jobs: list[Job] = []
        said: dict[Key, str] = {}
        weights: dict[UUID, int] = {}
        while self._jobs and len(jobs) < BATCH_MESSAGES:
            draft = self._jobs[0][0]
            weight = weights.get(draft.room_id, 0) + _bytes(draft.text)
            if jobs and weight > ROOM_BYTES:
                break
            if not draft.says(said.setdefault(draft.key, draft.text)):
                break
            weights[draft.room_id] = weight
            jobs.append(self._jobs.popleft())
        return jobs

    async def _write(self, jobs: Sequence[Job]) -> None:
        ordered = sorted(jobs, key=_organisation)
        for organisation_id, found in groupby(ordered, key=_organisation):
            await self._store(organisation_id, list(found))

    async def _store(self, organisation_id: UUID, jobs: Sequence[Job]) -> None:
        """Store one organisation's jobs together; when one of them is poisoned, one by one."""
        try:
            stored = await self._commit(organisation_id, [draft for draft, _ in jobs])
        except Unavailable as gone:
            _refuse(jobs, gone)
        except Exception as fault:  # noqa: BLE001 - logged by kind, answered, survived
            # One row that can't be stored must not take the others with it.
            log.error("chat_batch_failed", messages=len(jobs), **describe(fault))
            if len(jobs) == 1:
                _refuse(jobs, Problem())
                return
            for job in jobs:
                await self._store(organisation_id, [job])
        else:
            await self._acknowledge(jobs, stored)

    async def _commit(self, organisation_id: UUID, drafts: Sequence[Draft]) -> Stored:
        try:
            stored = await self._try(organisation_id, drafts, is_careful=False)
        except IntegrityError:
            # Some were sent before: look for their first answers.
            stored = await self._try(organisation_id, drafts, is_careful=True)
        self.batches += 1
        self.stored += sum(map(len, stored.entries.values()))
        return stored

    async def _try(
        self, organisation_id: UUID, drafts: Sequence[Draft], *, is_careful: bool
    ) -> Stored:
        async with self._database.unit_of_work(organisation_id) as session:
            return await batches.store(
                session, drafts, safety=self._safety, now=self._clock(), is_careful=is_careful
            )

    async def _acknowledge(self, jobs: Sequence[Job], stored: Stored) -> None:
        """Answer the authors first, then everyone else."""
        for draft, future in jobs:
            if not future.done():
                future.set_result(stored.outcomes[draft.key])
        await asyncio.sleep(0)
        for room_id, entries in stored.entries.items():
            self._deliver(room_id, entries)


def _bytes(text: str) -> int:
    return AROUND_BYTES + len(text) * (1 if text.isascii() else 4)


def _organisation(job: Job) -> UUID:
    return job[0].organisation_id


def _refuse(jobs: Sequence[Job], fault: Problem) -> None:
    for _, future in jobs:
        if not future.done():
            future.set_result(Refusal(fault))


def _give_up(jobs: Sequence[Job]) -> None:
    """A commit that was cut short may have happened: only sending again can tell."""
    for draft, future in jobs:
        if not future.done():
            future.set_result(busy(draft))


def busy(draft: Draft, *, wait_ms: int = BUSY_MS) -> frames.Busy:
    """Ask the author's client to send the same again after a pause."""
    return frames.Busy(retry_after_ms=wait_ms, room=draft.room_id, client_id=draft.client_id)
