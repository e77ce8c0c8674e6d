"""Two people and where they are with each other: the table, and its legal moves."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Index, func, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from core import encryption, ids
from core.tables import ERASED, Base, Copied, Erased, Identified, Owned, Retention, field
from people.accounts import Account
from people.permissions import Standing

# Promise 35: quiet expiry.
LASTS: Final = timedelta(hours=72)
# After a hello came to nothing the two aren't shown to each other, and the same one isn't asked
# again, for a month: long enough not to press, short enough for a small place.
APART_FOR: Final = timedelta(days=30)


class State(StrEnum):
    """Where a connection is. `not_free`, `expired` and `withdrawn` read alike to whoever asked."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    NOT_FREE = "not_free"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


OPEN: Final = (State.ASKED, State.ACCEPTED)
# The one state each can come from.
BEFORE: Final = {
    State.ACCEPTED: State.ASKED,
    State.NOT_FREE: State.ASKED,
    State.EXPIRED: State.ASKED,
    State.WITHDRAWN: State.ASKED,
    State.ENDED: State.ACCEPTED,
}
Condition = ColumnElement[bool] | InstrumentedAttribute[bool]
_OPEN: Final = text("state IN ('asked', 'accepted')")
_ASKED: Final = text("state = 'asked'")


class Connection(Base, Identified, Owned):
    """A hello and what became of it. At most one of a pair is open, whoever asked.

    `is_delivered` is False for a hello that reached nobody; only this table knows. `answer` are
    the words of the second when both said hello at once. Folded spans are half-open, in code
    points.
    """

    __tablename__ = "connection"
    __table_args__ = (
        Index(
            "uq_connection_open_pair", "pair_low", "pair_high",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("ix_connection_due", "expires_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
        {"info": {ERASED: Erased.WORDS}},
    )  # fmt: skip

    asker_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="asker_id", index=True)
    asked_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="asked_id", index=True)
    pair_low: Mapped[UUID] = field(Retention.ACCOUNT, personal="pair_low", copied=Copied.TWICE)
    pair_high: Mapped[UUID] = field(Retention.ACCOUNT, personal="pair_high", copied=Copied.TWICE)
    state: Mapped[State] = field(Retention.ACCOUNT)
    is_delivered: Mapped[bool] = field(Retention.ACCOUNT)
    opener_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal="asker_id")
    opener_folded: Mapped[list[Any]] = field(Retention.ACCOUNT, personal="asker_id")
    answer_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal="asked_id")
    answer_folded: Mapped[list[Any] | None] = field(Retention.ACCOUNT, personal="asked_id")
    asked_at: Mapped[datetime] = field(Retention.ACCOUNT, copied=Copied.YES)
    expires_at: Mapped[datetime] = field(Retention.ACCOUNT)
    answered_at: Mapped[datetime | None] = field(Retention.ACCOUNT)
    changed_at: Mapped[datetime] = field(Retention.ACCOUNT)
    ended_by: Mapped[UUID | None] = field(Retention.ACCOUNT, personal="ended_by")
    room_id: Mapped[UUID | None] = field(Retention.ACCOUNT)

    opener = encryption.Sealed("opener_sealed")
    answer = encryption.Sealed("answer_sealed")

    def other_of(self, account_id: UUID) -> UUID:
        """Return the other of the two."""
        return self.asked_id if account_id == self.asker_id else self.asker_id


async def add(
    session: AsyncSession,
    *,
    asker_id: UUID,
    asked_id: UUID,
    words: str,
    folded: list[list[int]],
    now: datetime,
) -> Connection:
    """Write a hello. That the pair has none open is the caller's to see to."""
    row = Connection(
        id=ids.new_id(),
        asker_id=asker_id,
        asked_id=asked_id,
        pair_low=min(asker_id, asked_id),
        pair_high=max(asker_id, asked_id),
        state=State.ASKED,
        is_delivered=True,
        opener_folded=folded,
        asked_at=now,
        expires_at=now + LASTS,
        changed_at=now,
    )
    row.opener = words
    session.add(row)
    await session.flush()
    return row


async def move(
    session: AsyncSession, to: State, *which: Condition, now: datetime, **values: Any
) -> list[Connection]:
    """Move those of `which` that are in the state before `to`; return those that were moved."""
    moved = await session.scalars(
        update(Connection)
        .where(Connection.state == BEFORE[to], *which)
        .values(state=to, changed_at=now, **values)
        .returning(Connection)
        .execution_options(populate_existing=True)
    )
    return list(moved.all())


async def one(session: AsyncSession, *which: Condition) -> Connection | None:
    """Return the only one of `which`, as the database has it now."""
    query = select(Connection).where(*which).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def open_between(session: AsyncSession, first: UUID, second: UUID) -> Connection | None:
    """Return the open connection of these two, whoever asked."""
    low, high = min(first, second), max(first, second)
    pair = (Connection.pair_low == low, Connection.pair_high == high)
    return await one(session, *pair, Connection.state.in_(OPEN))


# Whoever is paused takes nobody's place: the others are offered new people meanwhile (promise 19).
_HERE: Final = Account.standing == Standing.ACTIVE
_TALKERS: Final = union_all(
    select(Connection.asker_id.label("account_id"))
    .join(Account, Account.id == Connection.asked_id)
    .where(Connection.state == State.ACCEPTED, _HERE),
    select(Connection.asked_id.label("account_id"))
    .join(Account, Account.id == Connection.asker_id)
    .where(Connection.state == State.ACCEPTED, _HERE),
).subquery()


async def talk_counts(session: AsyncSession) -> dict[UUID, int]:
    """Return with how many people each is talking; nobody's 0 is listed. One query."""
    account_id = _TALKERS.c.account_id
    rows = await session.execute(select(account_id, func.count()).group_by(account_id))
    return dict(rows.all())


async def talks_of(session: AsyncSession, account_id: UUID) -> int:
    """Return with how many people somebody is talking."""
    query = select(func.count()).where(_TALKERS.c.account_id == account_id)
    return await session.scalar(query) or 0


async def met(session: AsyncSession, account_id: UUID, *, now: datetime) -> set[UUID]:
    """Return who isn't to be offered to this account: asked, talking, or so not long ago.

    A hello that reached nobody keeps its asker from the asked, as any other does.
    """
    mine = or_(Connection.asker_id == account_id, Connection.asked_id == account_id)
    lately = or_(Connection.state.in_(OPEN), Connection.changed_at > now - APART_FOR)
    rows = await session.execute(
        select(Connection.asker_id, Connection.asked_id).where(mine, lately)
    )
    return {asked if asker == account_id else asker for asker, asked in rows}
