"""Talks, as plain forms: the same writer and screening as the live socket (promise 41)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import urgent_help
from api.dependencies import Guard, Here, Now, Someone, Talk
from chat import frames, messages, pending, rooms
from chat.kinds import Help, RoomKind
from chat.pending import Waiting
from chat.rooms import Talk as Room
from chat.waiting import State
from core.errors import NotFound, Problem
from matching import connections, requests
from moderation import helping
from people import blocks
from people.permissions import Actor
from web import forms, views
from web.forms import Form
from web.helping import card
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

CHOICES: Final = [
    {
        "value": "anyway",
        "label": "Send it anyway, in a minute",
        "hint": "You can take it back until then.",
    },
    {
        "value": "person",
        "label": "Ask a person",
        "hint": "Someone answers within four hours. After that you decide.",
    },
]
# What the address says after a post: neutral, since it stays in the browser's history.
SHOWN_BY_MARK: Final = {"2": "line", "3": "card"}
MARKS: Final = {None: "1", Help.LINE: "2", Help.CARD: "3"}


@router.get("/talks")
async def talks(request: Request, actor: Someone, here: Here) -> Response:
    """List one's talks, the newest first."""
    async with here.reading(actor.organisation_id) as session:
        found = await rooms.for_account(session, actor)
    lines = [_line(room) for room in found]
    return await page(
        request,
        "pages/talks.html",
        "Talks",
        talks=[line for line, room in zip(lines, found, strict=True) if room.is_open],
        ended=[line for line, room in zip(lines, found, strict=True) if not room.is_open],
        more_href="",
    )


def _line(room: Room) -> dict[str, Any]:
    return {
        "href": f"/talks/{room.room_id}",
        "name": _name(room),
        "line": "",
        "at": moment(room.last_at),
        "new_line": "",
    }


def _name(room: Room) -> str:
    names = [name for name in room.names.values() if name]
    if room.kind is RoomKind.GROUP:
        return room.title
    return ", ".join(names) or "Somebody who left"


@router.get("/talks/{room_id}")
async def talk(
    request: Request,
    room_id: UUID,
    actor: Someone,
    here: Here,
    now: Now,
    after: int = 0,
    older: int | None = None,
    sent: str = "",
    reply_to: UUID | None = None,
) -> Response:
    """Show a talk: its newest page, or an older one."""
    return await _show(
        request,
        room_id,
        actor,
        here,
        now=now,
        new_after=after,
        older=older,
        help_now=SHOWN_BY_MARK.get(sent, ""),
        reply_to=reply_to,
    )


async def _show(
    request: Request,
    room_id: UUID,
    actor: Actor,
    here: Here,
    *,
    now: datetime,
    new_after: int = 0,
    older: int | None = None,
    help_now: str = "",
    reply_to: UUID | None = None,
    typed: Form | None = None,
    error: str = "",
    worry_line: str = "",
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        room = await _mine(session, actor, room_id)
        logged = await messages.page(session, actor, room_id, before=older)
        waiting = await pending.mine(session, actor, room_id)
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    names = dict(room.names) | {actor.account_id: actor.name}
    said = views.messages(logged, actor.account_id, names)
    fresh = [one for one in said if new_after and one["seq"] > new_after and not one["is_mine"]]
    return await page(
        request,
        "pages/talk.html",
        "Talk",
        status=422 if error else 200,
        talk=_heading(room, logged),
        people={str(one): name for one, name in names.items()},
        me=str(actor.account_id),
        messages=said,
        new_from=fresh[0]["seq"] if fresh else 0,
        catch_up_line=_catch_up(len(fresh)),
        pending=[_waiting(one) for one in waiting if one.state is State.HELD],
        asked_now=_asked(waiting),
        ask_choices=CHOICES,
        help_now=help_now,
        help=card(place),
        composer=_composer(room, place, said, now=now, reply_to=reply_to, typed=typed, error=error),
        worry_line=worry_line,
    )


async def _mine(session: Any, actor: Actor, room_id: UUID) -> Room:
    for room in await rooms.for_account(session, actor):
        if room.room_id == room_id:
            return room
    raise NotFound


def _heading(room: Room, logged: list[frames.Logged]) -> dict[str, Any]:
    seq = logged[-1].seq if logged else room.last_seq
    first = logged[0].seq if logged else 0
    return {
        "id": room.room_id,
        "name": _name(room),
        "kind": "two" if room.kind is RoomKind.PRIVATE else "group",
        "about_line": "" if room.is_open else "This talk has ended. You can still read it.",
        "epoch": room.epoch,
        "seq": max(seq, room.last_seq),
        "show_new_href": f"/talks/{room.room_id}?after={room.last_seq}#new",
        "older_href": f"/talks/{room.room_id}?older={first}" if first > room.first_seq else "",
        "is_facilitated": room.kind is RoomKind.GROUP,
    }


def _catch_up(count: int) -> str:
    return f"New since you last looked: {count} message{'' if count == 1 else 's'}."


def _waiting(one: Waiting) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "text": one.text,
        "why": "A person is looking at this one before it is shown.",
        "written_at": moment(one.written_at),
    }


