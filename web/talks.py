"""Talks, as plain forms: the same writer and screening as the live socket (promise 41)."""

from datetime import datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Guard, Here, Now, Someone, Talk
from chat import breaks, for_later, frames, latest, own_talks, pending, reading, rooms, waiting
from chat.drafts import Kept, OtherWords
from chat.engine import Engine
from chat.kinds import Help
from chat.waiting import State
from core import sentences
from core.errors import Conflict, NotFound, Problem
from people.permissions import Actor
from web import forms, talk_pages, unsent
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

# What the address says after a post: neutral, since it stays in the browser's history.
SHOWN_BY_MARK: Final = {"2": "line", "3": "card"}
LEFT: Final = {
    "words": sentences.say(
        "You've left. You can still read what was said, below. When you like, there are others to"
        " talk with."
    ),
    "href": "/offers",
    "label": sentences.say("People and groups for me"),
}
MARKS: Final = {None: "1", Help.LINE: "2", Help.CARD: "3"}


@router.get("/talks")
async def talks(request: Request, actor: Someone, here: Here, now: Now, left: str = "") -> Response:
    """List one's talks, the newest first; and one's words that no talk takes any more."""
    async with here.reading(actor.organisation_id) as session:
        found = await own_talks.read(session, actor)
        kept = await pending.given_back(session, actor, now=now)
        groups = await talk_pages.group_names(session, found)
        last = await latest.writers(session, actor, [room for room in found if room.is_open])
        room_ids = [room.room_id for room in found]
        places = await reading.places(session, actor, room_ids)
        resting = await breaks.mine(session, actor, room_ids, now=now)
        begun = await for_later.begun(session, actor, room_ids)
    lines = {
        room.room_id: talk_pages.line(room, groups, last.get(room.room_id), actor.account_id)
        | {"new_line": talk_pages.new_line(places.get(room.room_id))}
        | ({"line": talk_pages.BEGUN} if room.room_id in begun and room.is_open else {})
        for room in found
    }
    on_break = [room for room in found if room.is_open and room.room_id in resting]
    return await page(
        request,
        "pages/talks.html",
        sentences.say("Talks"),
        talks=[lines[one.room_id] for one in found if one.is_open and one not in on_break],
        on_break=[
            talk_pages.resting_line(room, groups, resting[room.room_id]) for room in on_break
        ],
        ended=[lines[one.room_id] for one in found if not one.is_open],
        not_sent=[
            (one.room_id, shown)
            for one, shown in zip(kept, unsent.pending(kept, now=now), strict=True)
        ],
        more_href="",
        notices=[LEFT] if left else [],
    )


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
    told: str = "",
    reply_to: UUID | None = None,
    change: UUID | None = None,
) -> Response:
    """Show a talk: its newest page, or an older one."""
    return await talk_pages.show(
        request,
        room_id,
        actor,
        here,
        now=now,
        new_after=after,
        older=older,
        help_now=SHOWN_BY_MARK.get(sent, ""),
        is_worried=bool(told),
        reply_to=reply_to,
        change=change,
    )


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
        if choice == "later":
            async with here.unit_of_work(actor.organisation_id) as session:
                await for_later.keep(session, actor, room_id, form.get("text"), now=now)
            return see(f"/talks/{room_id}#composer")
        if choice:
            await _choose(actor, here, guard, room_id, client_id, choice, now=now)
        if choice in {"anyway", "person", "take-back"}:
            return see(await _where(actor, here, room_id))
        if choice == "change":
            client_id = _changed(client_id, form.get("text"))
        kept = await _send(talk, actor, room_id, client_id, form)
        if form.has("kept"):
            await _let_go(here, actor, room_id)
    except NotFound:
        raise
    except Problem as problem:
        # Also where words aren't taken, whoever is in distress gets help at once (promise 19).
        # The quiet line would say that they were sent.
        help_now = "card" if problem.extra.get("help") else ""
        return await talk_pages.show(
            request, room_id, actor, here,
            now=now, help_now=help_now, typed=form, error=problem.detail,
        )  # fmt: skip
    # Without script, the page opens at what was said, or at what became of it: never below it.
    seq = form.number("at") or (kept.seq if isinstance(kept, frames.Sent) else 0)
    at = f"m-{seq}" if isinstance(kept, frames.Sent) else "unsent"
    return see(f"/talks/{room_id}?sent={MARKS[kept.help]}#{at}")


async def _let_go(here: Here, actor: Actor, room_id: UUID) -> None:
    """What was kept for later is said by now, or waits with what is asked about."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await for_later.let_go(session, actor, room_id)


async def _where(actor: Actor, here: Here, room_id: UUID) -> str:
    """Return where one's unsent words stand: who has left a talk can't open it."""
    async with here.reading(actor.organisation_id) as session:
        is_there = room_id in await rooms.among(session, actor, {room_id})
    return f"/talks/{room_id}#unsent" if is_there else "/talks"


async def _send(
    talk: Engine, actor: Actor, room_id: UUID, client_id: str, form: forms.Form
) -> Kept:
    """Send what was typed, also from a page that one went back to after posting."""
    try:
        return await _say(talk, actor, room_id, client_id, form)
    except OtherWords:
        return await _say(talk, actor, room_id, _changed(client_id, form.get("text")), form)


async def _say(talk: Engine, actor: Actor, room_id: UUID, client_id: str, form: forms.Form) -> Kept:
    text, note = form.get("text"), form.get("note") or None
    if form.has("edits"):
        if (message_id := _id(form.get("edits"))) is None:
            raise NotFound
        return await talk.edit(actor, room_id, client_id, text, message_id=message_id, note=note)
    reply_to = _id(form.get("reply_to"))
    return await talk.send(actor, room_id, client_id, text, note=note, reply_to=reply_to)


def _changed(client_id: str, text: str) -> str:
    """Return the id of a message that was changed: the same for both halves of a double click."""
    return str(uuid5(NAMESPACE_OID, f"{client_id}\n{text}"))


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
        mine = await pending.mine(session, actor, room_id, now=now)
        one = next((found for found in mine if found.client_id == client_id), None)
        if one is None:
            return
        try:
            if choice == "anyway":
                await pending.send_anyway(session, actor, one.id, now=now)
            elif choice == "person":
                await pending.ask_a_person(session, actor, one.id, safety=guard, now=now)
            else:
                await pending.withdraw(session, actor, one.id, now=now)
        except Conflict:
            # The other half of a double click was faster.
            wanted = State.HELD if choice == "person" else State.WITHDRAWN
            if (await waiting.by_id(session, one.id)).state is not wanted:
                raise
