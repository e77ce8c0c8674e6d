"""Talk that was said before it came here: a demo's, an import's. Nothing in it is screened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat import events, logs
from chat.entries import Entry
from chat.kinds import EventKind
from core import ids


@dataclass(frozen=True, slots=True)
class Line:
    """Something somebody said at a moment."""

    sender_id: UUID
    words: str
    at: datetime


async def append(session: AsyncSession, room_id: UUID, lines: Sequence[Line]) -> list[Entry]:
    """Put lines, oldest first, at the end of a room's log; return them as stored."""
    if not lines:
        return []
    taken = await logs.advance(session, {room_id: len(lines)}, now=lines[-1].at)
    first = taken[room_id] - len(lines) + 1
    entries = [
        Entry(
            room_id=room_id,
            seq=first + number,
            id=ids.new_id(),
            kind=EventKind.MESSAGE,
            at=line.at,
            sender_id=line.sender_id,
            client_id=f"history-{first + number}",
            body=line.words,
            written_at=line.at,
        )
        for number, line in enumerate(lines)
    ]
    await events.write(session, entries)
    events.ring(session, room_id)
    return entries
