"""The box one writes in: for something new, for an answer, or to change what one said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from chat import edits, frames
from chat.for_later import Begun
from chat.kinds import RoomKind, Status
from chat.own_talks import Talk as Room
from core.sentences import say
from moderation import helping
from web.forms import Form
from web.rendering import moment


@dataclass(frozen=True, slots=True)
class Changing:
    """A message of one's own that is in the box, to be said otherwise; or why it can't be."""

    id: str = ""
    seq: int = 0
    text: str = ""
    note: str = ""
    error: str = ""


def change(
    logged: Iterable[frames.Logged], message_id: UUID | None, *, now: datetime
) -> Changing | None:
    """Return what one wishes to change. Only its author is told the `client_id` of a message."""
    for frame in logged:
        if not isinstance(frame, frames.Message) or frame.id != message_id:
            continue
        if frame.client_id is None or frame.status is not Status.SHOWN:
            return None
        if now - frame.at <= edits.WITHIN:
            return Changing(str(frame.id), frame.seq, frame.text or "", frame.note or "")
        return Changing(error=edits.TooLate.title)
    return None


def composer(
    room: Room,
    name: str,
    place: helping.Place,
    *,
    now: datetime,
    keepers: str,
    is_noticed: bool,
    answered: dict[str, Any] | None,
    change: Changing | None,
    begun: Begun | None,
    typed: Form | None,
    error: str,
) -> dict[str, Any]:
    """Return the box one writes in; what was typed stays in it when it needs another look."""
    changing = change or Changing(text=begun.text if begun else "")
    return {
        "room_id": room.room_id,
        "client_id": str(uuid4()),
        "label": say("Write something"),
        "text": typed.get("text") if typed else changing.text,
        "note": typed.get("note") if typed else changing.note,
        "kept": begun is not None and not changing.id,
        "reply_to": answered and _answered(answered),
        "edits": typed.get("edits") if typed else changing.id,
        "at": typed.number("at") if typed else changing.seq,
        "kind": "two" if room.kind is RoomKind.PRIVATE else "group",
        "promised_by": keepers,
        "group_name": name,
        "is_noticed": is_noticed,
        "staffed_line": "" if place.staffed.is_staffed else helping.who_is_here(place),
        "error": error or changing.error,
        # What was typed stays where it can be read and copied, also when it can't be sent.
        "closed": "" if error else _closed(room, now),
    }


def _answered(one: dict[str, Any]) -> dict[str, Any]:
    words = "".join(part["text"] for part in one["parts"])
    return {"id": one["id"], "name": one["by"]["name"], "words": words[:120]}


def _closed(room: Room, now: datetime) -> str:
    if not room.is_open:
        return say(
            "Nothing new can be said here. You can still read it, and there are other people."
        )
    if room.muted_until and room.muted_until > now:
        until = moment(room.muted_until)["words"]
        return say("You can read here, and write again from %(until)s. Home says why.", until=until)
    return ""
