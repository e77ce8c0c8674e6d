"""How urgent a case is: tier first, then severity and waiting. Pure.

A queue that only ever takes the worst first starves its middle: a live triage tool raised the
answers to crisis posts and lost five points on amber (docs: moderation, the desk).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from core.safety import Category, Tier

# From commit to the first human look; for "now" the half of them within a minute.
LOOK_WITHIN: Final[Mapping[Tier, timedelta]] = MappingProxyType(
    {
        Tier.NOW: timedelta(minutes=5),
        Tier.SOON: timedelta(minutes=30),
        Tier.ROUTINE: timedelta(hours=4),
        Tier.NONE: timedelta(hours=4),
    }
)
MEDIAN_LOOK_FOR_NOW: Final = timedelta(seconds=60)

# How much sooner within a tier. By what may happen to somebody, not by how many said so: one
# first report about a threat stands as high as fifty (promise 20).
SEVERITY: Final[Mapping[Category, int]] = MappingProxyType(
    {
        Category.DISTRESS: 4,
        Category.ENCOURAGEMENT: 4,
        Category.THREAT: 4,
        Category.SEXUAL: 3,
        Category.HATE: 3,
        Category.HARASSMENT: 3,
        Category.EATING: 2,
        Category.MEDICATION: 2,
        Category.CONTACT: 1,
        Category.SPAM: 1,
    }
)


class Waiting(Protocol):
    """What the order needs to know of a case."""

    @property
    def id(self) -> UUID:
        """Settles ties."""
        ...

    @property
    def tier(self) -> Tier:
        """How soon a person should look."""
        ...

    @property
    def categories(self) -> frozenset[Category]:
        """What it may be about."""
        ...

    @property
    def tier_since_at(self) -> datetime:
        """When its clock began."""
        ...

    @property
    def first_look_at(self) -> datetime | None:
        """When somebody first looked, if anyone has."""
        ...


def severity(categories: frozenset[Category]) -> int:
    """Return 1 (nothing known) to 4 (life or limb)."""
    return max((SEVERITY[category] for category in categories), default=1)


def order_key(case: Waiting, now: datetime) -> tuple[int, float, UUID]:
    """Return what sorts first things first: tier, then severity × age + age³, then id.

    Age is counted in the tier's own clock. Within the clock severity leads (the cube is below
    one); from twice the clock on the cube weighs as much as any severity; and since it grows
    fastest, of two cases of a tier the older one is ahead from some moment on.
    """
    age = max(now - case.tier_since_at, timedelta(0)) / LOOK_WITHIN[case.tier]
    return -case.tier.urgency, -(severity(case.categories) * age + age**3), case.id


def due_at(case: Waiting) -> datetime:
    """Return by when somebody should have looked."""
    return case.tier_since_at + LOOK_WITHIN[case.tier]


def is_late(case: Waiting, now: datetime) -> bool:
    """Tell whether nobody has looked in time."""
    return case.first_look_at is None and now > due_at(case)
