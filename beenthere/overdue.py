"""When a row is over: one rule a table, and what goes with a case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, inspect
from sqlalchemy.orm import aliased

from chat.help_cards import HelpCard
from core.tables import Base, Retention
from moderation.aftercare import Aftercare
from moderation.cases import Case, CaseEvent
from moderation.codes import DecisionCode
from moderation.delays import LookDelay
from moderation.effects import Effect
from moderation.flags import Flag
from moderation.fold import Status
from moderation.looks import Look
from moderation.workings import HOLDING
from people.appointments import Appointment
from people.invitations import Invitation
from people.leases import Lease
from people.notices import Notice
from people.roles import RoleGrant
from people.sign_ins import SignIn

Condition = Callable[[datetime, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that go: `is_over(before, now)` says which."""

    table: type[Base]
    kind: Retention
    since: str
    is_over: Condition

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.__tablename__)

    @property
    def key(self) -> Any:
        """The mapped column that names a row."""
        (column,) = inspect(self.table).primary_key
        return getattr(self.table, str(column.key))


def _ended_grants(before: datetime, _now: datetime) -> ColumnElement[bool]:
    return RoleGrant.ended_at < before


def _settled_cases(before: datetime, now: datetime) -> ColumnElement[bool]:
    other = aliased(Case)
    is_open = exists().where(
        other.author_id == Case.author_id, other.status != Status.DECIDED, other.id != Case.id
    )
    # What else has no end was done once, like a message that was hidden: it stays so by itself.
    lasts = Effect.ends_at.is_(None) & Effect.kind.in_(HOLDING)
    holds = exists().where(
        Effect.case_id == Case.id, Effect.undone_at.is_(None), (Effect.ends_at > now) | lasts
    )
    settled = and_(Case.status == Status.DECIDED, Case.decided_at < before, ~Case.is_appealed)
    return settled & ~is_open & ~holds


# What goes with a case; the words of its events go before them.
OF_A_CASE: Final = (CaseEvent, Flag, Effect, Look, Aftercare, DecisionCode, LookDelay)
SHORT, CASE, AUDIT = Retention.SHORT, Retention.CASE, Retention.AUDIT
RULES: Final[tuple[Rule, ...]] = (
    Rule(
        SignIn, SHORT, "ended or expired",
        lambda before, _: func.coalesce(SignIn.ended_at, SignIn.expires_at) < before,
    ),
    Rule(
        Invitation, SHORT, "ended or expired",
        lambda before, _: func.coalesce(Invitation.ended_at, Invitation.expires_at) < before,
    ),
    Rule(Notice, SHORT, "read", lambda before, _: Notice.read_at < before),
    Rule(HelpCard, SHORT, "shown", lambda before, _: HelpCard.shown_at < before),
    Rule(Lease, SHORT, "run out", lambda before, _: Lease.until < before),
    Rule(Case, CASE, "settled", _settled_cases),
    Rule(Look, CASE, "looked", lambda before, _: (Look.at < before) & Look.case_id.is_(None)),
    Rule(RoleGrant, AUDIT, "ended", _ended_grants),
    Rule(Appointment, AUDIT, "settled", lambda before, _: Appointment.settled_at < before),
)  # fmt: skip
