"""Looking after a group: its card, its standing line, its agreement, each other, its ending."""

from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import group_keeping as kept
from api import groups as joining
from api.dependencies import Guard, Here, Now, Someone
from api.group_keeping import AgreementIn
from api.hellos import raising_held
from api.profiles import screened
from core.database import Database
from core.errors import Invalid, Problem
from core.safety import Safety
from core.sentences import say
from groups import agreements, card_changes, cards, facilitators, keepers, keeping, rosters
from groups.cards import Door, Group
from matching import fields
from matching.hellos import HelloHeld
from people.permissions import Actor
from web import forms, unsent
from web.forms import Form
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

What = Literal["card", "announcement", "agreement", "share", "ending", "go-on"]
DOORS: Final = [
    {
        "value": Door.OPEN,
        "label": say("Open"),
        "hint": say("Anybody can join by themselves, at any time."),
    },
    {
        "value": Door.ASK,
        "label": say("Ask first"),
        "hint": say("People ask, one of you answers, and places are given as they get free."),
    },
    {
        "value": Door.CLOSED,
        "label": say("Closed"),
        "hint": say("The same people stay together. Nobody new joins."),
    },
]
# What the page calls otherwise than the card.
ON_PAGE: Final = {"capacity": "places"}
PART_OF: Final[dict[What, What]] = {"go-on": "ending"}
WORDS: Final = ("name", "purpose", "for_whom", "about", "lived", "meets")


@router.get("/groups/{group_id}/look-after")
async def look_after(
    request: Request, group_id: UUID, actor: Someone, here: Here, saved: What | None = None
) -> Response:
    """Show what can be kept up."""
    return await _show(request, group_id, actor, here, what=saved, is_saved=saved is not None)


async def _show(
    request: Request,
    group_id: UUID,
    actor: Actor,
    here: Here,
    *,
    what: What | None = None,
    is_saved: bool = False,
    typed: Form | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        group = await cards.by_id(session, group_id)
        await keepers.require_keeper(session, actor, group)
        people = await rosters.listed(session, actor, group_id)
    return await page(
        request,
        "pages/look_after.html",
        say("Look after the group"),
        status=422 if errors else 200,
        group={"id": group.id, "name": group.name},
        is_just_us=group.is_just_us,
        values=_values(group) | (typed.values if typed else {}) | _versions(group),
        doors=DOORS,
        ends=moment(group.ends_at) if group.ends_at else None,
        leading=[one.name for one in people if one.is_facilitator],
        others=[{"value": one.account_id, "label": one.name} for one in people
                if not one.is_facilitator],
        open_parts=[PART_OF.get(what, what)] if what else [],
        is_saved=is_saved,
        errors=errors or {},
    )  # fmt: skip


def _values(group: Group) -> dict[str, Any]:
    said = {name: getattr(group, name) for name in WORDS}
    return (
        said
        | _versions(group)
        | {
            "door": group.door,
            "places": str(group.capacity),
            "announcement": group.announcement,
            "agreement": group.agreement,
        }
    )


def _versions(group: Group) -> dict[str, int]:
    """Return what is new now: whoever was told of a change and saves again has the last word."""
    return {"version": group.version, "agreement_version": group.agreement_version}


@router.post("/groups/{group_id}/look-after/{what}")
async def change(
    request: Request,
    group_id: UUID,
    what: What,
    actor: Someone,
    here: Here,
    guard: Guard,
    now: Now,
) -> Response:
    """Change one of the things on the page; what was typed stays where it needs another look."""
    form = await forms.typed(request)
    try:
        await _change(what, form, group_id, actor, here, guard, now=now)
    except HelloHeld as held:
        errors = {"": unsent.said(held)}
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        errors = {ON_PAGE.get(at, at): said for at, said in forms.errors_of(problem).items()}
    else:
        to = f"/groups/{group_id}"
        return see(to if what == "card" else f"{to}/look-after?saved={what}")
    return await _show(request, group_id, actor, here, what=what, typed=form, errors=errors)


async def _change(
    what: What,
    form: Form,
    group_id: UUID,
    actor: Actor,
    here: Database,
    guard: Safety,
    *,
    now: datetime,
) -> None:
    if what == "card":
        await _save(form, group_id, actor, here, guard, now=now)
    elif what == "announcement":
        await kept.announce(here, guard, actor, group_id, form.get("announcement"), now=now)
    elif what == "agreement":
        version, words = form.number("agreement_version"), form.get("agreement")
        wish = forms.read(AgreementIn, {"version": version, "words": words})
        await kept.agree(here, guard, actor, group_id, wish, now=now)
    else:
        await _settle(what, form, group_id, actor, here, now=now)


async def _settle(
    what: What, form: Form, group_id: UUID, actor: Actor, here: Database, *, now: datetime
) -> None:
    async with here.unit_of_work(actor.organisation_id) as session:
        if what == "share":
            await facilitators.share(session, actor, group_id, _id(form.get("person")), now=now)
        elif what == "ending":
            ends_at = _day(form.get("ending"))
            await keeping.plan_ending(session, actor, group_id, ends_at=ends_at, now=now)
        else:
            await keeping.call_off_ending(session, actor, group_id, now=now)


async def _save(
    form: Form, group_id: UUID, actor: Actor, here: Database, guard: Safety, *, now: datetime
) -> None:
    """Put the card in place; what the page doesn't ask for stays as it is."""
    async with here.reading(actor.organisation_id) as session:
        before = (await cards.read(session, group_id)).card.model_dump(mode="json")
    if not form.has("name"):
        raise Invalid(say("Please give the group a name."), field="name")
    told = {name: form.get(name) for name in (*WORDS, "door")}
    card = joining.card_of(before | told | {"capacity": _places(form)})
    verdict = await screened(here, guard, actor, card.own_words)
    async with (
        raising_held(here, guard, actor, card.own_words, now=now),
        here.unit_of_work(actor.organisation_id) as session,
    ):
        await card_changes.change(
            session,
            actor,
            group_id,
            card,
            over_version=form.number("version"),
            verdict=verdict,
            safety=guard,
            now=now,
        )


def _places(form: Form) -> int:
    places = form.number("places")
    if not cards.FEWEST_PLACES <= places <= fields.MOST_PEOPLE:
        raise Invalid(
            say(
                "Please write a number from %(least)s to %(most)s.",
                least=cards.FEWEST_PLACES,
                most=fields.MOST_PEOPLE,
            ),
            field="places",
        )
    return places


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Invalid(say("Please choose somebody."), field="person") from None


def _day(typed: str) -> datetime:
    """Return noon of a day, so that no clock makes it the day before."""
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(hour=12, tzinfo=UTC)
    except ValueError:
        raise Invalid(say("Please choose a day."), field="ending") from None


@router.post("/groups/{group_id}/agreed")
async def agreed(request: Request, group_id: UUID, actor: Someone, here: Here) -> Response:
    """Accept what the group agreed."""
    form = await forms.typed(request)
    async with here.unit_of_work(actor.organisation_id) as session:
        await agreements.accept(session, actor, group_id, version=form.number("version"))
    return see(f"/groups/{group_id}")


@router.post("/groups/{group_id}/step-back")
async def step_back(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Look after the group no longer, and stay in it."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await facilitators.step_back(session, actor, group_id, now=now)
    return see(f"/groups/{group_id}")
