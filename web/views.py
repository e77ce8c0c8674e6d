"""Plain shapes that templates take, made from what the domain returns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chat.frames import Logged, Message, Skipped
from chat.kinds import Status
from core.sentences import say, say_many, together
from groups.cards import Shown
from matching.offers import GroupCard
from web.rendering import moment

# Fewer are not counted aloud.
FEW = 4
FOLDED = say("[some words are folded away]")


def parts(
    text: str, folds: Iterable[Sequence[int]], *, is_mine: bool = False
) -> list[dict[str, Any]]:
    """Cut a text at its folded spans; only its author gets the words of a folded part."""
    found, at = [], 0
    for start, end in folds:
        if start > at:
            found.append({"text": text[at:start], "is_folded": False})
        found.append({"text": text[start:end] if is_mine else "", "is_folded": True})
        at = end
    if at < len(text) or not found:
        found.append({"text": text[at:], "is_folded": False})
    return found


def folded_text(text: str, folds: Iterable[Sequence[int]]) -> str:
    """Return a text as its reader sees it, in one string."""
    cut = parts(text, folds)
    return together(*(FOLDED if part["is_folded"] else part["text"] for part in cut), by="")


def messages(logged: Iterable[Logged], me: UUID, names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Return what was said as the talk's page shows it; other events say nothing there."""
    shown = [frame for frame in logged if isinstance(frame, Message | Skipped)]
    by_id = {frame.id: frame for frame in shown if isinstance(frame, Message)}
    return [
        _message(frame, me, names, by_id) if isinstance(frame, Message) else _shut_out(frame)
        for frame in shown
    ]


def _shut_out(frame: Skipped) -> dict[str, Any]:
    """One folded line where somebody whom the reader shut out said something."""
    return {"seq": frame.seq, "id": "", "is_mine": False, "is_hidden": True, "parts": []}


def _message(
    frame: Message, me: UUID, names: Mapping[UUID, str], by_id: Mapping[UUID, Message]
) -> dict[str, Any]:
    is_mine = frame.sender == me
    answered = by_id.get(frame.reply_to) if frame.reply_to else None
    return {
        "seq": frame.seq,
        "id": frame.id,
        "by": {"id": frame.sender, "name": name_of(frame.sender, names)},
        "is_mine": is_mine,
        "parts": parts(frame.text or "", frame.folds, is_mine=is_mine),
        "note": frame.note or "",
        "written_at": moment(frame.written_at or frame.at),
        "is_edited": False,
        "is_removed": frame.status is Status.REMOVED,
        "is_veiled": frame.status is Status.HIDDEN,
        "reply": _reply(answered, names) if answered and answered.text else None,
    }


def _reply(answered: Message, names: Mapping[UUID, str]) -> dict[str, Any]:
    words = folded_text(answered.text or "", answered.folds)
    name = name_of(answered.sender, names)
    return {"id": answered.id, "name": name, "words": words[:120], "note": answered.note or ""}


def name_of(account_id: UUID | None, names: Mapping[UUID, str]) -> str:
    """Return a name; of a tombstone, that somebody was here."""
    return (
        names.get(account_id, say("Somebody who left")) if account_id else say("Somebody who left")
    )


def offered_group(offer: GroupCard, group: Shown) -> dict[str, Any]:
    """Return a group that is offered, with the reason."""
    return group_card(group) | {"why": together(*(reason.sentence for reason in offer.reasons))}


def group_card(group: Shown, *, is_mine: bool = False) -> dict[str, Any]:
    """Return a group as its card shows it."""
    card = group.card
    return {
        "id": group.id,
        "name": card.name,
        "words": card.about,
        "purpose": card.purpose,
        "for_whom": card.for_whom,
        "mode_line": MODE_LINES[group.safety_mode],
        "next_meeting": None,
        "people_line": _people_line(group),
        "why": "",
        "is_mine": is_mine,
    }


def _people_line(group: Shown) -> str:
    count = group.member_count
    if count < FEW:
        return say("A few people")
    if group.has_room:
        return say_many("%(count)s person", "%(count)s people", count=count)
    return say_many(
        "%(count)s person. It is full just now.",
        "%(count)s people. It is full just now.",
        count=count,
    )


MODE_LINES = {
    "standard": say("Software notices when someone may come to harm, and people look."),
    "close": say("A person reads each message before it is shown, save from someone in distress."),
    "self_held": say("The group looks after itself. People look only when somebody tells us."),
}


def since(at: datetime, now: datetime) -> str:
    """Say how long ago something was, roughly: "4 minutes", "3 hours", "2 days"."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes >= 1440:
        return say_many("%(count)s day", "%(count)s days", count=minutes // 1440)
    if minutes >= 60:
        return say_many("%(count)s hour", "%(count)s hours", count=minutes // 60)
    if minutes:
        return say_many("%(count)s minute", "%(count)s minutes", count=minutes)
    return say("a moment")
