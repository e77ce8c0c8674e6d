"""A case as its page shows it, in staff's words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from core.safety import Category, SubjectKind, Tier
from core.sentences import When, say, say_many, together
from moderation.case_views import CasePage, Line, Raised
from moderation.documents import HouseRules
from moderation.effects import Effect
from moderation.fold import Kind
from moderation.kinds import EffectKind
from moderation.reasons import Reason
from moderation.talks import Said
from moderation.triage import Row
from web import views
from web.forms import Form
from web.rendering import moment

TIER_LABELS: Final = {
    "now": say("Now"),
    "soon": say("Soon"),
    "routine": say("Routine"),
    "none": say("Whenever"),
}
# Where the domain names a field, and where the page has it.
FIELDS: Final = {"reason_words": "reason", "steps": "effects"}
SUBJECTS: Final = {
    SubjectKind.MESSAGE: say("A message in a talk"),
    SubjectKind.PENDING: say("A message that waits"),
    SubjectKind.HELLO: say("A hello"),
    SubjectKind.PROFILE: say("What somebody tells of themselves"),
    SubjectKind.GROUP: say("A group"),
    SubjectKind.ROOM: say("A talk"),
    SubjectKind.ACCOUNT: say("What somebody wrote"),
}
EFFECTS: Final = {
    EffectKind.NOTHING: (say("Nothing needs doing"), say("Whoever told us hears that we looked.")),
    EffectKind.REACHED_OUT: (
        say("Write to them"),
        say("What you write below reaches them on Home."),
    ),
    EffectKind.HIDE: (
        say("Hide this message"),
        say("Everyone in the talk sees that it was hidden."),
    ),
    EffectKind.MUTE: (
        say("Read only, for a time"),
        say("They can read this talk, not write in it."),
    ),
    EffectKind.SUSPEND: (
        say("Pause the account, for a time"),
        say("Help, the reason and a second look stay."),
    ),
    EffectKind.RELEASE: (say("Let it through"), say("It goes into the talk now.")),
    EffectKind.REFUSE: (say("Don't let it through"), say("Only its author has seen it.")),
}
LENGTHS: Final = (
    (60, say("An hour")),
    (24 * 60, say("A day")),
    (3 * 24 * 60, say("Three days")),
    (7 * 24 * 60, say("A week")),
    (30 * 24 * 60, say("Thirty days")),
)
HAPPENED: Final = {
    Kind.OPENED: say("it was opened"),
    Kind.FLAGGED: say("somebody was concerned again"),
    Kind.REOPENED: say("it was opened again"),
    Kind.LOOKED: say("the words were read"),
    Kind.NOTED: say("left a note"),
    Kind.DECIDED: say("decided"),
    Kind.CLAIMED: say("it was claimed"),
    Kind.RELEASED: say("it was given back"),
    Kind.LAPSED: say("the time to look ran out"),
    Kind.UNDONE: say("something was taken back"),
}
CATEGORIES: Final = {
    Category.DISTRESS: say("distress"),
    Category.ENCOURAGEMENT: say("encouragement to harm"),
    Category.HARASSMENT: say("harassment"),
    Category.HATE: say("hate"),
    Category.THREAT: say("threat"),
    Category.SEXUAL: say("sexual"),
    Category.CONTACT: say("contact"),
    Category.SPAM: say("spam"),
    Category.EATING: say("eating"),
    Category.MEDICATION: say("medication"),
}
REASONS: Final = {
    Reason.WORRIED: say("worried"),
    Reason.THREAT: say("threat"),
    Reason.HARM: say("harm"),
    Reason.SEXUAL: say("sexual"),
    Reason.STALKING: say("stalking"),
    Reason.HATE: say("hate"),
    Reason.DETAILS: say("details"),
    Reason.PRESSING: say("pressing"),
    Reason.UNKIND: say("unkind"),
    Reason.MEDICINES: say("medicines"),
    Reason.SELLING: say("selling"),
    Reason.SOMETHING_ELSE: say("something else"),
    Reason.LOOK_AGAIN: say("look again"),
}


def row(one: Row, *, now: datetime) -> dict[str, Any]:
    """Return a line of the queue. It holds nobody's words."""
    return {
        "id": one.id,
        "tier": one.tier,
        "tier_label": TIER_LABELS[one.tier],
        "kind": _kind(one.categories, is_appealed=one.is_appealed),
        "about": SUBJECTS[one.subject_kind],
        "because": [CATEGORIES[one] for one in sorted(one.categories)] or [say("somebody told us")],
        "clock": _clock(one.tier_since_at, now, is_late=one.is_late),
        "state": say("waiting"),
        "claimed_by": say("you") if one.is_mine else one.holder_name or "",
        "can_claim": one.holder_name is None,
        "version": one.version,
    }


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
        "kept": "\n\n".join(filter(None, map(typed.get, ("reason", "note")))) if typed else "",
        "why_not": say("This case is settled, or somebody else has it just now."),
        "errors": errors,
        "next_href": "/queue",
    }


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
        "subject_line": say(
            "%(subject)s, by %(name)s",
            subject=SUBJECTS[found.subject.kind],
            name=found.author_name or say("nobody"),
        ),
        "beyond_line": "",
    }


def _reason(one: Raised) -> str:
    said = one.reason or Reason.SOMETHING_ELSE
    return together(one.by, REASONS[said], by=": ")


def _raised(one: Raised) -> dict[str, Any]:
    return {
        "by": one.by,
        "at": moment(one.at),
        "parts": [{"text": one.evidence, "is_about": True}],
        "note": one.note,
        "because": list(one.because) or [_reason(one)],
    }


def _said(one: Said, found: CasePage) -> dict[str, Any]:
    return {
        "id": one.message_id,
        "by": one.author_name or say("Somebody who left"),
        "written_at": moment(one.at),
        "parts": _marked(one),
        "is_about": one.message_id == found.subject.id,
    }


def _marked(one: Said) -> list[dict[str, Any]]:
    cut = views.parts(one.text or say("(taken back)"), one.folds, is_mine=True)
    return [{"text": part["text"], "is_about": part["is_folded"]} for part in cut]


def _line(one: Line) -> dict[str, Any]:
    words = HAPPENED.get(one.kind) or str(one.kind).replace("_", " ")
    done = [EFFECTS[EffectKind(effect)][0] for effect in one.data.get("effects", ())]
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
    label, _ = EFFECTS[one.kind]
    words = (
        say("%(done)s, until %(at)s", done=label, at=When(one.ends_at)) if one.ends_at else label
    )
    return {
        "id": one.id,
        "words": say("%(done)s (taken back)", done=words) if one.undone_at else words,
        "can_be_undone": one.can_be_undone,
    }


def _decision(
    found: CasePage, rules: HouseRules, typed: Form | None, errors: Mapping[str, str]
) -> dict[str, Any]:
    values: dict[str, Any] = dict(typed.values) if typed else {}
    values["effects"] = typed.all("effects") if typed else []
    is_timed = {EffectKind.MUTE, EffectKind.SUSPEND} & set(found.offered)
    return {
        "action": f"/staff/cases/{found.id}/decision",
        "version": found.version,
        "effects": [
            {"value": kind, "label": EFFECTS[kind][0], "hint": EFFECTS[kind][1]}
            for kind in found.offered
        ],
        "lengths": [{"value": str(size), "label": label} for size, label in LENGTHS]
        if is_timed
        else [],
        "rules": [{"value": "", "label": say("none")}]
        + [{"value": rule.id, "label": rule.title} for rule in rules.rules],
        "is_support": found.is_support,
        "needs_second_reader": False,
        "values": values,
        "errors": errors,
    }
