"""What a case is now, told by its append-only log alone. Pure.

`step` is the only place that knows which move is legal; `fold` is `step` over the whole log.
The row of a case keeps the newest state, so that the queue is one query; a test holds the two
together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from core.errors import Conflict
from core.safety import Category, Tier
from core.sentences import say


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class Kind(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    FLAGGED = "flagged"
    REOPENED = "reopened"
    CLAIMED = "claimed"
    RELEASED = "released"
    LAPSED = "lapsed"  # the lease ran out
    LOOKED = "looked"
    NOTED = "noted"
    DECIDED = "decided"
    UNDONE = "undone"  # an effect was taken back, or its time was up


_ALWAYS: Final = (Kind.LOOKED, Kind.NOTED, Kind.UNDONE)

MOVES: Final[Mapping[Status | None, Mapping[Kind, Status]]] = MappingProxyType(
    {
        None: {Kind.OPENED: Status.OPEN},
        Status.OPEN: {
            **dict.fromkeys(_ALWAYS, Status.OPEN),
            Kind.FLAGGED: Status.OPEN,
            Kind.CLAIMED: Status.CLAIMED,
            Kind.DECIDED: Status.DECIDED,
        },
        Status.CLAIMED: {
            **dict.fromkeys(_ALWAYS, Status.CLAIMED),
            Kind.FLAGGED: Status.CLAIMED,
            Kind.RELEASED: Status.OPEN,
            Kind.LAPSED: Status.OPEN,
            Kind.DECIDED: Status.DECIDED,
        },
        Status.DECIDED: {
            **dict.fromkeys(_ALWAYS, Status.DECIDED),
            Kind.REOPENED: Status.OPEN,
        },
    }
)
# Only whoever holds a case may do these while it is held.
HOLDERS_OWN: Final = frozenset({Kind.RELEASED, Kind.DECIDED})

# What is about harm to somebody else. Distress lifts everything but these (promise 1).
HARMS_OTHERS: Final = frozenset(
    {
        Category.ENCOURAGEMENT,
        Category.HARASSMENT,
        Category.HATE,
        Category.THREAT,
        Category.SEXUAL,
    }
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the log, as far as it changes what the case is."""

    kind: Kind
    at: datetime
    actor_id: UUID | None = None
    tier: Tier = Tier.NONE
    categories: frozenset[Category] = field(default_factory=frozenset)
    is_appeal: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a case is now.

    `version` changes with everything that changes what there is to decide; `opening` counts how
    often the case was opened; tier and categories are those of the newest opening.
    """

    status: Status
    version: int
    opening: int
    tier: Tier
    categories: frozenset[Category]
    opened_at: datetime
    tier_since_at: datetime
    first_look_at: datetime | None = None
    holder_id: UUID | None = None
    is_appealed: bool = False
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    @property
    def is_about_own_distress(self) -> bool:
        """True when it is about distress and harms nobody else: no sanction (promise 1)."""
        return is_own_distress(self.categories)


def is_own_distress(categories: frozenset[Category]) -> bool:
    """Tell whether these say that somebody is in distress, and nothing that harms another."""
    return Category.DISTRESS in categories and not categories & HARMS_OTHERS


def fold(log: Iterable[Happening]) -> State | None:
    """Return what the log says; None for an empty one.

    Raises:
        Conflict: a line is not a legal move after the ones before it.
    """
    state: State | None = None
    for happening in log:
        state = step(state, happening)
    return state


def step(state: State | None, happening: Happening) -> State:
    """Return the state after one more line.

    Raises:
        Conflict: the move is not legal now, or somebody else holds the case.
    """
    status = MOVES[state.status if state else None].get(happening.kind)
    if status is None:
        raise Conflict(say("Somebody else has moved this on. Please look at it again."))
    if state is None:
        return _begun(happening, opening=1, version=1)
    if happening.kind in HOLDERS_OWN and state.holder_id not in (None, happening.actor_id):
        raise Conflict(say("Somebody else is looking at this just now."), holder_id=state.holder_id)
    change = _CHANGES.get(happening.kind, _unchanged)
    return replace(change(state, happening), status=status)


def _begun(happening: Happening, *, opening: int, version: int) -> State:
    return State(
        status=Status.OPEN,
        version=version,
        opening=opening,
        tier=_at_least_routine(happening.tier),
        categories=happening.categories,
        opened_at=happening.at,
        tier_since_at=happening.at,
        is_appealed=happening.is_appeal,
    )


def _at_least_routine(tier: Tier) -> Tier:
    # Whoever asks for a look gets one: "none" is for texts nobody asked about.
    return Tier.ROUTINE if tier is Tier.NONE else tier


def _reopened(state: State, happening: Happening) -> State:
    begun = _begun(happening, opening=state.opening + 1, version=state.version + 1)
    return replace(begun, decided_by=state.decided_by, decided_at=state.decided_at)


def _flagged(state: State, happening: Happening) -> State:
    tier = max(state.tier, _at_least_routine(happening.tier), key=lambda each: each.urgency)
    is_raised = tier is not state.tier
    # What nobody has looked at yet keeps its clock, or a flood would never be late.
    is_new_to_all = state.holder_id is None and state.first_look_at is not None
    restarts = is_raised or is_new_to_all
    return replace(
        state,
        tier=tier,
        version=state.version + 1,
        categories=state.categories | happening.categories,
        is_appealed=state.is_appealed or happening.is_appeal,
        tier_since_at=happening.at if restarts else state.tier_since_at,
        first_look_at=None if restarts else state.first_look_at,
    )


def _claimed(state: State, happening: Happening) -> State:
    return replace(state, holder_id=happening.actor_id)


def _let_go(state: State, _happening: Happening) -> State:
    return replace(state, holder_id=None)


def _looked(state: State, happening: Happening) -> State:
    return replace(state, first_look_at=state.first_look_at or happening.at)


def _decided(state: State, happening: Happening) -> State:
    return replace(
        state,
        version=state.version + 1,
        holder_id=None,
        is_appealed=False,
        decided_by=happening.actor_id,
        decided_at=happening.at,
    )


def _undone(state: State, _happening: Happening) -> State:
    return replace(state, version=state.version + 1)


def _unchanged(state: State, _happening: Happening) -> State:
    return state


_CHANGES: Final[Mapping[Kind, Callable[[State, Happening], State]]] = MappingProxyType(
    {
        Kind.FLAGGED: _flagged,
        Kind.REOPENED: _reopened,
        Kind.CLAIMED: _claimed,
        Kind.RELEASED: _let_go,
        Kind.LAPSED: _let_go,
        Kind.LOOKED: _looked,
        Kind.DECIDED: _decided,
        Kind.UNDONE: _undone,
    }
)
