"""A case as its page shows it, in staff's words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from chat.edits import Former
from core.safety import SubjectKind, Tier
from core.sentences import Sentence, When, say, say_many, together
from moderation.case_views import CasePage, Line, Raised
from moderation.documents import HouseRules
from moderation.effects import Effect
from moderation.fold import Kind, Status
from moderation.kinds import ALONE, BOUNDS, EffectKind
from moderation.places import Where
from moderation.reasons import Reason
from moderation.settled import Settled
from moderation.talks import Said
from moderation.triage import Row
from web import views
from web.forms import Form
from web.labels import (
    CATEGORIES,
    DID,
    EFFECTS,
    HAPPENED,
    LENGTHS,
    LETTER_READ,
    REASONS,
    SUBJECTS,
    TIER_LABELS,
)
from web.rendering import moment

ABSENT: Final = say("They have left this talk. What you decide holds if they come back.")


def row(one: Row, *, now: datetime) -> dict[str, Any]:
    """Return a line of the queue. It holds nobody's words."""
    return {
        "id": one.id,
        "tier": one.tier,
        "tier_label": TIER_LABELS[one.tier],
        "kind": _kind(one.categories, is_appealed=one.is_appealed),
        "about": about(one.subject_kind, one.where),
        "because": [CATEGORIES[one] for one in sorted(one.categories)] or [say("somebody told us")],
        "clock": _clock(one.tier_since_at, now, is_late=one.is_late),
        "due_line": _due(one.due_at, now, has_look=one.first_look_at is not None),
        "state": say("nobody yet"),
        "claimed_by": say("you") if one.is_mine else one.holder_name or "",
        "can_claim": one.holder_name is None,
        "version": one.version,
        "more_line": _more(len(one.more_ids)) if one.more_ids else "",
        "more_ids": one.more_ids,
    }


def _more(count: int) -> str:
    return say_many(
        "%(count)s more from the same person, about the same person",
        "%(count)s more from the same person, about the same person",
        count=count,
    )


def settled(one: Settled) -> dict[str, Any]:
    """Return a line of what was settled lately."""
    kind = _kind(one.categories, is_appealed=False)
    return {
        "href": f"/staff/cases/{one.id}",
        "about": together(kind, about(one.subject_kind, one.where), by=": "),
        "at": moment(one.at),
        "by": say("you") if one.is_by_me else one.by_name or "",
        "did": together(*(DID[kind] for kind in one.effects), by=", "),
        "can_be_undone": one.can_be_undone > 0,
    }


def about(kind: SubjectKind, where: Where) -> str:
    """Say what something is about and where it was said, without anybody's words or name."""
    what = SUBJECTS[kind]
    if where.is_private:
        return say("%(what)s in a private talk", what=what)
    if not where.group_name:
        return what
    if kind is SubjectKind.GROUP:
        return say("What the group %(group)s says of itself", group=where.group_name)
    return say("%(what)s in %(group)s", what=what, group=where.group_name)


def _due(due_at: datetime, now: datetime, *, has_look: bool) -> str:
    """Say how soon a first look is due; nothing once there was one."""
    if has_look:
        return say("somebody has looked")
    if now > due_at:
        return say("late by %(long)s", long=views.since(due_at, now))
    return say("look within %(long)s", long=views.since(now, due_at))


def _kind(categories: Iterable[str], *, is_appealed: bool) -> str:
    if is_appealed:
        return say("Look again")
    return say("Distress") if "distress" in categories else say("Concern")


def _clock(since: datetime, now: datetime, *, is_late: bool) -> dict[str, Any]:
    return {"iso": moment(since)["iso"], "words": views.since(since, now), "is_late": is_late}


