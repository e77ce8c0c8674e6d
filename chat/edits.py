"""Changing what one has said: what it said before stays in the log a while, for moderators alone.

An `edited` event holds the words it replaced; the message itself holds those that stand. So the
first words of a message are those in its first `edited` event, and nothing is kept twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import events
from chat.drafts import Draft, Key, Refusal
from chat.entries import Entry, Spans
from chat.events import RoomEvent
from chat.kinds import EventKind, Status
from core.errors import Conflict, NotFound, Problem
from core.sentences import say

# Long enough to read one's own words again and mend them. Short enough that what somebody
# answered stays what they answered: later, there is taking back, and saying more.
WITHIN: Final = timedelta(minutes=15)


class TooLate(Conflict):
    """What was said a while ago has been read and answered."""

    code = "too_late"
    title = say(
        "This was said more than 15 minutes ago, so it stays as it is."
        " You can take it back, or say more."
    )


class Gone(Conflict):
    """Nobody reads it any more."""

    code, title = "gone", say("That message isn't shown any more.")


@dataclass(frozen=True, slots=True)
class Former:
    """What a message said until it was changed, or taken back."""

    text: str
    note: str | None
    until: datetime
    is_taken_back: bool = False


async def refused(
    session: AsyncSession, drafts: Iterable[Draft], *, now: datetime
) -> dict[Key, Refusal]:
    """Return those of these changes that can't be made, and why."""
    changes = [draft for draft in drafts if draft.edits is not None]
    found = await events.by_ids(session, _wanted(changes)) if changes else {}
    faults = {one.key: _fault(one, found.get(one.edits), now=now) for one in changes if one.edits}
    return {key: Refusal(fault) for key, fault in faults.items() if fault is not None}


def _fault(draft: Draft, target: Entry | None, *, now: datetime) -> Problem | None:
    if not is_of(target, draft.room_id, draft.sender_id):
        return NotFound()
    assert target is not None
    if target.status is not Status.SHOWN:
        return Gone()
    return TooLate() if now - target.at > WITHIN else None


def is_of(target: Entry | None, room_id: UUID, sender_id: UUID) -> bool:
    """Tell whether this is a message of that person in that room."""
    if target is None or target.kind != EventKind.MESSAGE:
        return False
    return target.room_id == room_id and target.sender_id == sender_id


def _wanted(changes: Iterable[Draft]) -> set[UUID]:
    return {draft.edits for draft in changes if draft.edits is not None}


async def targets(session: AsyncSession, drafts: Iterable[Draft]) -> dict[UUID, Entry]:
    """Return what these change, as it stands. Read it with the room locked: it is current then."""
    wanted = _wanted(drafts)
    return await events.by_ids(session, wanted) if wanted else {}


def changed(
    target: Entry,
    *,
    event_id: UUID,
    seq: int,
    client_id: str,
    text: str,
    note: str | None,
    folded: Spans,
    now: datetime,
) -> Entry:
    """Return the event of a change. Its `subject` is the message as it stands after it."""
    stands = target
    if target.status is not Status.REMOVED:
        stands = replace(target, body=text, note=note, folded=folded, edited_at=now)
    return Entry(
        room_id=target.room_id, seq=seq, id=event_id, kind=EventKind.EDITED, at=now,
        sender_id=target.sender_id, client_id=client_id, body=target.body, note=target.note,
        folded=target.folded, written_at=now, subject_id=target.id, subject=stands,
    )  # fmt: skip


def of_draft(draft: Draft, target: Entry, seq: int, *, now: datetime) -> Entry:
    """Return the event of a change that is stored as it came."""
    return changed(
        target, event_id=draft.id, seq=seq, client_id=draft.client_id, text=draft.text,
        note=draft.note, folded=draft.verdict.folded, now=now,
    )  # fmt: skip


async def write(session: AsyncSession, entries: Iterable[Entry]) -> None:
    """Put the words of these changes, oldest first, into their messages."""
    organisation_id = session.info["organisation_id"]
    for stands in [one.subject for one in entries if one.subject is not None]:
        sealed = events.row(stands, organisation_id)
        await session.execute(
            update(RoomEvent)
            .where(RoomEvent.id == stands.id, RoomEvent.erased_at.is_(None))
            .values({name: sealed[name] for name in ("body_sealed", "note_sealed", "folded")})
            .values(edited_at=stands.edited_at)
            .execution_options(synchronize_session=False)
        )


async def former(
    session: AsyncSession, message_ids: Collection[UUID]
) -> dict[UUID, tuple[Former, ...]]:
    """Return what messages said before they were changed, oldest first: for a case's window."""
    said: dict[UUID, tuple[Former, ...]] = {}
    for one in await _changes(session, message_ids):
        assert one.subject_id is not None
        if one.body is not None:
            before = Former(one.body, one.note, one.at)
            said[one.subject_id] = (*said.get(one.subject_id, ()), before)
    return said


async def put(session: AsyncSession, entries: Iterable[Entry]) -> dict[UUID, str | None]:
    """Return the words that each of these changes put in; None where they are gone."""
    wanted = {one.subject_id for one in entries if one.kind == EventKind.EDITED} - {None}
    if not wanted:
        return {}
    later = await events.by_ids(session, {one for one in wanted if one is not None})
    words = {message_id: message.body for message_id, message in later.items()}
    found: dict[UUID, str | None] = {}
    for one in reversed(await _changes(session, [one for one in wanted if one is not None])):
        assert one.subject_id is not None
        found[one.id] = words.get(one.subject_id)
        words[one.subject_id] = one.body
    return found


async def _changes(session: AsyncSession, message_ids: Collection[UUID]) -> list[Entry]:
    if not message_ids:
        return []
    rows = await session.scalars(
        select(RoomEvent.id).where(
            RoomEvent.subject_id.in_(message_ids), RoomEvent.kind == EventKind.EDITED
        )
    )
    return sorted((await events.by_ids(session, rows)).values(), key=lambda one: one.seq)
