"""The table of messages that are not in the log, and the moves between their states."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat.kinds import RoomKind
from chat.logs import Room
from core import encryption
from core.errors import Conflict, NotFound
from core.safety import Tier
from core.sentences import say
from core.tables import Base, Copied, Identified, Owned, Retention, field

SENDER: Final = "sender_id"


class State(StrEnum):
    """Where such a message stands."""

    HELD = "held"
    ASKED = "asked"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.ASKED: frozenset({State.HELD, State.RELEASED, State.WITHDRAWN}),
        State.HELD: frozenset({State.RELEASED, State.REFUSED, State.WITHDRAWN}),
        State.RELEASED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.REFUSED: frozenset(),
    }
)


class Choice(StrEnum):
    """What somebody who is asked can do."""

    CHANGE = "change"
    ANYWAY = "anyway"
    PERSON = "person"


# Promise 25: two people who have only just met can't be hurried out of here.
FIRST_DAYS: Final = timedelta(days=3)


def choices(*, is_new: bool) -> tuple[str, ...]:
    """Return what somebody who is asked can do; in a new talk of two not "anyway"."""
    return tuple(choice.value for choice in Choice if not (is_new and choice is Choice.ANYWAY))


async def new_talks(
    session: AsyncSession, room_ids: Collection[UUID], *, now: datetime
) -> frozenset[UUID]:
    """Return those of these rooms that are talks of two in their first days."""
    if not room_ids:
        return frozenset()
    query = select(Room.id).where(Room.id.in_(room_ids), Room.kind == RoomKind.PRIVATE)
    return frozenset(await session.scalars(query.where(Room.created_at > now - FIRST_DAYS)))


class PendingMessage(Base, Identified, Owned):
    """One message not in the log. Once released or taken back its words are blank here."""

    __tablename__ = "pending_message"
    __table_args__ = (
        UniqueConstraint("room_id", "sender_id", "client_id"),
        Index("ix_pending_message_release_at", "release_at"),
    )

    room_id: Mapped[UUID] = field(Retention.TALK, ForeignKey("room.id"), copied=Copied.YES)
    sender_id: Mapped[UUID] = field(Retention.TALK, personal=SENDER, index=True)
    client_id: Mapped[str] = field(Retention.TALK, personal=SENDER)
    body_sealed: Mapped[bytes | None] = field(Retention.TALK, personal=SENDER)
    note_sealed: Mapped[bytes | None] = field(Retention.TALK, personal=SENDER)
    reply_to: Mapped[UUID | None] = field(Retention.TALK, personal=SENDER)
    # Which message of theirs it would change; None for a new one.
    edits: Mapped[UUID | None] = field(Retention.TALK, personal=SENDER)
    folded: Mapped[list[Any]] = field(Retention.TALK, personal=SENDER, default=list)
    state: Mapped[State] = field(Retention.TALK, personal=SENDER)
    because_sealed: Mapped[bytes | None] = field(Retention.TALK, personal=SENDER)
    tier: Mapped[Tier] = field(Retention.TALK, personal=SENDER)
    categories: Mapped[list[Any]] = field(Retention.TALK, personal=SENDER, default=list)
    written_at: Mapped[datetime] = field(Retention.TALK, personal=SENDER)
    asked_at: Mapped[datetime | None] = field(Retention.TALK, personal=SENDER)
    answer_by: Mapped[datetime | None] = field(Retention.TALK, personal=SENDER)
    release_at: Mapped[datetime | None] = field(Retention.TALK, personal=SENDER)
    moved_at: Mapped[datetime | None] = field(Retention.TALK, personal=SENDER)

    body = encryption.Sealed("body_sealed")
    note = encryption.Sealed("note_sealed")
    because_words = encryption.Sealed("because_sealed")

    @property
    def because(self) -> tuple[str, ...]:
        """Why, one line per reason, each beginning with its category."""
        return tuple((self.because_words or "").splitlines())


# Words are kept in one place: in the log, or here, or with their author again.
BLANK: Final[Mapping[str, None]] = MappingProxyType(
    {"body_sealed": None, "note_sealed": None, "release_at": None}
)


async def move(
    session: AsyncSession,
    pending_id: UUID,
    to: State,
    *,
    now: datetime,
    only_from: State | None = None,
    **values: object,
) -> None:
    """Change the state by the table of moves; two who try at once get one success.

    Raises:
        Conflict: it isn't in a state (or not in `only_from`) that this move is legal from.
    """
    legal = {state for state, moves in MOVES.items() if to in moves}
    if only_from is not None:
        legal &= {only_from}
    moved = await session.scalar(
        update(PendingMessage)
        .where(PendingMessage.id == pending_id, PendingMessage.state.in_(legal))
        .values(state=to, moved_at=now, **values)
        .returning(PendingMessage.id)
    )
    if moved is None:
        raise Conflict(say("That message was decided already."))


async def let_wait(session: AsyncSession, pending_id: UUID) -> None:
    """Let it go out no more by itself; its state and its words stay."""
    await session.execute(
        update(PendingMessage).where(PendingMessage.id == pending_id).values(release_at=None)
    )


async def by_id(session: AsyncSession, pending_id: UUID) -> PendingMessage:
    """Return the message.

    Raises:
        NotFound: there is none of that id here.
    """
    row = await session.scalar(
        select(PendingMessage)
        .where(PendingMessage.id == pending_id)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


async def withdraw_changes(
    session: AsyncSession, message_ids: Collection[UUID], *, now: datetime
) -> None:
    """Let changes that wait go with the messages that their author takes back."""
    await session.execute(
        update(PendingMessage)
        .where(PendingMessage.edits.in_(message_ids))
        .where(PendingMessage.state.in_((State.HELD, State.ASKED)))
        .values(state=State.WITHDRAWN, moved_at=now, **BLANK)
    )


async def erase(session: AsyncSession, *, account_id: UUID, now: datetime) -> None:
    """Blank everything of this author that is not in a log; what waited is taken back."""
    await session.execute(
        update(PendingMessage)
        .where(PendingMessage.sender_id == account_id)
        .where(PendingMessage.state.in_((State.HELD, State.ASKED)))
        .values(state=State.WITHDRAWN, moved_at=now)
    )
    await session.execute(
        update(PendingMessage)
        .where(PendingMessage.sender_id == account_id)
        .values(**BLANK, because_sealed=None)
    )
