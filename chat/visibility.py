"""Who sees whose words: blocks × {message, history page, reply, list, export, sign} (promise 17).

A block is silent. In a group room only who blocked sees a folded line; the one who is blocked
sees everything as before, or the fold would tell them. A private talk takes nothing new either
way, in words that fit many reasons ("not free to talk just now"); what was said before stays
readable to both, because that is where somebody tells us about it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from chat.kinds import RoomKind


class Surface(StrEnum):
    """Where words may be seen."""

    MESSAGE = "message"  # something new, delivered
    PAGE = "page"  # what is in the log already, live or as history
    REPLY = "reply"  # quoted above an answer
    LIST = "list"  # the other's name among my talks
    EXPORT = "export"  # a copy of my data
    SIGN = "sign"  # a quiet sign under somebody's words


class Bond(StrEnum):
    """What stands between the viewer and the one whose words these are."""

    OWN = "own"
    NONE = "none"
    I_BLOCKED = "i_blocked"
    THEY_BLOCKED = "they_blocked"
    BOTH = "both"


class Sight(StrEnum):
    """What the viewer gets."""

    WORDS = "words"
    FOLDED = "folded"  # a line that says that something is there
    NOTHING = "nothing"


_SHARED: Final = {Surface.MESSAGE, Surface.PAGE, Surface.REPLY}
_BLOCKERS: Final = {Bond.I_BLOCKED, Bond.BOTH}


def _sight(surface: Surface, bond: Bond, kind: RoomKind) -> Sight:
    if bond is Bond.OWN:
        return Sight.WORDS
    if surface is Surface.EXPORT:
        # Promise 28: others' words only with their yes, which is asked elsewhere.
        return Sight.FOLDED
    if surface is Surface.SIGN and kind is RoomKind.GROUP and bond in _BLOCKERS:
        return Sight.NOTHING
    if surface in _SHARED and kind is RoomKind.GROUP and bond in _BLOCKERS:
        return Sight.FOLDED
    if surface is Surface.MESSAGE and kind is RoomKind.PRIVATE and bond is not Bond.NONE:
        return Sight.NOTHING
    return Sight.WORDS


TABLE: Final[Mapping[tuple[Surface, Bond, RoomKind], Sight]] = MappingProxyType(
    {
        (surface, bond, kind): _sight(surface, bond, kind)
        for surface in Surface
        for bond in Bond
        for kind in RoomKind
    }
)


def sight(surface: Surface, bond: Bond, *, kind: RoomKind) -> Sight:
    """Return what a viewer with this bond to the author sees on this surface."""
    return TABLE[surface, bond, kind]


def bond(*, is_own: bool, i_blocked: bool, they_blocked: bool) -> Bond:
    """Return the bond for these facts; one's own words are never blocked."""
    if is_own:
        return Bond.OWN
    if i_blocked:
        return Bond.BOTH if they_blocked else Bond.I_BLOCKED
    return Bond.THEY_BLOCKED if they_blocked else Bond.NONE
