"""Groups: mine and open ones, one group's page, and what those who look after it can do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import group_members
from api import groups as joining
from api.dependencies import Guard, Here, Now, Someone
from core.errors import Conflict, Problem
from core.sentences import say, together
from groups import (
    agreements,
    cards,
    doors,
    facilitators,
    keepers,
    members,
    places,
    requests,
    rosters,
    stays,
)
from groups.cards import Door, Group, Shown
from groups.places import State
from groups.requests import Place
from groups.rosters import Member, Mine
from matching.hellos import HelloHeld
from people.permissions import Actor
from web import forms, unsent, views
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

# "For now", as the page's button says; longer is for the moderators.
QUIET_FOR: Final = timedelta(hours=24)
STANDING_LINES: Final = {
    Place.ASKED: say("You've asked to join. The people who look after it will answer."),
    Place.WAITING: say(
        "You're waiting for a place. When one gets free, it is offered to whoever has waited"
        " longest, and you'll hear."
    ),
    Place.OFFERED: say(
        "There is a place for you. There's no need to hurry, and no need to say why"
        " if it doesn't suit."
    ),
    Place.IN: say("You're in this group."),
    Place.NONE: "",
}
KIND_LINES: Final = {
    Door.OPEN: say("Open: anybody can join by themselves, at any time."),
    Door.ASK: say("Ask first: people ask, and join as places get free."),
    Door.CLOSED: say("Closed: the same people stay together."),
}
WAITING_LINES: Final = {
    State.WAITING: say("You said yes. They are offered the next place that gets free."),
    State.OFFERED: say("A place is held for them."),
}
ASKED_US: Final = say("You've asked to join. The people in it will answer.")
NOBODY_LEADS: Final = say(
    "You've asked to join. Nobody looks after this group just now. The people who run this place"
    " know, and are asked to find somebody. You'll hear when there is an answer."
)


@router.get("/groups")
async def groups(request: Request, actor: Someone, here: Here) -> Response:
    """List one's own groups, and all others."""
    async with here.reading(actor.organisation_id) as session:
        mine = await rosters.mine(session, actor)
        every = await cards.everything(session)
    own = {one.group.id for one in mine}
    return await page(
        request,
        "pages/groups.html",
        say("Groups"),
        mine=[_listed(one.group) for one in mine],
        open_groups=[_listed(one) for one in every if one.id not in own],
    )


def _listed(group: Shown) -> dict[str, Any]:
    return views.group_card(group) | {"kind_line": KIND_LINES[group.card.door]}


