"""Doorbells: published after commit, ids only, may be lost.

Whatever must reach someone is a row in `people.notices` instead.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was committed. Subclasses add ids and counters, never words."""

    organisation_id: UUID


SomeEvent = TypeVar("SomeEvent", bound=Event)
Handler = Callable[[Any], None]


class Bus:
    """Synchronous, in this process. A handler that fails is logged and stops nobody else."""

    def __init__(self) -> None:
        self._handlers: dict[type[Event], list[Handler]] = defaultdict(list)

    def subscribe(self, kind: type[SomeEvent], handler: Callable[[SomeEvent], None]) -> None:
        """Call `handler` for every published event of exactly this kind."""
        self._handlers[kind].append(handler)

    def publish(self, event: Event) -> None:
        """Tell every handler of this kind of event."""
        for handler in self._handlers[type(event)]:
            try:
                handler(event)
            except Exception as fault:  # noqa: BLE001 - a deaf listener can't undo a committed write
                log.error(
                    "handler_failed", event_kind=type(event).__name__, kind=type(fault).__name__
                )


def after_commit(session: AsyncSession, event: Event) -> None:
    """Publish `event` when this unit of work has committed; never, if it rolls back."""
    session.info.setdefault("events", []).append(event)


Finisher = Callable[[AsyncSession], Awaitable[None]]


def before_commit(session: AsyncSession, name: str, finish: Finisher) -> None:
    """Run `finish` once, last in this unit of work, however often it is asked for by `name`.

    For rows that many units of work touch: locked last, they are held for the shortest time and
    always in the same order.
    """
    session.info.setdefault("finishers", {}).setdefault(name, finish)
