"""What stands beside the words of a talk: a group's line, breaks, whom one may be worried about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat import for_later, marks, muted_words, wishes
from chat.kinds import RoomKind
from chat.own_talks import Talk as Room
from chat.wishes import Wishes
from core.sentences import say
from groups import agreements, cards
from groups.cards import Group
from moderation import helping
from people.permissions import Actor
from web import breaks, noticing

READ_BY: Final = say("%(name)s has read what you wrote.")


async def read(session: AsyncSession, actor: Actor, room: Room, *, now: datetime) -> dict[str, Any]:
    """Return what a talk's page shows above its words."""
    mine = await wishes.read(session, actor)
    read = await marks.of_others(session, actor, room.room_id)
    # An ended group has no card.
    shown = room.group_id if room.is_open else None
    group = await cards.by_id(session, shown) if shown else None
    return {
        "kept": await _kept(session, actor, group, mine) if group else None,
        # What two people speak isn't asked for.
        "is_noticed": group is None or noticing.knows(group.languages),
        "begun": await for_later.read(session, actor, room.room_id),
        "rest": await breaks.shown(session, actor, room, now=now),
        "unmet": mine.unmet,
        "shows_typing": mine.shows_typing,
        "shows_reading": mine.shows_reading and room.kind is RoomKind.PRIVATE,
        "marks": {str(one): seq for one, seq in read.items()},
    }


def with_reader(
    beside: Mapping[str, Any], said: Iterable[dict[str, Any]], names: Mapping[UUID, str]
) -> dict[str, Any]:
    """Add that the other has read what one said last; it is never said that they have not."""
    mine = [one["seq"] for one in said if one["is_mine"] and not one["is_removed"]]
    found = (UUID(one) for one, seq in beside["marks"].items() if mine and seq >= mine[-1])
    reader = next(found, None)
    return {**beside, "read_by": READ_BY.filled(name=names.get(reader, "")) if reader else ""}


async def _kept(session: AsyncSession, actor: Actor, group: Group, mine: Wishes) -> dict[str, Any]:
    """Return a group's standing line, and what it agreed until somebody has accepted it."""
    to_read = await agreements.to_read(session, actor, {group.id})
    lines = group.agreement.splitlines() if to_read else []
    return {
        "group_id": group.id,
        "announcement": group.announcement,
        "is_unmet": muted_words.holds(group.announcement, mine.unmet),
        "agreement": [line for line in lines if line.strip()],
        "version": group.agreement_version,
    }


def others(room: Room) -> list[dict[str, str]]:
    """Return whom somebody in a group may be worried about; nobody is chosen beforehand."""
    if room.kind is RoomKind.PRIVATE:
        return []
    people = sorted((name, str(one)) for one, name in room.names.items() if name)
    return [{"value": "", "label": say("choose")}] + [
        {"value": one, "label": name} for name, one in people
    ]


def worry(place: helping.Place) -> dict[str, Any]:
    """Return what somebody who is worried about the other reads (promise 7)."""
    words = place.words.wording(is_easy_read=place.is_easy_read).worried_about_them
    return {
        "opening": words.opening,
        "line": helping.asked_a_person(place, asked_at=place.now),
        "sentences": list(words.sentences),
        "carry": words.not_yours_to_carry,
    }