@router.get("/groups/{group_id}")
async def group(request: Request, group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Show one group."""
    return await _show(request, group_id, actor, here, now=now)


async def _show(
    request: Request,
    group_id: UUID,
    actor: Actor,
    here: Here,
    *,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    reasons: Mapping[UUID, str] | None = None,
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        found = await cards.by_id(session, group_id)
        place, held_until = await requests.stand(session, actor, group_id)
        mine = [one for one in await rosters.mine(session, actor) if one.group.id == group_id]
        leads = await keepers.keeps(session, actor, found)
        people = await rosters.listed(session, actor, group_id) if leads else []
        waiting = await doors.waiting(session, actor, group_id) if leads else []
        to_read = await agreements.to_read(session, actor, {group_id})
        has_place = await places.has_place(session, found)
        is_led = found.is_just_us or bool(await stays.facilitators(session, group_id))
    return await page(
        request,
        "pages/group.html",
        say("Group"),
        status=422 if errors else 200,
        group=_card(found, mine),
        is_to_read=bool(to_read),
        leads=leads,
        is_just_us=found.is_just_us,
        standing=place,
        standing_line=_standing_line(place, found, is_led=is_led),
        door=found.door,
        has_room=found.has_room and has_place,
        held_until=moment(held_until) if held_until else None,
        members=[
            _member(one, actor, reasons or {}, now) | ({"is_me": True} if found.is_just_us else {})
            for one in people
        ]
        if leads
        else None,
        waiting=[_waiting(one) for one in waiting],
        errors=errors or {},
    )


def _standing_line(place: Place, group: Group, *, is_led: bool) -> str:
    if place is Place.ASKED and not is_led:
        return NOBODY_LEADS
    return ASKED_US if place is Place.ASKED and group.is_just_us else STANDING_LINES[place]


def _card(group: Group, mine: list[Mine]) -> dict[str, Any]:
    room = f"/talks/{mine[0].room_id}" if mine else ""
    return views.group_card(cards.shown(group), is_mine=bool(mine)) | {
        "agreement": [line for line in group.agreement.splitlines() if line.strip()],
        "kind_line": KIND_LINES[group.door],
        "agreement_version": group.agreement_version,
        "announcement": group.announcement if mine else "",
        "ends": moment(group.ends_at) if group.ends_at else None,
        "room_href": room,
        "meetings": [],
    }


def _member(one: Member, actor: Actor, said: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    return {
        "id": one.account_id,
        "name": one.name,
        "reason": said.get(one.account_id, ""),
        "line": say("looks after this group") if one.is_facilitator else "",
        "is_quiet": one.muted_until is not None and one.muted_until > now,
        "is_me": one.account_id == actor.account_id or one.is_facilitator,
    }


def _waiting(one: doors.Waiting) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "words": views.folded_text(one.note, one.folded),
        "line": together(
            say("They were in this group before, and were asked to leave.")
            if one.was_removed
            else "",
            WAITING_LINES.get(one.state, ""),
        ),
        "is_answered": one.state is not State.ASKED,
    }


@router.post("/groups/{group_id}/ask")
async def ask(
    request: Request, group_id: UUID, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Come in by an open door; where a person decides, ask with a few words or none."""
    form = await forms.typed(request)
    try:
        if not await _came_in(here, actor, group_id, now=now):
            await joining.ask_in(here, guard, actor, group_id, form.get("words"), now=now)
    except HelloHeld as held:
        errors = {"words": unsent.said(held)}
    except Problem as problem:
        if problem.status == 404:
            raise
        errors = {str(problem.extra.get("field") or ""): problem.detail}
    else:
        return see(f"/groups/{group_id}")
    return await _show(request, group_id, actor, here, now=now, errors=errors)


async def _came_in(here: Here, actor: Actor, group_id: UUID, *, now: datetime) -> bool:
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            if (await cards.by_id(session, group_id)).door is not Door.OPEN:
                return False
            await members.join(session, actor, group_id, now=now)
    except (members.AskFirst, members.GroupFull):
        return False
    return True


@router.post("/groups/{group_id}/accept")
async def take(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take the place that is held for oneself."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await requests.take(session, actor, group_id, now=now)
    return see(f"/groups/{group_id}")


@router.post("/groups/{group_id}/leave")
async def leave(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Go, without a reason."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await requests.withdraw(session, actor, group_id, now=now)
        await members.leave(session, actor, group_id, now=now)
    return see("/groups")


@router.post("/groups/{group_id}/waiting/{request_id}/{answer}")
async def answer(
    group_id: UUID,
    request_id: UUID,
    answer: Literal["let-in", "not-now"],
    actor: Someone,
    here: Here,
    now: Now,
) -> Response:
    """Let somebody in, or say that it doesn't fit just now."""
    async with here.unit_of_work(actor.organisation_id) as session:
        if answer == "let-in":
            await doors.accept(session, actor, request_id, group_id=group_id, now=now)
        else:
            await doors.answer_not_now(session, actor, request_id, group_id=group_id, now=now)
    return see(f"/groups/{group_id}")


@router.post("/groups/{group_id}/people/{account_id}/{what}")
async def look_after(
    request: Request,
    group_id: UUID,
    account_id: UUID,
    what: Literal["quiet", "speak", "remove"],
    actor: Someone,
    here: Here,
    guard: Guard,
    now: Now,
) -> Response:
    """Ask somebody not to write for a day, let them write again, or let them go: with a reason."""
    form = await forms.typed(request)
    reason = form.get("reason")
    try:
        if what != "speak":
            reason = await group_members.admitted(
                here, guard, actor, group_id, account_id, reason=reason, now=now
            )
        async with here.unit_of_work(actor.organisation_id) as session:
            if what == "quiet":
                until = now + QUIET_FOR
                await facilitators.mute(
                    session, actor, group_id, account_id, until=until, reason=reason, now=now
                )
            elif what == "speak":
                await facilitators.unmute(session, actor, group_id, account_id, now=now)
            else:
                await facilitators.remove(
                    session, actor, group_id, account_id, reason=reason, now=now
                )
    except Conflict:
        raise
    except Problem as problem:
        if problem.status != 422:
            raise
        errors = {f"reason-{account_id}": unsent.said(problem)}
        typed = {account_id: form.get("reason")}
        return await _show(request, group_id, actor, here, now=now, errors=errors, reasons=typed)
    return see(f"/groups/{group_id}")
