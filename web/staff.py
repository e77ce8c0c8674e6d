"""The moderators' desk: the queue, a case, a decision. Words are read with a reason, or not."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Someone
from core.errors import Conflict, Forbidden, Invalid, Problem
from core.safety import Tier
from core.sentences import say, together
from moderation import actions, aftercare, case_pages, claims, notes, settled, triage
from moderation import delays as look_delays
from moderation.documents import HouseRules
from moderation.kinds import BOUNDS, EffectKind, Step
from people import documents
from people.permissions import Act, Actor, require
from web import case_views, delays, forms, labels
from web.forms import Form
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

TIERS: Final = ("now", "soon", "routine", "none")
ON_SHIFT: Final = say("I'm on shift and took this from the queue.")


@router.get("/queue")
async def queue(
    request: Request,
    actor: Someone,
    here: Here,
    now: Now,
    tier: str = "",
    after: UUID | None = None,
    done: UUID | None = None,
) -> Response:
    """Show what waits, first things first; and what was settled, so that it can be undone."""
    async with here.reading(actor.organisation_id) as session:
        found = await triage.queue(session, actor, now=now, after=after, tier=_tier(tier))
        lately = await settled.lately(session, actor, now=now)
        due = await aftercare.due(session, actor, now=now)
    just_done = next((one for one in lately if one.id == done), None)
    free = (f"/staff/cases/{row.id}" for row in found.items if row.holder_name is None)
    return await page(
        request,
        "staff/queue.html",
        say("Queue"),
        queue=[case_views.row(one, now=now) for one in found.items],
        filters=[_filter(tier)],
        counts_line=_counts(found.counts),
        aftercare=[delays.task(one) for one in due],
        just_done=case_views.settled(just_done) if just_done else None,
        next_href=next(free, ""),
        settled=[case_views.settled(one) for one in lately],
        more_href=f"/queue?tier={_tier(tier) or ''}&after={found.next}" if found.next else "",
        live_room={"what": "queue"},
    )


def _filter(chosen: str) -> dict[str, Any]:
    options = [{"value": "", "label": say("All")}]
    options += [{"value": tier, "label": labels.TIER_LABELS[tier]} for tier in TIERS]
    return {"name": "tier", "label": say("Tier"), "options": options, "chosen": chosen}


def _tier(named: str) -> Tier | None:
    return Tier(named) if named in TIERS else None


def _counts(counts: Mapping[Tier, int]) -> str:
    known = {str(tier): count for tier, count in counts.items()}
    said = [
        labels.TIER_COUNTS[tier].filled(count=known[tier]) for tier in TIERS[:3] if tier in known
    ]
    return together(*said, by=", ") or say("Nothing is waiting.")


@router.get("/staff/cases/{case_id}")
async def case(request: Request, case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Show a case to whoever gave a reason a moment ago; else ask for one."""
    require(actor, Act.SEE_QUEUE)
    return await _case(request, case_id, actor, here, now=now)


async def _gate(
    request: Request,
    case_id: UUID,
    *,
    reason: str = ON_SHIFT,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    wrong: str = "",
    kept: str = "",
) -> Response:
    return await page(
        request,
        "staff/look.html",
        say("Case"),
        status=422 if errors else status,
        case_id=case_id,
        values={"reason": reason},
        errors=errors or {},
        wrong=wrong,
        kept=kept,
    )


@router.post("/staff/cases/{case_id}/look")
async def look(request: Request, case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Note why these words are read, then show them."""
    form = await forms.typed(request)
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            await case_pages.open_case(session, actor, case_id, reason=form.get("reason"), now=now)
    except Conflict:
        raise
    except Problem as problem:
        if problem.status != 422:
            raise
        errors = {"reason": problem.detail}
        return await _gate(request, case_id, reason=form.get("reason"), errors=errors)
    return see(f"/staff/cases/{case_id}")


async def _case(
    request: Request,
    case_id: UUID,
    actor: Actor,
    here: Here,
    *,
    now: datetime,
    typed: Form | None = None,
    errors: Mapping[str, str] | None = None,
    stale: str = "",
    delaying: Form | None = None,
) -> Response:
    status = 409 if stale else 422 if errors else 200
    async with here.reading(actor.organisation_id) as session:
        found = await case_pages.read_on(session, actor, case_id, now=now)
        rules = await documents.current(session, HouseRules)
        asked = await look_delays.of_case(session, case_id, now=now)
    if found is None:
        wrong = stale or together(*(errors or {}).values())
        kept = case_views.kept(typed)
        return await _gate(request, case_id, status=status, wrong=wrong, kept=kept)
    context = case_views.case(found, rules, now=now, typed=typed, errors=errors or {})
    context |= {"status": status, "stale": stale}
    context["delay"] = delays.shown(asked, actor, delaying)
    return await page(request, "staff/case.html", say("Case"), **context)


@router.post("/staff/cases/{case_id}/claim")
async def claim(case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take a case to work on."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await claims.claim(session, actor, case_id, now=now)
    return see(f"/staff/cases/{case_id}")


@router.post("/staff/cases/{case_id}/release")
async def release(case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Give a case back."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await claims.release(session, actor, case_id, now=now)
    return see("/queue")


@router.post("/staff/cases/{case_id}/notes")
async def leave_note(
    request: Request, case_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Leave a note for colleagues."""
    form = await forms.typed(request)
    async with here.unit_of_work(actor.organisation_id) as session:
        await notes.leave(session, actor, case_id, words=form.get("note"), now=now)
    return see(f"/staff/cases/{case_id}")


@router.post("/staff/cases/{case_id}/delay")
async def delay(request: Request, case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Change when its author hears that we looked; what can't be is said on the case."""
    form = await forms.typed(request)
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            await delays.change(session, actor, case_id, form, now=now)
    except (Conflict, Forbidden, Invalid) as fault:
        errors = forms.errors_of(fault)
        return await _case(request, case_id, actor, here, now=now, errors=errors, delaying=form)
    return see(f"/staff/cases/{case_id}")


@router.post("/staff/cases/{case_id}/decision")
async def decide(request: Request, case_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Settle a case. A stale click is refused and shows what the other did; words are kept."""
    form = await forms.typed(request)
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            await actions.decide(
                session,
                actor,
                case_id,
                version=form.number("version"),
                steps=_steps(form),
                rule=form.get("rule") or None,
                reason_words=form.get("reason"),
                now=now,
            )
            if form.has("note"):
                await notes.leave(session, actor, case_id, words=form.get("note"), now=now)
    except Conflict as problem:
        return await _case(request, case_id, actor, here, now=now, typed=form, stale=problem.detail)
    except Problem as problem:
        if problem.status != 422:
            raise
        errors = {
            labels.FIELDS.get(key, key): said for key, said in forms.errors_of(problem).items()
        }
        return await _case(request, case_id, actor, here, now=now, typed=form, errors=errors)
    return see(f"/queue?done={case_id}")


def _steps(form: Form) -> list[Step]:
    length = form.number("length")
    lasts = timedelta(minutes=length) if length else None
    kinds = [kind for kind in EffectKind if kind in form.all("effects")]
    if not kinds:
        raise Invalid(say("Please choose what to do."), field="steps")
    return [Step(kind, lasts if kind in BOUNDS else None) for kind in kinds]


@router.post("/staff/cases/{case_id}/effects/{effect_id}/undo")
async def undo(case_id: UUID, effect_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take an effect back."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await actions.undo(session, actor, effect_id, now=now)
    return see(f"/staff/cases/{case_id}")
