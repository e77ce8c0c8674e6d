"""One's own words that are not in a talk: what they wait for, and what one can do about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from chat.pending import Waiting
from chat.waiting import State
from core.errors import Problem
from core.sentences import say, together
from matching.hellos import HelloHeld
from web.rendering import moment

CHOICES: Final = [
    {
        "value": "anyway",
        "label": say("Send it anyway, in a minute"),
        "hint": say("You can take it back until then."),
    },
    {
        "value": "person",
        "label": say("Ask a person"),
        "hint": say("If nobody has answered within four hours, you decide."),
    },
]


def because(lines: Iterable[str]) -> str:
    """Say why in one sentence. Each line begins with its category, which is a word for staff."""
    told = [line.partition(": ")[2] or line for line in lines]
    return say("It %(told)s.", told=together(*told, by=say(", and "))) if told else ""


def said(problem: Problem) -> str:
    """Say what is wrong with words that were not taken, and of held ones also why."""
    if isinstance(problem, HelloHeld):
        return together(problem.title, because(problem.verdict.because))
    return problem.detail


def asked(waiting: list[Waiting]) -> dict[str, Any] | None:
    """Return the newest message whose author has not chosen yet, as its form shows it."""
    found = [one for one in waiting if _is_asked(one)]
    if not found:
        return None
    newest = found[-1]
    return {
        "client_id": newest.client_id,
        "text": newest.text,
        "note": newest.note or "",
        "edits": newest.edits or "",
        "why": because(newest.because),
        "is_too_new": "anyway" not in newest.choices,
        "choices": [one for one in CHOICES if one["value"] in newest.choices],
    }


def pending(waiting: list[Waiting], *, now: datetime) -> list[dict[str, Any]]:
    """Return what waits for a person or for its pause, or can't be sent; each can be taken back."""
    return [
        {
            "client_id": one.client_id,
            "text": one.text,
            "why": _what_for(one, now),
            "can_go": not one.is_over and one.release_at is None and _is_unanswered(one, now),
        }
        for one in waiting
        if not _is_asked(one)
    ]


def _is_asked(one: Waiting) -> bool:
    return one.state is State.ASKED and one.release_at is None and not one.is_over


def _is_unanswered(one: Waiting, now: datetime) -> bool:
    return one.answer_by is not None and one.answer_by <= now


def _what_for(one: Waiting, now: datetime) -> str:
    if one.is_over:
        return say("Not sent, and can't be now. Your words are here for you to read and copy.")
    if one.release_at is not None:
        return say("Goes out at %(at)s.", at=moment(one.release_at)["words"])
    if _is_unanswered(one, now):
        return say("Nobody has answered, so now you decide.")
    if one.answer_by is not None:
        until = moment(one.answer_by)["words"]
        return say(
            "Waits for a person. If nobody has answered by %(until)s, you decide.", until=until
        )
    return say("Waits for a person to look at it.")
