"""How fast one person may write: a token bucket per account. Pure, inline, no clock of its own.

Screening comes before pacing (promise 2). A message in which somebody is in distress is never
refused, however many came before: it passes, and what it sets off (the help card, the case)
is coalesced where those are kept.
"""

from collections import OrderedDict
from typing import Final
from uuid import UUID

# Chosen, not measured: a person who sends thoughts line by line writes bursts of four or five
# short lines; ten at once and one a second after that is out of reach of hands, not of scripts.
BURST: Final = 10.0
PER_SECOND: Final = 1.0
# A bucket untouched for BURST / PER_SECOND seconds is full again, and so need not be kept.
REMEMBERED: Final = 10_000


class Bucket:
    """`burst` tokens, filled again at `per_second`. Times are monotonic seconds."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = burst
        self._at: float | None = None

    def take(self, now: float) -> int:
        """Take a token; return 0, or the milliseconds until there is one (none is taken then)."""
        if self._at is not None:
            filled = self._tokens + max(0.0, now - self._at) * self._per_second
            self._tokens = min(self._burst, filled)
        self._at = now
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return 0
        return max(1, round((1.0 - self._tokens) / self._per_second * 1000))


class Pace:
    """A bucket per account; the least recently used are forgotten (they are full by then)."""

    def __init__(self, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self._buckets: OrderedDict[UUID, Bucket] = OrderedDict()

    def wait_ms(self, account_id: UUID, *, is_distress: bool, now: float) -> int:
        """Return 0 when this message may pass now, else after how long. Distress always may."""
        bucket = self._buckets.get(account_id)
        if bucket is None:
            bucket = Bucket(burst=self.burst, per_second=self.per_second)
            self._buckets[account_id] = bucket
        self._buckets.move_to_end(account_id)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        waiting_ms = bucket.take(now)
        return 0 if is_distress else waiting_ms
