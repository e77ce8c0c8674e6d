"""Tasks nobody waits for: kept alive, their faults logged, all ended together."""

import asyncio
import traceback
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


def describe(fault: BaseException) -> dict[str, str]:
    """Return what a log may hold of a fault: its kind and place, no message and no values.

    Tracebacks with their locals, and databases' messages, hold members' words.
    """
    frames = traceback.extract_tb(fault.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-3:]]
    return {"fault": type(fault).__name__, "where": " > ".join(places)}


class Background:
    """A set of running tasks of one engine."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` until it ends or everything is ended."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("chat_task_failed", **describe(fault))

    async def end(self) -> None:
        """Cancel what still runs and wait for it."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