def _asked(waiting: list[Waiting]) -> dict[str, Any] | None:
    asked = [one for one in waiting if one.state is State.ASKED and one.release_at is None]
    if not asked:
        return None
    newest = asked[-1]
    return {
        "client_id": newest.client_id,
        "text": newest.text,
        "note": newest.note or "",
        "why": " ".join(newest.because),
        "choices": CHOICES,
    }


def _composer(
    room: Room,
    place: helping.Place,
    said: list[dict[str, Any]],
    *,
    now: datetime,
    reply_to: UUID | None,
    typed: Form | None,
    error: str,
) -> dict[str, Any]:
    answered = next((one for one in said if one["id"] == reply_to), None)
    return {
        "room_id": room.room_id,
        "client_id": str(uuid4()),
        "label": "Write something",
        "text": typed.get("text") if typed else "",
        "note": typed.get("note") if typed else "",
        "reply_to": answered and _answered(answered),
        "changing": "",
        "kind": "two" if room.kind is RoomKind.PRIVATE else "group",
        "promised_by": "the people who run this place",
        "group_name": _name(room),
        "staffed_line": "" if place.staffed.is_staffed else helping.who_is_here(place),
        "error": error,
        "closed": _closed(room, now),
    }


def _answered(one: dict[str, Any]) -> dict[str, Any]:
    words = "".join(part["text"] for part in one["parts"])
    return {"id": one["id"], "name": one["by"]["name"], "words": words[:120]}


def _closed(room: Room, now: datetime) -> str:
    if not room.is_open:
        return "Nothing new can be said here. You can still read it, and there are other people."
    if room.muted_until and room.muted_until > now:
        until = moment(room.muted_until)["words"]
        return f"You can read here, and write again from {until}. Home says why."
    return ""


@router.post("/talks/{room_id}")
async def say(
    request: Request,
    room_id: UUID,
    actor: Someone,
    here: Here,
    talk: Talk,
    guard: Guard,
    now: Now,
) -> Response:
    """Say something, or choose what becomes of what is asked. Posting twice keeps one message."""
    form = await forms.typed(request)
    choice, client_id = form.get("choice"), form.get("client_id") or str(uuid4())
    try:
        if choice:
            await _choose(actor, here, guard, room_id, client_id, choice, now=now)
        if choice in {"anyway", "person"}:
            return see(f"/talks/{room_id}#composer")
        if choice == "change":
            client_id = str(uuid4())
        kept = await talk.send(
            actor,
            room_id,
            client_id,
            form.get("text"),
            note=form.get("note") or None,
            reply_to=_id(form.get("reply_to")),
        )
    except NotFound:
        raise
    except Problem as problem:
        return await _show(request, room_id, actor, here, now=now, typed=form, error=problem.detail)
    return see(f"/talks/{room_id}?sent={MARKS[kept.help]}#composer")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _choose(
    actor: Actor,
    here: Here,
    guard: Guard,
    room_id: UUID,
    client_id: str,
    choice: str,
    *,
    now: datetime,
) -> None:
    async with here.unit_of_work(actor.organisation_id) as session:
        waiting = await pending.mine(session, actor, room_id)
        one = next((found for found in waiting if found.client_id == client_id), None)
        if one is None:
            return
        if choice == "anyway":
            await pending.send_anyway(session, actor, one.id, now=now)
        elif choice == "person":
            await pending.ask_a_person(session, actor, one.id, safety=guard, now=now)
        else:
            await pending.withdraw(session, actor, one.id, now=now)


@router.post("/talks/{room_id}/messages/{message_id}/take-back")
async def take_back(
    room_id: UUID, message_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Take one's own words out of a talk."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await messages.remove(session, actor, message_id, now=now)
    return see(f"/talks/{room_id}#composer")


@router.post("/talks/{room_id}/leave")
async def leave(room_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Leave a talk of two, kindly; a group is left on its own page."""
    async with here.unit_of_work(actor.organisation_id) as session:
        room = await _mine(session, actor, room_id)
        if room.group_id is not None:
            return see(f"/groups/{room.group_id}")
        opening = await requests.opening(session, actor, room_id)
        await connections.end(session, actor, opening.connection_id, now=now)
    return see("/talks")


@router.post("/talks/{room_id}/shut-out")
async def shut_out(room_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Block the other of a talk of two: at once, silently, everywhere."""
    async with here.unit_of_work(actor.organisation_id) as session:
        opening = await requests.opening(session, actor, room_id)
        other = opening.other_id if opening.asker_id == actor.account_id else opening.asker_id
        await blocks.make(session, actor, other, now=now)
    return see("/talks")
