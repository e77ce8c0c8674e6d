"""Who may do what: one table of tiny predicates.

A domain function asks on its first line: `permissions.require(actor, Act.SEND, membership)`.
Predicates take the actor and a small Protocol, never a table. Which rows an actor may see at
all stays in the query that reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from core.errors import Forbidden, NotSignedIn


class Role(StrEnum):
    """What somebody was appointed to. Being a member needs no grant."""

    FACILITATOR = "facilitator"  # scope: the group
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"
    PEER_SUPPORTER = "peer_supporter"


class Standing(StrEnum):
    """Whether an account can take part now."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, everywhere or in one group (`scope_id`)."""

    role: Role
    scope_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: loaded once per request, never stored."""

    account_id: UUID
    organisation_id: UUID
    name: str
    standing: Standing = Standing.ACTIVE
    grants: frozenset[Grant] = field(default_factory=frozenset)
    sign_in_id: UUID | None = None
    # True when its use was not noted for an hour: whoever loaded it renews it.
    sign_in_is_stale: bool = False

    def has(self, role: Role, scope_id: UUID | None = None) -> bool:
        """Tell whether the role was granted, everywhere or for this very scope."""
        return Grant(role) in self.grants or (
            scope_id is not None and Grant(role, scope_id) in self.grants
        )


class Owned(Protocol):
    """Something with an account it belongs to."""

    @property
    def account_id(self) -> UUID:
        """The account it belongs to."""
        ...


class InGroup(Protocol):
    """Something of one group."""

    @property
    def group_id(self) -> UUID:
        """The group it belongs to."""
        ...


class Act(StrEnum):
    """Everything that needs a permission."""

    SEE_OWN = "see own things"
    CHANGE_OWN = "change own things"
    TAKE_PART = "take part"
    READ_ROOM = "read a room"
    SEND = "send in a room"
    LEAD_GROUP = "lead a group"
    OPEN_GROUP = "open a group"
    INVITE = "invite"
    GRANT_ROLE = "grant a role"
    CONFIRM_ROLE = "confirm a role that somebody else asked for"
    ISSUE_RECOVERY = "issue a recovery code"
    LIST_PEOPLE = "list who is here, without their words"
    CHANGE_DOCUMENT = "change the organisation's documents"
    READ_AUDIT = "read the audit chain"
    SEE_QUEUE = "see the queue"
    DECIDE_CASE = "decide a case"


Predicate = Callable[[Actor, Any], bool]


def _signed_in(actor: Actor, _thing: object) -> bool:
    return actor.standing is not Standing.ERASED


def _active(actor: Actor, _thing: object) -> bool:
    return actor.standing is Standing.ACTIVE


def _own(actor: Actor, thing: Owned) -> bool:
    return _signed_in(actor, thing) and thing.account_id == actor.account_id


def _own_and_active(actor: Actor, thing: Owned) -> bool:
    return _active(actor, thing) and thing.account_id == actor.account_id


def _leads(actor: Actor, thing: InGroup) -> bool:
    return _active(actor, thing) and actor.has(Role.FACILITATOR, thing.group_id)


def _active_with(*roles: Role) -> Predicate:
    def may(actor: Actor, _thing: object) -> bool:
        return actor.standing is Standing.ACTIVE and any(actor.has(role) for role in roles)

    return may


TABLE: Final[Mapping[Act, Predicate]] = {
    Act.SEE_OWN: _signed_in,
    Act.CHANGE_OWN: _signed_in,
    Act.TAKE_PART: _active,
    Act.READ_ROOM: _own,
    Act.SEND: _own_and_active,
    Act.LEAD_GROUP: _leads,
    Act.OPEN_GROUP: _active_with(Role.ADMINISTRATOR),
    Act.INVITE: _active_with(Role.ADMINISTRATOR),
    Act.GRANT_ROLE: _active_with(Role.ADMINISTRATOR),
    Act.CONFIRM_ROLE: _active_with(Role.ADMINISTRATOR, Role.MODERATOR),
    Act.ISSUE_RECOVERY: _active_with(Role.ADMINISTRATOR),
    Act.LIST_PEOPLE: _active_with(Role.ADMINISTRATOR),
    Act.CHANGE_DOCUMENT: _active_with(Role.ADMINISTRATOR),
    Act.READ_AUDIT: _active_with(Role.ADMINISTRATOR),
    Act.SEE_QUEUE: _active_with(Role.MODERATOR),
    Act.DECIDE_CASE: _active_with(Role.MODERATOR),
}


def allows(actor: Actor | None, act: Act, thing: object = None) -> bool:
    """Tell whether `actor` may do `act` to `thing`. Nobody may do nothing."""
    return actor is not None and TABLE[act](actor, thing)


def require(actor: Actor | None, act: Act, thing: object = None) -> Actor:
    """Return the actor, who may do this.

    Raises:
        NotSignedIn: there is no actor.
        Forbidden: the table says no.
    """
    if actor is None:
        raise NotSignedIn
    if not TABLE[act](actor, thing):
        raise Forbidden
    return actor
