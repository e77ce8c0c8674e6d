"""Throttling of guesses, in a table: it holds across processes and restarts.

Counts tries per keyed fingerprint, so that the table tells neither names nor addresses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.errors import TooMany
from core.sentences import say
from core.tables import Base, Owned, Retention, field
from core.upserts import insert

WINDOW: Final = timedelta(minutes=15)


class Guess(StrEnum):
    """What is being tried. Guessing at invitations is joining."""

    SIGN_IN = "sign_in"
    RECOVERY = "recovery"
    JOIN = "join"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tries in a quarter of an hour: on one name from one address, on one name, from one address.

    The name's own number is high, so that a stranger can't lock somebody out of the place where
    they look for help.
    """

    pair: int
    name: int
    address: int


ALLOWED: Final = {
    Guess.SIGN_IN: Allowance(pair=8, name=60, address=100),
    Guess.RECOVERY: Allowance(pair=6, name=30, address=60),
    Guess.JOIN: Allowance(pair=20, name=60, address=30),
    # Nobody is named there: only the address counts.
    Guess.DECISION: Allowance(pair=40, name=10_000, address=40),
}


class FirstRunTries:
    """Tries at the first day's code, in this process: there is no organisation to keep them for.

    All together, from wherever they come: nobody but who set this up has anything to type there,
    and `been-there setup` is always open to them.
    """

    MOST: Final = 20

    def __init__(self) -> None:
        self._window_at: datetime | None = None
        self._tries = 0

    def take(self, *, now: datetime) -> None:
        """Count one try.

        Raises:
            TooMany: with the seconds until the next window.
        """
        window_at = _window(now)
        self._tries = self._tries + 1 if window_at == self._window_at else 1
        self._window_at = window_at
        if self._tries > self.MOST:
            raise _too_many(window_at, now=now)


class Throttle(Base, Owned):
    """How many tries one fingerprint has made in one window."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = field(Retention.SHORT, primary_key=True)
    window_at: Mapped[datetime] = field(Retention.SHORT, primary_key=True)
    tries: Mapped[int] = field(Retention.SHORT)


async def take(
    session: AsyncSession, guess: Guess, *, name: str, address: str, now: datetime
) -> None:
    """Count one try, in a unit of work of its own, before the slow check.

    Raises:
        TooMany: with the seconds until the next window.
    """
    allowed = ALLOWED[guess]
    tries = {
        f"{guess}|pair|{name}|{address}": allowed.pair,
        f"{guess}|address|{address}": allowed.address,
    }
    if name:
        # Where no name is guessed, all strangers together would use up one allowance.
        tries[f"{guess}|name|{name}"] = allowed.name
    window_at = _window(now)
    over = [await _count(session, key, window_at) > most for key, most in tries.items()]
    if any(over):
        raise _too_many(window_at, now=now)


def _too_many(window_at: datetime, *, now: datetime) -> TooMany:
    wait = window_at + WINDOW - now
    return TooMany(
        say(
            "That was tried many times. Please wait a few minutes and try again. If you need"
            " somebody now, Urgent help is open."
        ),
        retry_after=max(1, round(wait.total_seconds())),
    )


def _window(now: datetime) -> datetime:
    seconds = WINDOW.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)


async def _count(session: AsyncSession, key: str, window_at: datetime) -> int:
    organisation_id = session.info["organisation_id"]
    row = insert(session, Throttle).values(
        # Of this organisation: tries in one never count in another.
        key=encryption.ring().blind("throttle", f"{organisation_id}|{key}"),
        organisation_id=organisation_id,
        window_at=window_at,
        tries=1,
    )
    counted = row.on_conflict_do_update(
        index_elements=["key", "window_at"], set_={"tries": Throttle.tries + 1}
    ).returning(Throttle.tries)
    return int(await session.scalar(counted) or 0)


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Delete windows that no longer count; a sweep."""
    await session.execute(delete(Throttle).where(Throttle.window_at < now - 2 * WINDOW))