def case(
    found: CasePage,
    rules: HouseRules,
    *,
    now: datetime,
    typed: Form | None,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return everything the page needs; what was typed stays where it was."""
    return {
        "case": _head(found, now),
        "care": None,
        "raised": [_raised(one) for one in found.raised],
        "window": [_said(one, found) for one in found.window],
        "history": [_line(one) for one in found.history if one.kind is not Kind.NOTED],
        "earlier": [],
        "earlier_line": _earlier(found),
        "notes": [
            {"at": moment(one.at), "by": one.by or "", "words": one.words}
            for one in found.history
            if one.kind is Kind.NOTED
        ],
        "done": [_effect(one) for one in found.done],
        "decision": _decision(found, rules, typed, errors) if found.offered else None,
        # Where deciding is over, what was typed for it can still be read and copied.
        "kept": kept(typed),
        "why_not": _why_not(found),
        "errors": errors,
        "next_href": "/queue",
    }


def _why_not(found: CasePage) -> str:
    if found.status is Status.DECIDED:
        return say("This case is settled. What can be undone stands under “What was done”.")
    holder = found.holder_name or say("Somebody else")
    return say("%(name)s has this case just now.", name=holder)


def kept(typed: Form | None) -> str:
    """Return the words that were typed for a decision, to be read and copied."""
    return "\n\n".join(filter(None, map(typed.get, ("reason", "note")))) if typed else ""


def _head(found: CasePage, now: datetime) -> dict[str, Any]:
    because = [line for one in found.raised for line in one.because]
    since = found.opened_at if found.tier is Tier.NONE else found.due_at
    return {
        "id": found.id,
        "version": found.version,
        "title": _kind(found.categories, is_appealed=found.is_appealed),
        "tier": found.tier,
        "tier_label": TIER_LABELS[found.tier],
        "clock": _clock(found.opened_at, now, is_late=found.is_late and since < now),
        "because": because or [_reason(one) for one in found.raised],
        "claimed_by": found.holder_name or "",
        "is_mine": found.is_mine,
        "can_claim": found.holder_name is None and bool(found.offered),
        "subject_line": _subject_line(found),
        "absent_line": ABSENT if found.has_author_left else "",
        "beyond_line": "",
    }


def _subject_line(found: CasePage) -> str:
    what = about(found.subject.kind, found.where)
    if not found.subject.author_id:
        return what
    author = found.author_name or say("somebody who left")
    return say("%(subject)s, by %(name)s", subject=what, name=author)


def _reason(one: Raised) -> str:
    said = one.reason or Reason.SOMETHING_ELSE
    return together(one.by, REASONS[said], by=": ")


def _raised(one: Raised) -> dict[str, Any]:
    return {
        "by": one.by,
        "at": moment(one.at),
        "parts": [{"text": one.evidence, "is_about": True}],
        "note": one.note,
        # Who said so stands before it.
        "because": list(one.because) or [REASONS[one.reason or Reason.SOMETHING_ELSE]],
    }


def _said(one: Said, found: CasePage) -> dict[str, Any]:
    return {
        "id": one.message_id,
        "by": one.author_name or say("Somebody who left"),
        "written_at": moment(one.at),
        "parts": _marked(one),
        "former": [
            {
                "until": moment(was.until),
                "is_taken_back": was.is_taken_back,
                "parts": [{"text": _whole(was), "is_about": False}],
            }
            for was in one.former
        ],
        "is_about": one.message_id == found.subject.id,
    }


def _whole(was: Former) -> str:
    return together(was.note, was.text, by="\n") if was.note else was.text


def _marked(one: Said) -> list[dict[str, Any]]:
    cut = views.parts(one.text or say("(taken back)"), one.folds, is_mine=True)
    return [{"text": part["text"], "is_about": part["is_folded"]} for part in cut]


def _line(one: Line) -> dict[str, Any]:
    words = HAPPENED.get(one.kind) or str(one.kind).replace("_", " ")
    done = [DID[EffectKind(effect)] for effect in one.data.get("effects", ())]
    return {
        "at": moment(one.at),
        "by": one.by or say("The software"),
        "words": together(words, together(*done, by=", "), by=": "),
    }


def _earlier(found: CasePage) -> str:
    if not found.earlier_count:
        return ""
    return say_many(
        "Something of the same author was decided once before.",
        "Something of the same author was decided %(count)s times before.",
        count=found.earlier_count,
    )


def _effect(one: Effect) -> dict[str, Any]:
    did = DID[one.kind]
    words = say("%(done)s, until %(at)s", done=did, at=When(one.ends_at)) if one.ends_at else did
    return {
        "id": one.id,
        "words": say("%(done)s (taken back)", done=words) if one.undone_at else words,
        "can_be_undone": one.can_be_undone,
    }


def _hint(kind: EffectKind, found: CasePage) -> Sentence:
    is_letter = found.subject.kind is SubjectKind.LETTER
    return LETTER_READ if is_letter and kind in ALONE else EFFECTS[kind][1]


def _decision(
    found: CasePage, rules: HouseRules, typed: Form | None, errors: Mapping[str, str]
) -> dict[str, Any]:
    values: dict[str, Any] = dict(typed.values) if typed else {}
    values["effects"] = typed.all("effects") if typed else []
    is_timed = BOUNDS.keys() & set(found.offered)
    return {
        "action": f"/staff/cases/{found.id}/decision",
        "version": found.version,
        "effects": [
            {"value": kind, "label": EFFECTS[kind][0], "hint": _hint(kind, found)}
            for kind in found.offered
        ],
        # Never a length that nobody chose.
        "lengths": [{"value": "", "label": say("choose")}]
        + [{"value": str(size), "label": label} for size, label in LENGTHS]
        if is_timed
        else [],
        "rules": [{"value": "", "label": say("choose")}]
        + [{"value": rule.id, "label": rule.title} for rule in rules.rules],
        "is_support": found.is_support,
        "needs_second_reader": EffectKind.REMOVE in found.offered,
        "values": values,
        "errors": errors,
    }
