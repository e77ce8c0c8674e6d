"""Messages that are not in the log: held until a person has looked, or waiting for their author.

Promise 25: who is asked can change it, send it anyway after a pause, or ask a person, who
answers by a time, else the author decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import admissions, events, logs, waiting
from chat.entries import Entry, Spans
from chat.kinds import EventKind
from chat.waiting import PendingMessage, State
from core.errors import Conflict, NotFound, Problem
from core.safety import Category, Concern, Safety, Source, Subject, SubjectKind, Tier
from core.sentences import Sentence, say
from people import notices
from people.notices import NoticeKind
from people.permissions import Act, Actor, require

# Long enough to read one's own words again, short enough not to be a punishment (promise 25).
PAUSE: Final = timedelta(seconds=60)
# Their author can write again one day: words are not thrown away for it.
FOR_A_WHILE: Final = (admissions.Muted, admissions.Suspended)
# moderation.md §2: a routine look within four hours.
ANSWER_WITHIN: Final = timedelta(hours=4)


class TooNew(Conflict):
    """In the first days of a talk of two, nothing that is asked about goes out unseen."""

    code = "too_new"
    title = say(
        "In the first three days of a talk this can't be sent without somebody having looked."
        " You can change it, or ask a person."
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an author sees of a message of theirs that is not in the talk."""

    id: UUID
    room_id: UUID
    client_id: str
    text: str
    note: str | None
    state: State
    because: tuple[str, ...]
    choices: tuple[str, ...]
    written_at: datetime
    answer_by: datetime | None
    release_at: datetime | None


async def mine(
    session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime
) -> list[Waiting]:
    """Return one's own messages that wait in this room, oldest first."""
    require(actor, Act.SEE_OWN)
    rows = await session.scalars(
        select(PendingMessage)
        .where(PendingMessage.room_id == room_id, PendingMessage.sender_id == actor.account_id)
        .where(PendingMessage.state.in_((State.HELD, State.ASKED)))
        .order_by(PendingMessage.written_at, PendingMessage.id)
    )
    is_new = bool(await waiting.new_talks(session, {room_id}, now=now))
    return [_waiting(row, is_new=is_new) for row in rows]


def _waiting(row: PendingMessage, *, is_new: bool) -> Waiting:
    choices = waiting.choices(is_new=is_new) if row.state is State.ASKED else ()
    return Waiting(
        id=row.id, room_id=row.room_id, client_id=row.client_id, text=row.body or "",
        note=row.note, state=row.state, because=row.because,
        choices=choices, written_at=row.written_at, answer_by=row.answer_by,
        release_at=row.release_at,
    )  # fmt: skip


async def withdraw(session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime) -> None:
    """Take one's own message back; its words are gone.

    Raises:
        NotFound: it isn't one's own.
        Conflict: it was decided already.
    """
    require(actor, Act.CHANGE_OWN)
    await _own(session, actor, pending_id)
    await waiting.move(session, pending_id, State.WITHDRAWN, now=now, **waiting.BLANK)


async def change(session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime) -> str:
    """Take one's own message back to the composer; return its words.

    Raises:
        NotFound, Conflict: as `withdraw`.
    """
    require(actor, Act.CHANGE_OWN)
    words = (await _own(session, actor, pending_id)).body or ""
    await waiting.move(session, pending_id, State.WITHDRAWN, now=now, **waiting.BLANK)
    return words


async def send_anyway(
    session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime
) -> datetime:
    """Let it go out after the pause; return when. Until then it can still be taken back.

    Idempotent. Also for a message that was given to a person who did not answer in time.

    Raises:
        NotFound: it isn't one's own.
        TooNew: the two have only just met; a person can look first.
        Conflict: it is held for a person, who still has time to answer, or was decided.
    """
    require(actor, Act.TAKE_PART)
    row = await _own(session, actor, pending_id)
    is_unanswered = row.answer_by is not None and row.answer_by <= now
    if row.state is not State.ASKED and not (row.state is State.HELD and is_unanswered):
        raise Conflict(say("A person is looking at this one."), state=row.state)
    if not is_unanswered and await waiting.new_talks(session, {row.room_id}, now=now):
        raise TooNew
    release_at = row.release_at or now + PAUSE
    await session.execute(
        update(PendingMessage)
        .where(PendingMessage.id == pending_id, PendingMessage.state == row.state)
        .values(release_at=release_at)
    )
    return release_at


