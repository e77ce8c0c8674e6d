"""Plain shapes that templates take, made from what the domain returns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chat import muted_words
from chat.frames import Logged, Message, Skipped
from chat.kinds import Sign, Status
from chat.muted_words import Words
from core.sentences import say, say_many, together
from groups.cards import Door, Shown
from matching.offers import GroupCard
from web import noticing
from web.rendering import moment

# Fewer are not counted aloud.
FEW = 4
FOLDED = say("[some words are folded away]")
# Each answers a hard thing as well as a good one; none says that words were liked.
SIGNS = {
    Sign.WITH_YOU: say("With you"),
    Sign.THANK_YOU: say("Thank you"),
    Sign.KNOW_THIS: say("I know this feeling"),
    Sign.THINKING_OF_YOU: say("Thinking of you"),
}


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


def messages(
    logged: Iterable[Logged],
    me: UUID,
    names: Mapping[UUID, str],
    *,
    quoted: Mapping[UUID, Logged] = MappingProxyType({}),
    changeable_since: datetime | None = None,
    unmet: Sequence[Words] = (),
) -> list[dict[str, Any]]:
    """Return what was said as the talk's page shows it; other events say nothing there.

    `quoted` are answered messages that are not on this page. What its author said after
    `changeable_since` they can still say otherwise. What holds a word that its reader would
    rather not meet (`unmet`) is marked, to be folded.
    """
    shown = [frame for frame in logged if is_shown(frame)]
    known = [*quoted.values(), *shown]
    by_id = {frame.id: frame for frame in known if isinstance(frame, Message)}
    return [
        _folded(_message(frame, me, names, by_id), unmet)
        | {"can_change": changeable_since is not None and frame.at >= changeable_since}
        if isinstance(frame, Message)
        else _shut_out(frame)
        for frame in shown
    ]


def _folded(shown: dict[str, Any], unmet: Sequence[Words]) -> dict[str, Any]:
    """Mark what holds a word its reader would rather not meet: others' words, and any quote."""
    reply, said = shown["reply"], "".join(part["text"] for part in shown["parts"])
    if reply and muted_words.holds(f"{reply['note']}\n{reply['words']}", unmet):
        shown["reply"] = reply | {"note": say("a word you'd rather not meet")}
    is_theirs = not shown["is_mine"]
    return shown | {"is_unmet": is_theirs and muted_words.holds(f"{shown['note']}\n{said}", unmet)}


def is_shown(frame: Logged) -> bool:
    """Tell whether an event has a place of its own on a talk's page."""
    return isinstance(frame, Message) or (isinstance(frame, Skipped) and not frame.is_quiet)


def unquoted(logged: Iterable[Logged]) -> set[UUID]:
    """Return the messages that are answered here and aren't here."""
    found = [frame for frame in logged if isinstance(frame, Message)]
    answered = {frame.reply_to for frame in found if frame.reply_to is not None}
    return answered - {frame.id for frame in found}


def _shut_out(frame: Logged) -> dict[str, Any]:
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
        "edited_at": moment(frame.edited_at) if frame.edited_at else None,
        "signs": {str(one): sign.value for one, sign in frame.signs.items()},
        "signs_line": _signs_line(frame, me, names),
        "my_sign": frame.signs.get(me, ""),
        "is_removed": frame.status is Status.REMOVED,
        "is_veiled": frame.status is Status.HIDDEN,
        "reply": _reply(answered, names) if answered and answered.text else None,
    }


def _signs_line(frame: Message, me: UUID, names: Mapping[UUID, str]) -> str:
    """Say who put which sign, in the order of the signs: names, never how many."""
    said = []
    for sign in Sign:
        by = [say("you") if one == me else name_of(one, names)
              for one, put in frame.signs.items() if put is sign]  # fmt: skip
        if by:
            said.append(say("%(sign)s: %(names)s.", sign=SIGNS[sign], names=together(*by, by=", ")))
    return together(*said)


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
        "mode_line": noticing.mode_line(group),
        "meets": card.meets,
        "welcome_line": WELCOME if group.is_welcome else "",
        "next_meeting": None,
        "people_line": _people_line(group),
        "why": "",
        "is_mine": is_mine,
    }


def _people_line(group: Shown) -> str:
    count = group.member_count
    if count < FEW:
        return say("A few people")
    if group.has_room or group.card.door is Door.CLOSED:
        return say_many("%(count)s person", "%(count)s people", count=count)
    return say_many(
        "%(count)s person. It is full just now.",
        "%(count)s people. It is full just now.",
        count=count,
    )


WELCOME = say("Everybody new is welcome here.")


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
