"""What a case's page shows, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.safety import Category, Source, Subject, Tier
from moderation.effects import Effect
from moderation.fold import Kind, Status
from moderation.kinds import EffectKind
from moderation.places import Where
from moderation.reasons import Reason
from moderation.talks import Said


@dataclass(frozen=True, slots=True)
class Raised:
    """One concern. A member who raised it is "a member", whoever they are."""

    by: str
    source: Source
    reason: Reason | None
    tier: Tier
    categories: frozenset[Category]
    because: tuple[str, ...]
    evidence: str
    note: str
    at: datetime
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was decided before about the same author. One's own distress never counts as such."""

    case_id: UUID
    at: datetime
    effects: tuple[EffectKind, ...]
    rule: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the case's history; `by` is None for what the software did on its own."""

    kind: Kind
    at: datetime
    by: str | None
    words: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything a moderator needs to decide, and nothing that tells who reported.

    `has_author_left`: its author was in the talk it is about, and is not there now.
    """

    id: UUID
    version: int
    subject: Subject
    where: Where
    author_name: str | None
    has_author_left: bool
    status: Status
    tier: Tier
    categories: frozenset[Category]
    is_support: bool
    is_appealed: bool
    opened_at: datetime
    due_at: datetime
    is_late: bool
    holder_name: str | None
    is_mine: bool
    claim_ends_at: datetime | None
    raised: tuple[Raised, ...]
    window: tuple[Said, ...]
    earlier: tuple[Earlier, ...]
    earlier_count: int
    history: tuple[Line, ...]
    done: tuple[Effect, ...]
    offered: tuple[EffectKind, ...]
