"""A talk's page: what was said, what waits, and the composer with who can read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api import urgent_help
from api.dependencies import Here
from chat import edits, frames, messages, own_talks, pending, reading
from chat.breaks import Break
from chat.kinds import RoomKind
from chat.own_talks import Talk as Room
from core import limits
from core.errors import NotFound
from core.sentences import When, say, say_many
from groups import cards
from people import notices
from people.notices import Notice, NoticeKind
from people.organisations import Organisation
from people.permissions import Actor
from web import beside_talks, composing, unsent, views
from web.forms import Form
from web.helping import card
from web.rendering import moment, page


async def group_names(session: AsyncSession, found: Iterable[Room]) -> dict[UUID, str]:
    """Return the names of the groups whose talks these are."""
    wanted = {room.group_id for room in found if room.group_id is not None}
    return {one: group.card.name for one, group in (await cards.by_ids(session, wanted)).items()}


def name_of(room: Room, groups: dict[UUID, str]) -> str:
    """Return what a talk is called: its group, or the other's name."""
    if room.group_id is not None:
        return groups.get(room.group_id, say("A group"))
    return ", ".join(name for name in room.names.values() if name) or say("Somebody who left")


def line(room: Room, groups: dict[UUID, str], last: UUID | None, reader: UUID) -> dict[str, Any]:
    """Return a talk as one line of a list: its name, and who wrote last, but no words of it."""
    name = room.names.get(last) if last else None
    return {
        "href": f"/talks/{room.room_id}",
        "name": name_of(room, groups),
        "line": say("You wrote last.") if last == reader else _wrote(name) if name else "",
        "at": moment(room.last_at),
        "new_line": "",
    }


BEGUN: Final = say("You began to write here.")


def resting_line(room: Room, groups: dict[UUID, str], rest: Break) -> dict[str, Any]:
    """Return a talk one is on a break from: neither what is new there nor who wrote."""
    return {
        "href": f"/talks/{room.room_id}",
        "name": name_of(room, groups),
        "line": say("Until %(time)s.", time=When(rest.until)) if rest.until else "",
    }


def new_line(mark: reading.Place | None) -> str:
    """Say how many messages are new to whoever keeps their place; nothing when none is."""
    if mark is None or not mark.new:
        return ""
    return say_many("%(count)s new", "%(count)s new", count=mark.new)


def _wrote(name: str) -> str:
    return say("%(name)s wrote last.", name=name)


async def show(
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
    change: UUID | None = None,
    typed: Form | None = None,
    error: str = "",
    is_worried: bool = False,
    worry_error: str = "",
) -> Response:
    """Render a talk; what was typed stays in the box when something needs another look."""
    async with here.reading(actor.organisation_id) as session:
        room = await mine(session, actor, room_id)
        name = name_of(room, await group_names(session, [room]))
        logged, quoted = await _read(session, actor, room_id, older=older, reply_to=reply_to)
        waiting = await pending.mine(session, actor, room_id, now=now)
        keepers = await session.get_one(Organisation, actor.organisation_id)
        told = await notices.unread(session, actor, now=now)
        beside = await beside_talks.read(session, actor, room, now=now)
        mark = (await reading.places(session, actor, [room_id])).get(room_id)
    place = await urgent_help.place_now(here, actor.organisation_id, now=now)
    names = dict(room.names) | {actor.account_id: actor.name}
    said = views.messages(
        logged, actor.account_id, names, quoted=quoted,
        changeable_since=now - edits.WITHIN, unmet=beside["unmet"],
    )  # fmt: skip
    answered = views.messages(quoted.values(), actor.account_id, names)
    return await page(
        request,
        "pages/talk.html",
        say("Talk"),
        status=422 if error or worry_error else 200,
        talk=_heading(room, name, logged, is_live=older is None),
        people={str(one): name for one, name in names.items()}, me=str(actor.account_id),
        others=beside_talks.others(room), worry_error=worry_error,
        messages=said, **_new(said, new_after, mark),
        pending=unsent.pending(waiting, now=now),
        asked_now=unsent.asked(waiting),
        ask_choices=unsent.CHOICES,
        signs={sign.value: words for sign, words in views.SIGNS.items()},
        help_now=help_now, help=card(place) | ({"first_line": error} if error and help_now else {}),
        composer=composing.composer(
            room, name, place, now=now, keepers=keepers.name, typed=typed, error=error,
            answered=next((one for one in [*said, *answered] if one["id"] == reply_to), None),
            change=composing.change(logged, change, now=now),
            begun=beside.pop("begun"), is_noticed=beside.pop("is_noticed"),
        ),
        worry=beside_talks.worry(place) if is_worried else None,
        **beside_talks.with_reader(beside, said, names),
        waited=[one.words for one in told if _is_here(one, room_id)][:1],
    )  # fmt: skip


