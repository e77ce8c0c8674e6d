"""Places in a group: who asked for one, who waits for one, and for whom one is held for a time.

A place that gets free is offered by itself to whoever has waited longest, and held until an hour
that is told; nobody can take it meanwhile. After that hour it goes to the next.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.errors import Conflict
from core.sentences import Sentence, When, say
from core.tables import Base, Identified, Owned, Retention, field
from groups import cards, tidings
from groups.cards import Door, Group
from people.accounts import Account
from people.permissions import Standing

OWN: Final = "account_id"
HELD_FOR: Final = timedelta(hours=72)
_OPEN: Final = text("state IN ('asked', 'waiting', 'offered')")


class State(StrEnum):
    """Where a request is."""

    ASKED = "asked"  # a person is to answer
    WAITING = "waiting"  # welcome, as soon as there is a place
    OFFERED = "offered"  # a place is held
    ACCEPTED = "accepted"
    NOT_NOW = "not_now"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the hour passed until which a place was held


# Of one account in one group at most one such request is there.
UNSETTLED: Final = (State.ASKED, State.WAITING, State.OFFERED)


class JoinRequest(Base, Identified, Owned):
    """One account asks into one group. At most one is open. Folded spans as in a hello."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_open", "group_id", "account_id",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    group_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN)
    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN, index=True)
    note_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal=OWN)
    folded: Mapped[list[Any]] = field(Retention.ACCOUNT, personal=OWN)
    state: Mapped[State] = field(Retention.ACCOUNT, personal=OWN)
    asked_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    answered_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)
    answered_by: Mapped[UUID | None] = field(Retention.ACCOUNT, personal="answered_by")
    # Until when a place is held, while it is offered.
    held_until: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)

    note = encryption.Sealed("note_sealed")


class OfferOver(Conflict):
    """The place is no longer held for whoever takes it."""

    code = "offer_over"
    title = say("This place isn't held for you any more. You can ask again: you're welcome to.")


def is_waited_for(group_id: Any) -> Any:
    """Return the condition that somebody waits for a place: then nobody walks past them."""
    return exists().where(JoinRequest.group_id == group_id, JoinRequest.state == State.WAITING)


async def has_place(session: AsyncSession, group: Group) -> bool:
    """Tell whether one can come in now, and nobody waited before."""
    is_line = await session.scalar(select(is_waited_for(group.id)))
    return group.has_places and not is_line


async def open_request(
    session: AsyncSession, group_id: UUID, account_id: UUID
) -> JoinRequest | None:
    """Return somebody's request that isn't settled, if there is one."""
    query = select(JoinRequest).where(
        JoinRequest.group_id == group_id, JoinRequest.account_id == account_id
    )
    return (await session.scalars(query.where(JoinRequest.state.in_(UNSETTLED)))).one_or_none()


async def offer(session: AsyncSession, group_id: UUID, *, now: datetime) -> int:
    """Hold every free place for whoever has waited longest, and tell them; return how many."""
    offered = 0
    while (waiting := await _next(session, group_id)) is not None:
        group = await hold(session, group_id, by=1)
        if group is None:
            break
        if not await _offer(session, waiting.id, now=now):
            await hold(session, group_id, by=-1)
            continue
        offered += 1
        await cards.push(session, group, now=now)
        words = say(
            "There is a place for you in %(group)s. It is held for you until %(until)s. If that is"
            " too soon, that is all right too.",
            group=group.name,
            until=When(now + HELD_FOR),
        )
        await _tell(session, waiting, words, about="offer", now=now)
    return offered


async def _next(session: AsyncSession, group_id: UUID) -> JoinRequest | None:
    query = (
        select(JoinRequest)
        .join(Account, Account.id == JoinRequest.account_id)
        .where(JoinRequest.group_id == group_id, JoinRequest.state == State.WAITING)
        .where(Account.standing == Standing.ACTIVE)
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def hold(session: AsyncSession, group_id: UUID, *, by: int) -> Group | None:
    """Hold one place more or less; None when there is none to hold."""
    changed = update(Group).where(Group.id == group_id)
    if by > 0:
        changed = changed.where(
            Group.member_count + Group.held_count < Group.capacity,
            Group.closed_at.is_(None),
            Group.door != Door.CLOSED,
        )
    group: Group | None = await session.scalar(
        changed.values(held_count=Group.held_count + by)
        .returning(Group)
        .execution_options(populate_existing=True)
    )
    return group


async def _offer(session: AsyncSession, request_id: UUID, *, now: datetime) -> bool:
    moved = await session.scalar(
        update(JoinRequest)
        .where(JoinRequest.id == request_id, JoinRequest.state == State.WAITING)
        .values(state=State.OFFERED, held_until=now + HELD_FOR)
        .returning(JoinRequest.id)
    )
    return moved is not None


async def lapse(session: AsyncSession, *, now: datetime) -> None:
    """Give on what was held until now, and offer what is free; swept by upkeep. Idempotent."""
    over = await session.scalars(
        update(JoinRequest)
        .where(JoinRequest.state == State.OFFERED, JoinRequest.held_until <= now)
        .values(state=State.LAPSED, answered_at=now)
        .returning(JoinRequest)
        .execution_options(populate_existing=True)
    )
    for request in over.all():
        group = await hold(session, request.group_id, by=-1)
        if group is not None:
            await cards.push(session, group, now=now)
            words = say(
                "The place in %(group)s was held for you until now, and is free for somebody else"
                " again. Nothing is lost: you can ask again whenever you like.",
                group=group.name,
            )
            await _tell(session, request, words, about="lapse", now=now)
    waited_for = select(JoinRequest.group_id).where(JoinRequest.state == State.WAITING).distinct()
    for group_id in (await session.scalars(waited_for)).all():
        await offer(session, group_id, now=now)


async def _tell(
    session: AsyncSession, asked: JoinRequest, words: Sentence, *, about: str, now: datetime
) -> None:
    once = f"place-{about}:{asked.id}"
    await tidings.tell(session, asked.group_id, asked.account_id, words, once=once, now=now)
