"""One event of a room's log, opened, and what each viewer's frame of it is. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chat import frames
from chat.kinds import EventKind, Sign, Status, Viewer

FOLD: Final = "[…]"
Spans = tuple[tuple[int, int], ...]


# Not frozen: a frozen one takes three times as long to make, once for every message.
@dataclass(slots=True)
class Entry:
    """An event as it stands now. `sender_id` is whose words it holds, or is about.

    `subject` is the message that an `unhidden` event shows again, or that was `edited`: then
    `body`, `note` and `folded` are how it stood before, which no member is shown.
    """

    room_id: UUID
    seq: int
    id: UUID
    kind: str
    at: datetime
    sender_id: UUID | None = None
    client_id: str | None = None
    body: str | None = None
    note: str | None = None
    reply_to: UUID | None = None
    folded: Spans = ()
    written_at: datetime | None = None
    status: Status = Status.SHOWN
    subject_id: UUID | None = None
    subject: "Entry | None" = field(default=None)
    edited_at: datetime | None = None


def frame(entry: Entry, viewer: Viewer) -> frames.Logged:
    """Return the frame of this event for one of the three views."""
    if entry.kind == EventKind.MESSAGE:
        return message(entry, viewer)
    room, seq, at, subject = entry.room_id, entry.seq, entry.at, entry.subject_id
    if entry.kind == EventKind.REMOVED:
        return frames.Removed(room=room, seq=seq, at=at, subject=subject, sender=entry.sender_id)
    if entry.kind == EventKind.HIDDEN:
        return frames.Hidden(room=room, seq=seq, at=at, subject=subject)
    if entry.kind in {EventKind.UNHIDDEN, EventKind.EDITED}:
        kind = frames.Edited if entry.kind == EventKind.EDITED else frames.Unhidden
        again = None if entry.subject is None else message(entry.subject, viewer)
        return kind(room=room, seq=seq, at=at, subject=subject, message=again)
    return _reacted(entry) if entry.kind == EventKind.REACTED else _other(entry)


def _reacted(entry: Entry) -> frames.Reacted:
    return frames.Reacted(
        room=entry.room_id, seq=entry.seq, at=entry.at, subject=entry.subject_id,
        sender=entry.sender_id, sign=Sign(entry.body) if entry.body else None,
    )  # fmt: skip


def _other(entry: Entry) -> frames.Event:
    return frames.Event(
        room=entry.room_id,
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        sender=entry.sender_id,
        subject=entry.subject_id,
        body=entry.body,
    )


def skipped(entry: Entry) -> frames.Skipped:
    """Return what stands in for an event its viewer may not see."""
    is_quiet = entry.kind != EventKind.MESSAGE
    return frames.Skipped(room=entry.room_id, seq=entry.seq, is_quiet=is_quiet)


def message(entry: Entry, viewer: Viewer) -> frames.Message:
    """Return a message in one of the three views.

    Author and staff read a hidden one, marked; nobody reads a removed one. Folded spans are
    marked for author and staff and cut out for peers. Only the author gets the `client_id`.
    """
    text, folds = _words(entry, viewer)
    is_silent = text is None
    return frames.Message(
        room=entry.room_id,
        seq=entry.seq,
        id=entry.id,
        sender=entry.sender_id,
        at=entry.at,
        written_at=entry.written_at if entry.written_at != entry.at else None,
        text=text,
        note=None if is_silent else entry.note,
        reply_to=entry.reply_to,
        folds=folds,
        client_id=entry.client_id if viewer is Viewer.AUTHOR else None,
        status=entry.status,
        edited_at=entry.edited_at,
    )


def _words(entry: Entry, viewer: Viewer) -> tuple[str | None, Spans]:
    is_lost = entry.status is Status.REMOVED or entry.body is None
    if is_lost or (entry.status is Status.HIDDEN and viewer is Viewer.PEER):
        return None, ()
    assert entry.body is not None
    if viewer is Viewer.PEER and entry.folded:
        return fold(entry.body, entry.folded)
    return entry.body, entry.folded


def fold(text: str, spans: Spans) -> tuple[str, Spans]:
    """Cut half-open code-point spans out of `text`; return it and where the folds stand in it.

    `spans` are sorted and disjoint; what reaches past the end counts as far as the end.
    """
    shown, folds, position, length = [], [], 0, 0
    for start, end in spans:
        kept = text[position:start]
        length += len(kept)
        folds.append((length, length + len(FOLD)))
        length += len(FOLD)
        shown += [kept, FOLD]
        position = end
    return "".join([*shown, text[position:]]), tuple(folds)
