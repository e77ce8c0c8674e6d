"""Hellos as their two sides see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.errors import NotFound
from matching import candidates, hellos, pairs, presences, reasons, tidings
from matching.documents import Person
from matching.pairs import Connection, State
from people import accounts, blocks
from people.accounts import Account
from people.permissions import Act, Actor, Standing, require


@dataclass(frozen=True, slots=True)
class Received:
    """A hello that waits for an answer, with what its writer chose to tell of themselves.

    `folded` are spans of `words`, half-open, in code points.
    """

    id: UUID
    asker_id: UUID
    name: str
    words: str
    folded: hellos.Spans
    words_for_self: str
    about: str
    because: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime


class Outcome(StrEnum):
    """What whoever said hello sees of it. For `not_free` there is one word and many reasons."""

    WAITING = "waiting"
    TALKING = "talking"
    NOT_FREE = "not_free"


@dataclass(frozen=True, slots=True)
class Sent:
    """A hello of one's own. `room_id` is there once they talk."""

    id: UUID
    asked_id: UUID
    name: str
    words: str
    outcome: Outcome
    asked_at: datetime
    expires_at: datetime
    room_id: UUID | None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a talk of two began: who said hello, in which words, and the other's, if both did."""

    connection_id: UUID
    asker_id: UUID
    other_id: UUID
    words: str
    folded: hellos.Spans
    answer: str | None
    answer_folded: hellos.Spans
    is_ended: bool


async def received(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Received]:
    """Return the hellos that wait for this account, the oldest first."""
    require(actor, Act.SEE_OWN)
    query = (
        select(Connection, Account.name)
        .join(Account, Account.id == Connection.asker_id)
        .where(Connection.asked_id == actor.account_id, Connection.is_delivered)
        .where(Connection.state == State.ASKED, Connection.expires_at > now)
        .where(Account.standing == Standing.ACTIVE, Account.private_until.is_(None))
        .where(Connection.asker_id.not_in(await blocks.between(session, actor.account_id)))
        .order_by(Connection.asked_at, Connection.id)
        .limit(limits.PAGE_ITEMS)
    )
    rows = (await session.execute(query)).all()
    asker_ids = [hello.asker_id for hello, _ in rows]
    told = await candidates.people(session, [actor.account_id, *asker_ids])
    mine = told.get(actor.account_id)
    for asker_id in await candidates.withheld(session, asker_ids):
        told.pop(asker_id, None)
    for asker_id, wishes in (await presences.of_each(session, asker_ids, now=now)).items():
        if asker_id in told:
            told[asker_id] = wishes.shown_of(told[asker_id])
    return [_received(hello, name, mine, told.get(hello.asker_id)) for hello, name in rows]


def _received(
    hello: Connection, name: str | None, mine: Person | None, told: Person | None
) -> Received:
    return Received(
        id=hello.id,
        asker_id=hello.asker_id,
        name=name or tidings.SOMEBODY,
        words=hello.opener or "",
        folded=hello.opener_folded,
        words_for_self=told.words_for_self if told else "",
        about=told.about if told else "",
        because=reasons.shared(mine, told) if mine and told else (),
        asked_at=hello.asked_at,
        expires_at=hello.expires_at,
    )


async def sent(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Sent]:
    """Return one's own hellos of the last month but those taken back, the newest first."""
    require(actor, Act.SEE_OWN)
    shown = (State.ASKED, State.ACCEPTED, State.NOT_FREE, State.EXPIRED)
    query = (
        select(Connection)
        .where(Connection.asker_id == actor.account_id, Connection.state.in_(shown))
        .where(Connection.changed_at > now - pairs.APART_FOR)
        .order_by(Connection.asked_at.desc(), Connection.id.desc())
        .limit(limits.PAGE_ITEMS)
    )
    rows = list(await session.scalars(query))
    names = await accounts.names(session, {hello.asked_id for hello in rows})
    return [_sent(hello, names.get(hello.asked_id), now) for hello in rows]


def _sent(hello: Connection, name: str | None, now: datetime) -> Sent:
    return Sent(
        id=hello.id,
        asked_id=hello.asked_id,
        name=name or tidings.SOMEBODY,
        words=hello.opener or "",
        outcome=_outcome(hello, now),
        asked_at=hello.asked_at,
        expires_at=hello.expires_at,
        room_id=hello.room_id,
    )


def _outcome(hello: Connection, now: datetime) -> Outcome:
    if hello.state is State.ACCEPTED:
        return Outcome.TALKING
    is_waiting = hello.state is State.ASKED and hello.expires_at > now
    return Outcome.WAITING if is_waiting else Outcome.NOT_FREE


async def opening(session: AsyncSession, actor: Actor, room_id: UUID) -> Opening:
    """Return how one's own talk of two began.

    Raises:
        NotFound: the room is none of this account's talks.
    """
    require(actor, Act.SEE_OWN)
    hello = await pairs.one(session, Connection.room_id == room_id)
    if hello is None or actor.account_id not in (hello.asker_id, hello.asked_id):
        raise NotFound
    return Opening(
        connection_id=hello.id,
        asker_id=hello.asker_id,
        other_id=hello.other_of(actor.account_id),
        words=hello.opener or "",
        folded=hello.opener_folded,
        answer=hello.answer,
        answer_folded=hello.answer_folded or [],
        is_ended=hello.state is State.ENDED,
    )