async def ask_a_person(
    session: AsyncSession, actor: Actor, pending_id: UUID, *, safety: Safety, now: datetime
) -> datetime:
    """Give it to a person; return until when they answer, after which the author decides.

    Raises:
        NotFound: it isn't one's own.
        Conflict: it was decided already, or a person has it.
    """
    require(actor, Act.TAKE_PART)
    row = await _own(session, actor, pending_id)
    words, answer_by = row.body or "", now + ANSWER_WITHIN
    await waiting.move(
        session, pending_id, State.HELD, now=now, answer_by=answer_by, release_at=None
    )
    await safety.flag(session, subject(row), _concern(row, words, now=now))
    return answer_by


def subject(row: PendingMessage) -> Subject:
    """Return what a concern about this message is about."""
    return Subject(SubjectKind.PENDING, row.id, author_id=row.sender_id, room_id=row.room_id)


def _concern(row: PendingMessage, words: str, *, now: datetime) -> Concern:
    return Concern(
        source=Source.SCREENING,
        tier=row.tier if row.tier.urgency else Tier.ROUTINE,
        words=words,
        at=now,
        because=row.because,
        categories=frozenset(Category(one) for one in row.categories),
        note=say("Their author asks a person to decide."),
    )


async def release(session: AsyncSession, *, pending_id: UUID, now: datetime) -> int:
    """Put a held message into the log as the newest event, whole; return its seq.

    Raises:
        NotFound: there is none of that id here.
        Conflict: it isn't held any more, or its author can't write there now.
    """
    row = await waiting.by_id(session, pending_id)
    seq = await _into_log(session, row, folded=(), now=now, only_from=State.HELD)
    await _answer(session, row, say("A person has read your message. It was sent."), now=now)
    return seq


async def refuse(
    session: AsyncSession, *, pending_id: UUID, words: Sentence, now: datetime
) -> None:
    """Keep a held message out for good; `words` tell its author why, and what they can do.

    Raises:
        NotFound: there is none of that id here.
        Conflict: it isn't held any more.
    """
    row = await waiting.by_id(session, pending_id)
    await waiting.move(session, pending_id, State.REFUSED, now=now, release_at=None)
    await _answer(session, row, words, now=now)


async def due_in(session: AsyncSession, *, now: datetime) -> set[UUID]:
    """Return the organisations in which something waits for `release_due`."""
    query = select(PendingMessage.organisation_id).where(*_is_due(now)).distinct()
    return set(await session.scalars(query))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    waits = PendingMessage.state.in_((State.ASKED, State.HELD))
    return PendingMessage.release_at <= now, waits


async def release_due(session: AsyncSession, *, now: datetime) -> int:
    """Send what its authors let go and whose pause is over; return how many went out.

    What can't go out any more (they left, the talk ended) is taken back. Where its author can't
    write for a while, it waits for them to decide again.
    """
    due = await session.scalars(
        select(PendingMessage)
        .where(*_is_due(now))
        .order_by(PendingMessage.release_at, PendingMessage.id)
        .limit(100)
    )
    count = 0
    for row in due.all():
        try:
            await _into_log(session, row, folded=_spans(row), now=now, only_from=row.state)
            count += 1
        except Problem as fault:
            if isinstance(fault.__cause__, FOR_A_WHILE):
                await waiting.let_wait(session, row.id)
            else:
                await waiting.move(session, row.id, State.WITHDRAWN, now=now, **waiting.BLANK)
        events.tell(session, row.sender_id, "pending", row.id)
    return count


def _spans(row: PendingMessage) -> Spans:
    return tuple((start, end) for start, end in row.folded)


async def _into_log(
    session: AsyncSession, row: PendingMessage, *, folded: Spans, now: datetime, only_from: State
) -> int:
    key = (row.room_id, row.sender_id)
    if fault := (await admissions.check(session, {key}, now=now))[key]:
        raise Conflict(fault.title) from fault
    body, note = row.body, row.note
    await waiting.move(
        session, row.id, State.RELEASED, now=now, only_from=only_from, **waiting.BLANK
    )
    taken = await logs.advance(session, {row.room_id: 1}, now=now)
    entry = Entry(
        room_id=row.room_id, seq=taken[row.room_id], id=row.id, kind=EventKind.MESSAGE, at=now,
        sender_id=row.sender_id, client_id=row.client_id, body=body, note=note,
        reply_to=row.reply_to, folded=folded, written_at=row.written_at,
    )  # fmt: skip
    await events.write(session, [entry])
    events.ring(session, row.room_id)
    return entry.seq


async def _own(session: AsyncSession, actor: Actor, pending_id: UUID) -> PendingMessage:
    row = await waiting.by_id(session, pending_id)
    if row.sender_id != actor.account_id:
        raise NotFound
    return row


async def _answer(
    session: AsyncSession, row: PendingMessage, words: Sentence, *, now: datetime
) -> None:
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
