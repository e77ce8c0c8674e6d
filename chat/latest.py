"""Who wrote last in each of somebody's talks. Never what: a list is open on a shared screen."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import visibility
from chat.events import RoomEvent
from chat.kinds import EventKind
from chat.logs import Room
from chat.own_talks import Talk
from chat.visibility import Sight, Surface
from people import blocks
from people.permissions import Act, Actor, require


async def writers(session: AsyncSession, actor: Actor, talks: Iterable[Talk]) -> dict[UUID, UUID]:
    """Return who wrote last, by room; a room is missing where nobody did that one is shown."""
    require(actor, Act.SEE_OWN)
    mine = {talk.room_id: talk for talk in talks}
    # One step back along the key for each room, however long its talk is.
    newest = (
        select(RoomEvent.sender_id)
        .where(
            RoomEvent.room_id == Room.id,
            RoomEvent.kind == EventKind.MESSAGE,
            RoomEvent.hidden_at.is_(None),
            RoomEvent.erased_at.is_(None),
        )
        .order_by(RoomEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(select(Room.id, newest).where(Room.id.in_(mine)))
    blocked = await blocks.made_by(session, actor.account_id)
    return {
        room_id: sender_id
        for room_id, sender_id in rows
        if sender_id is not None and _is_shown(mine[room_id], sender_id, actor, blocked)
    }


def _is_shown(talk: Talk, sender_id: UUID, actor: Actor, blocked: set[UUID]) -> bool:
    """Tell whether the reader is shown the words: whose are folded away isn't named either."""
    is_own = sender_id == actor.account_id
    bond = visibility.bond(is_own=is_own, i_blocked=sender_id in blocked, they_blocked=False)
    return visibility.sight(Surface.PAGE, bond, kind=talk.kind) is Sight.WORDS
