"""Messages that are not in the log: held until a person has looked, or waiting for their author.

Promise 25: who is asked can change it, send it anyway after a pause, or ask a person, who
answers by a time, else the author decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import admissions, events, releases, waiting
from chat.waiting import PendingMessage, State
from core.errors import Conflict, NotFound
from core.safety import Category, Concern, Safety, Source, Subject, SubjectKind, Tier
from core.sentences import Sentence, say
from people.permissions import Act, Actor, require

# Long enough to read one's own words again, short enough not to be a punishment (promise 25).
PAUSE: Final = timedelta(seconds=60)
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
    """What an author sees of a message of theirs that is not in the talk.

    `is_over` when it never can be: the talk ended, or they left it. The words are theirs still.
    """

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
    is_over: bool
    edits: UUID | None = None


async def mine(
    session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime
) -> list[Waiting]:
    """Return one's own messages that wait in this room, oldest first."""
    require(actor, Act.SEE_OWN)
    return await _seen(session, _waits(actor).where(PendingMessage.room_id == room_id), now=now)


async def given_back(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Waiting]:
    """Return one's own messages, of all rooms, that can't be sent any more."""
    require(actor, Act.SEE_OWN)
    return [one for one in await _seen(session, _waits(actor), now=now) if one.is_over]


def _waits(actor: Actor) -> Select[PendingMessage]:
    return (
        select(PendingMessage)
        .where(PendingMessage.sender_id == actor.account_id)
        .where(PendingMessage.state.in_((State.HELD, State.ASKED)))
        .order_by(PendingMessage.written_at, PendingMessage.id)
    )


async def _seen(
    session: AsyncSession, query: Select[PendingMessage], *, now: datetime
) -> list[Waiting]:
    rows = (await session.scalars(query)).all()
    new = await waiting.new_talks(session, {row.room_id for row in rows}, now=now)
    faults = await admissions.check(
        session, {(row.room_id, row.sender_id) for row in rows}, now=now
    )
    found = []
    for row in rows:
        fault = faults[row.room_id, row.sender_id]
        is_over = fault is not None and not fault.passes
        found.append(_waiting(row, is_new=row.room_id in new, is_over=is_over))
    return found


def _waiting(row: PendingMessage, *, is_new: bool, is_over: bool) -> Waiting:
    is_asked = row.state is State.ASKED and not is_over
    choices = waiting.choices(is_new=is_new) if is_asked else ()
    return Waiting(
        id=row.id, room_id=row.room_id, client_id=row.client_id, text=row.body or "",
        note=row.note, state=row.state, because=row.because,
        choices=choices, written_at=row.written_at, answer_by=row.answer_by,
        release_at=row.release_at, is_over=is_over, edits=row.edits,
    )  # fmt: skip


async def withdraw(session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime) -> None:
    """Take one's own message back; its words are gone.

    Raises:
        NotFound: it isn't one's own.
        Conflict: it was decided already.
    """
    require(actor, Act.CHANGE_OWN)
    await _take(session, actor, pending_id, now=now)


async def change(session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime) -> str:
    """Take one's own message back to the composer; return its words.

    Raises:
        NotFound, Conflict: as `withdraw`.
    """
    require(actor, Act.CHANGE_OWN)
    return await _take(session, actor, pending_id, now=now)


async def _take(session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime) -> str:
    words = (await _own(session, actor, pending_id)).body or ""
    await waiting.move(session, pending_id, State.WITHDRAWN, now=now, **waiting.BLANK)
    # Another page of theirs may still show it.
    events.tell(session, actor.account_id, "pending", pending_id)
    return words


async def send_anyway(
    session: AsyncSession, actor: Actor, pending_id: UUID, *, now: datetime
) -> datetime:
    """Let it go out after the pause; return when. Until then it can still be taken back.

    Idempotent. Also for a message that was given to a person who did not answer in time.

    Raises:
        NotFound: it isn't one's own.
        TooNew: the two have only just met; a person can look first.
        Conflict: it is held for a person, who still has time to answer, was decided, or can
            never go out: the talk ended.
    """
    require(actor, Act.TAKE_PART)
    row = await _own(session, actor, pending_id)
    is_unanswered = row.answer_by is not None and row.answer_by <= now
    if row.state is not State.ASKED and not (row.state is State.HELD and is_unanswered):
        raise Conflict(say("A person is looking at this one."), state=row.state)
    if not is_unanswered and await waiting.new_talks(session, {row.room_id}, now=now):
        raise TooNew
    key = (row.room_id, row.sender_id)
    fault = (await admissions.check(session, {key}, now=now))[key]
    if fault and not fault.passes:
        raise Conflict(fault.title) from fault
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
    seq = await releases.into_log(session, row, folded=(), now=now, only_from=State.HELD)
    await releases.answer(
        session, row, say("A person has read your message. It was sent."), now=now
    )
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
    await releases.answer(session, row, words, now=now)


async def _own(session: AsyncSession, actor: Actor, pending_id: UUID) -> PendingMessage:
    row = await waiting.by_id(session, pending_id)
    if row.sender_id != actor.account_id:
        raise NotFound
    return row
