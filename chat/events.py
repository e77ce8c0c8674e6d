"""What is in a room's log. Everything its members may see gets one number, and nothing else does.

Other packages append their own kinds (`go_round.turn`, `poll.opened`) and tell an account that
something of its own changed.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Row,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import logs
from chat.entries import Entry
from chat.kinds import EventKind, Status
from core import encryption, ids
from core import events as doorbells
from core.tables import ERASED, Base, Copied, Erased, Owned, Retention, field

SENDER: Final = "sender_id"
# How long words that were changed or taken back stay for a moderator whom somebody tells of them.
# Long enough for somebody who was hurt to find the strength to say so.
KEPT_ASIDE: Final = timedelta(days=14)
_KEPT: Final = text("kept_until IS NOT NULL")


class RoomEvent(Base, Owned):
    """One event. `sender_id` is whose words it holds, or whose words or coming it is about.

    The key is (room, seq); `id` names a message for replies, reports and actions.
    """

    __tablename__ = "room_event"
    __table_args__ = (
        UniqueConstraint("room_id", "sender_id", "client_id"),
        Index("ix_room_event_kept_until", "kept_until", sqlite_where=_KEPT, postgresql_where=_KEPT),
        {"info": {ERASED: Erased.ELSEWHERE}},
    )

    room_id: Mapped[UUID] = field(
        Retention.TALK, ForeignKey("room.id"), primary_key=True, copied=Copied.YES
    )
    seq: Mapped[int] = field(Retention.TALK, BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = field(Retention.TALK, unique=True)
    kind: Mapped[str] = field(Retention.TALK)
    sender_id: Mapped[UUID | None] = field(Retention.TALK, personal=SENDER)
    client_id: Mapped[str | None] = field(Retention.TALK, personal=SENDER)
    body_sealed: Mapped[bytes | None] = field(Retention.TALK, personal=SENDER)
    note_sealed: Mapped[bytes | None] = field(Retention.TALK, personal=SENDER)
    reply_to: Mapped[UUID | None] = field(Retention.TALK, personal=SENDER)
    folded: Mapped[list[Any]] = field(Retention.TALK, personal=SENDER, default=list)
    written_at: Mapped[datetime] = field(Retention.TALK, personal=SENDER)
    at: Mapped[datetime] = field(Retention.TALK)
    subject_id: Mapped[UUID | None] = field(Retention.TALK, index=True)
    hidden_at: Mapped[datetime | None] = field(Retention.TALK)
    erased_at: Mapped[datetime | None] = field(Retention.TALK)
    edited_at: Mapped[datetime | None] = field(Retention.TALK)
    kept_until: Mapped[datetime | None] = field(Retention.TALK)

    body = encryption.Sealed("body_sealed")
    note = encryption.Sealed("note_sealed")


@dataclass(frozen=True, slots=True)
class Told(doorbells.Event):
    """Something of one account's own changed; its open screens read it again."""

    account_id: UUID
    what: str
    subject_id: UUID | None = None


EVENT: Final[Table] = RoomEvent.__table__  # type: ignore[assignment]  # declared as FromClause
_INSERT: Final = insert(EVENT)
# Columns, not rows of the mapper: resuming reads many, and each is read once.
_COLUMNS: Final = tuple(
    getattr(RoomEvent, column.key) for column in EVENT.c if column.key != "organisation_id"
)