async def _read(
    session: AsyncSession,
    actor: Actor,
    room_id: UUID,
    *,
    older: int | None,
    reply_to: UUID | None,
) -> tuple[list[frames.Logged], dict[UUID, frames.Logged]]:
    """Return as many messages as a page has, with what happened to them, and what they answer."""
    logged = await messages.page(session, actor, room_id, before=older, limit=limits.PAGE_ITEMS)
    shown = [place for place, frame in enumerate(logged) if views.is_shown(frame)]
    if len(shown) > messages.PAGE_MESSAGES:
        logged = logged[shown[-messages.PAGE_MESSAGES] :]
    wanted = views.unquoted(logged) | ({reply_to} if reply_to else set())
    return logged, await messages.quoted(session, actor, room_id, message_ids=wanted)


def _is_here(one: Notice, room_id: UUID) -> bool:
    """True when it tells somebody, in the talk they wait in, that nobody has answered yet."""
    return one.kind is NoticeKind.SUPPORT and one.subject_id == room_id


async def mine(session: AsyncSession, actor: Actor, room_id: UUID) -> Room:
    """Return one of one's own talks.

    Raises:
        NotFound: it isn't one.
    """
    for room in await own_talks.read(session, actor):
        if room.room_id == room_id:
            return room
    raise NotFound


def _heading(
    room: Room, name: str, logged: list[frames.Logged], *, is_live: bool
) -> dict[str, Any]:
    seq = logged[-1].seq if logged else room.last_seq
    first = logged[0].seq if logged else 0
    return {
        "id": room.room_id,
        "name": name,
        "kind": "two" if room.kind is RoomKind.PRIVATE else "group",
        "about_line": "" if room.is_open else say("This talk has ended. You can still read it."),
        "epoch": room.epoch,
        "seq": max(seq, room.last_seq),
        "show_new_href": f"/talks/{room.room_id}?after={room.last_seq}#new",
        "older_href": f"/talks/{room.room_id}?older={first}" if first > room.first_seq else "",
        "is_facilitated": room.kind is RoomKind.GROUP,
        "is_live": is_live,
    }


def _new(said: list[dict[str, Any]], after: int, mark: reading.Place | None) -> dict[str, Any]:
    """Return where new words of others begin, and a line of it.

    New is what came `after`; without that, what came since the place that is kept, if one is.
    """
    since = after or (mark.seq if mark else 0)
    fresh = [one["seq"] for one in said if 0 < since < one["seq"] and not one["is_mine"]]
    # What is new may begin before this page.
    count = mark.new if mark and not after else len(fresh)
    return {
        "new_from": fresh[0] if fresh and count else 0,
        "catch_up_line": _catch_up(count),
        "read_seq": mark.seq if mark else None,
        "new_count": mark.new if mark else 0,
    }


def _catch_up(count: int) -> str:
    return say_many(
        "New since you last looked: %(count)s message.",
        "New since you last looked: %(count)s messages.",
        count=count,
    )
