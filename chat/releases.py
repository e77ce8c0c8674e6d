"""Letting waiting messages into the log: released by a person, or due after their pause."""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import admissions, edits, events, logs, waiting
from chat.entries import Entry, Spans
from chat.kinds import EventKind, Status
from chat.waiting import PendingMessage, State
from core.errors import Conflict, Problem
from core.sentences import Sentence, say
from people import notices
from people.notices import NoticeKind


async def due_in(session: AsyncSession, *, now: datetime) -> set[UUID]:
    """Return the organisations in which something waits for `release_due`."""
    query = select(PendingMessage.organisation_id).where(*_is_due(now)).distinct()
    return set(await session.scalars(query))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    waits = PendingMessage.state.in_((State.ASKED, State.HELD))
    return PendingMessage.release_at <= now, waits


async def release_due(session: AsyncSession, *, now: datetime) -> int:
    """Send what its authors let go and whose pause is over; return how many went out.

    What can't go out keeps its words: they are their author's. Where it never can (they left,
    the talk ended), the author is told so.
    """
    due = await session.scalars(
        select(PendingMessage)
        .where(*_is_due(now))
        .order_by(PendingMessage.release_at, PendingMessage.id)
        .limit(100)
    )
    count = 0
    for row in due.all():
        if fault := await _fault(session, row, now=now):
            await _keep(session, row, fault, now=now)
            continue
        # Somebody may have decided about it just now: then it is theirs, and nothing is to do.
        with suppress(Conflict):
            await into_log(session, row, folded=_spans(row), now=now, only_from=row.state)
            events.tell(session, row.sender_id, "pending", row.id)
            count += 1
    return count


async def _keep(
    session: AsyncSession, row: PendingMessage, fault: Problem, *, now: datetime
) -> None:
    """Let it go out no more by itself. Where their author may write again, they decide again."""
    await waiting.let_wait(session, row.id)
    if fault.passes:
        events.tell(session, row.sender_id, "pending", row.id)
    else:
        await answer(session, row, _GIVEN_BACK, now=now)


async def _fault(session: AsyncSession, row: PendingMessage, *, now: datetime) -> Problem | None:
    key = (row.room_id, row.sender_id)
    return (await admissions.check(session, {key}, now=now))[key]


_GIVEN_BACK: Final = say(
    "A message of yours wasn't sent: nothing new can be said in that talk now."
    " Your words are kept for you, under Talks."
)


def _spans(row: PendingMessage) -> Spans:
    return tuple((start, end) for start, end in row.folded)


async def into_log(
    session: AsyncSession, row: PendingMessage, *, folded: Spans, now: datetime, only_from: State
) -> int:
    """Put a waiting message into the log as the newest event; return its seq.

    Raises:
        Conflict: its author can't write there now, it was decided, or what it would change is
            gone.
    """
    if fault := await _fault(session, row, now=now):
        raise Conflict(fault.title)
    body, note = row.body, row.note
    await waiting.move(
        session, row.id, State.RELEASED, now=now, only_from=only_from, **waiting.BLANK
    )
    taken = await logs.advance(session, {row.room_id: 1}, now=now)
    entry = await _entry(
        session, row, taken[row.room_id], body=body, note=note, folded=folded, now=now
    )
    await events.write(session, [entry])
    if row.edits is not None:
        await edits.write(session, [entry])
    events.ring(session, row.room_id)
    return entry.seq


async def _entry(
    session: AsyncSession,
    row: PendingMessage,
    seq: int,
    *,
    body: str | None,
    note: str | None,
    folded: Spans,
    now: datetime,
) -> Entry:
    if row.edits is not None:
        # In time when it was written: that somebody had to look first is not its author's doing.
        target = (await events.by_ids(session, [row.edits])).get(row.edits)
        if target is None or target.status is Status.REMOVED:
            raise edits.Gone
        return edits.changed(
            target, event_id=row.id, seq=seq, client_id=row.client_id, text=body or "",
            note=note, folded=folded, now=now,
        )  # fmt: skip
    return Entry(
        room_id=row.room_id, seq=seq, id=row.id, kind=EventKind.MESSAGE, at=now,
        sender_id=row.sender_id, client_id=row.client_id, body=body, note=note,
        reply_to=row.reply_to, folded=folded, written_at=row.written_at,
    )  # fmt: skip


async def answer(
    session: AsyncSession, row: PendingMessage, words: Sentence, *, now: datetime
) -> None:
    """Tell its author what became of a message that waited."""
    await notices.send(
        session,
        account_id=row.sender_id,
        kind=NoticeKind.MESSAGE_ANSWERED,
        dedupe_key=f"pending:{row.id}",
        words=words,
        subject_id=row.room_id,
        now=now,
    )
    events.tell(session, row.sender_id, "pending", row.id)
