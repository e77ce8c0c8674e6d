"""What a moderator can do, and the bounds of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class EffectKind(StrEnum):
    """One part of a decision, in the order in which they are taken: rooms, seats, accounts.

    Always the same order, or two decisions about one person could wait for each other.
    """

    NOTHING = "nothing"
    REACHED_OUT = "reached_out"
    HIDE = "hide"
    RELEASE = "release"
    REFUSE = "refuse"
    MUTE = "mute"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a decision that somebody wants to take; `lasts` for timed ones only."""

    kind: EffectKind
    lasts: timedelta | None = None


ORDER: Final = tuple(EffectKind)

# These are done to somebody: each names a rule, tells its author, and can be questioned.
SANCTIONS: Final = frozenset(
    {EffectKind.HIDE, EffectKind.MUTE, EffectKind.SUSPEND, EffectKind.REFUSE}
)
# These can be taken back again.
REVERSIBLE: Final = frozenset({EffectKind.HIDE, EffectKind.MUTE, EffectKind.SUSPEND})

# Shortest and longest. A quarter of an hour cools a quarrel; what should last longer than the
# longest is a removal, and needs a second reader (docs: moderation, the desk).
BOUNDS: Final[Mapping[EffectKind, tuple[timedelta, timedelta]]] = MappingProxyType(
    {
        EffectKind.MUTE: (timedelta(minutes=15), timedelta(days=30)),
        EffectKind.SUSPEND: (timedelta(hours=1), timedelta(days=90)),
    }
)
