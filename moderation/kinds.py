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
    MISTAKEN = "mistaken"  # nothing: screening took it for what it isn't, and may learn from that
    REACHED_OUT = "reached_out"
    GUIDE = "guide"  # a kind word about how we are here; nothing is held against anybody
    WARN = "warn"
    OUT_OF_GROUP = "out_of_group"
    HIDE = "hide"
    RELEASE = "release"
    REFUSE = "refuse"
    MUTE = "mute"
    RESTRICT = "restrict"  # groups, but nobody in private
    SUSPEND = "suspend"
    REMOVE = "remove"  # asks a second person whether somebody may come back at all
    CONFIRM = "confirm"  # the second person's yes


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a decision that somebody wants to take; `lasts` for timed ones only."""

    kind: EffectKind
    lasts: timedelta | None = None


ORDER: Final = tuple(EffectKind)

# These are done to somebody: each names a rule, tells its author, and can be questioned.
SANCTIONS: Final = frozenset(
    {
        EffectKind.WARN,
        EffectKind.OUT_OF_GROUP,
        EffectKind.HIDE,
        EffectKind.REFUSE,
        EffectKind.MUTE,
        EffectKind.RESTRICT,
        EffectKind.SUSPEND,
        EffectKind.REMOVE,
        EffectKind.CONFIRM,
    }
)
# Kept as something of its own, so that it ends and can be questioned. What is confirmed is there.
RECORDED: Final = SANCTIONS - {EffectKind.CONFIRM} | {EffectKind.GUIDE}
# Whoever told us hears that something was done.
HAS_ACTED: Final = RECORDED | SANCTIONS
# These are a decision by themselves.
ALONE: Final = frozenset({EffectKind.NOTHING, EffectKind.MISTAKEN})
# These can be taken back again.
REVERSIBLE: Final = RECORDED - {EffectKind.REFUSE}
# These keep an account from taking part; while one of them holds, it stays paused.
PAUSING: Final = frozenset({EffectKind.SUSPEND, EffectKind.REMOVE})

# Shortest and longest. A quarter of an hour cools a quarrel; what should last longer than the
# longest is a removal, and needs a second reader (docs: moderation, the desk).
BOUNDS: Final[Mapping[EffectKind, tuple[timedelta, timedelta]]] = MappingProxyType(
    {
        EffectKind.MUTE: (timedelta(minutes=15), timedelta(days=30)),
        EffectKind.RESTRICT: (timedelta(hours=1), timedelta(days=90)),
        EffectKind.SUSPEND: (timedelta(hours=1), timedelta(days=90)),
    }
)
# A removal that no second person confirmed by then ends by itself: nobody is shut out by waiting.
CONFIRM_WITHIN: Final = timedelta(days=14)