async def append(
    session: AsyncSession,
    room_id: UUID,
    kind: str,
    body: dict[str, Any] | None = None,
    *,
    now: datetime,
    sender_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> int:
    """Add one event to a room's log; return its seq. `body` is JSON that every member may read."""
    taken = await logs.advance(session, {room_id: 1}, now=now)
    words = None if body is None else json.dumps(body, ensure_ascii=False)
    entry = Entry(
        room_id=room_id, seq=taken[room_id], id=ids.new_id(), kind=kind, at=now, body=words,
        sender_id=sender_id, subject_id=subject_id, written_at=now,
    )  # fmt: skip
    await write(session, [entry])
    ring(session, room_id)
    return entry.seq


def ring(session: AsyncSession, room_id: UUID) -> None:
    """Let listeners read on after the commit."""
    doorbells.after_commit(session, logs.RoomAdvanced(session.info["organisation_id"], room_id))


def tell(
    session: AsyncSession, account_id: UUID, what: str, subject_id: UUID | None = None
) -> None:
    """Say `changed {what, id}` on the account's own channel after the commit."""
    told = Told(session.info["organisation_id"], account_id, what, subject_id)
    doorbells.after_commit(session, told)


async def write(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Store numbered entries, sealed; one statement for all of them."""
    if not entries:
        return
    organisation_id = session.info["organisation_id"]
    rows = [row(entry, organisation_id) for entry in entries]
    await (await session.connection()).execute(_INSERT, rows)


def row(entry: Entry, organisation_id: UUID) -> dict[str, Any]:
    """Return the columns of an event, its words sealed."""
    return {
        "organisation_id": organisation_id,
        "room_id": entry.room_id,
        "seq": entry.seq,
        "id": entry.id,
        "kind": str(entry.kind),
        "sender_id": entry.sender_id,
        "client_id": entry.client_id,
        "body_sealed": _seal("body_sealed", entry.id, entry.body),
        "note_sealed": _seal("note_sealed", entry.id, entry.note),
        "reply_to": entry.reply_to,
        "folded": [list(span) for span in entry.folded],
        "written_at": entry.written_at or entry.at,
        "at": entry.at,
        "subject_id": entry.subject_id,
        "kept_until": entry.at + KEPT_ASIDE if entry.kind == EventKind.EDITED else None,
    }


def _seal(column: str, event_id: UUID, words: str | None) -> bytes | None:
    if words is None:
        return None
    place = encryption.place("room_event", column, event_id)
    return encryption.ring().seal(place, words)


async def read(
    session: AsyncSession,
    room_id: UUID,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
) -> list[Entry]:
    """Return up to `limit` events in order of seq, as they stand now.

    The first ones past `after`; without it, the last ones before `before`, or of all.
    """
    query = select(*_COLUMNS).where(RoomEvent.room_id == room_id).limit(limit)
    if before is not None:
        query = query.where(RoomEvent.seq < before)
    if after is not None:
        query = query.where(RoomEvent.seq > after).order_by(RoomEvent.seq)
        return await _opened(session, (await session.execute(query)).all())
    newest = (await session.execute(query.order_by(RoomEvent.seq.desc()))).all()
    return await _opened(session, newest[::-1])


async def said(
    session: AsyncSession,
    room_id: UUID,
    *,
    upto: int | None = None,
    after: int | None = None,
    limit: int,
) -> list[Entry]:
    """Return messages alone, in order of seq: the last ones up to `upto`, or the first past it."""
    query = select(*_COLUMNS).where(RoomEvent.room_id == room_id).limit(limit)
    query = query.where(RoomEvent.kind == EventKind.MESSAGE)
    if after is not None:
        query = query.where(RoomEvent.seq > after).order_by(RoomEvent.seq)
        return [_entry(row) for row in (await session.execute(query)).all()]
    query = query.where(RoomEvent.seq <= upto).order_by(RoomEvent.seq.desc())
    return [_entry(row) for row in (await session.execute(query)).all()[::-1]]


async def by_ids(session: AsyncSession, event_ids: Iterable[UUID]) -> dict[UUID, Entry]:
    """Return these events, as they stand now; unknown ids are missing."""
    rows = await session.execute(select(*_COLUMNS).where(RoomEvent.id.in_(set(event_ids))))
    return {row.id: _entry(row) for row in rows}


_SHOW: Final = frozenset({EventKind.UNHIDDEN, EventKind.EDITED})


async def _opened(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Entry]:
    shown_again = {row.subject_id for row in rows if row.kind in _SHOW and row.subject_id}
    subjects = await by_ids(session, shown_again) if shown_again else {}
    return [_entry(row, subjects.get(row.subject_id)) for row in rows]


def _entry(row: Row[Any], subject: Entry | None = None) -> Entry:
    return Entry(
        room_id=row.room_id, seq=row.seq, id=row.id, kind=row.kind, at=row.at,
        sender_id=row.sender_id, client_id=row.client_id,
        body=_open("body_sealed", row.id, row.body_sealed),
        note=_open("note_sealed", row.id, row.note_sealed),
        reply_to=row.reply_to, folded=tuple((start, end) for start, end in row.folded),
        written_at=row.written_at, status=_status(row), subject_id=row.subject_id, subject=subject,
        edited_at=row.edited_at,
    )  # fmt: skip


def _open(column: str, event_id: UUID, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return encryption.ring().open(encryption.place("room_event", column, event_id), sealed)


def _status(row: Row[Any]) -> Status:
    if row.erased_at is not None:
        return Status.REMOVED
    return Status.SHOWN if row.hidden_at is None else Status.HIDDEN


async def forget(session: AsyncSession, room_id: UUID, *, before_seq: int) -> None:
    """Delete the first events of a log, up to but not including `before_seq`."""
    await session.execute(
        delete(RoomEvent).where(RoomEvent.room_id == room_id, RoomEvent.seq < before_seq)
    )
