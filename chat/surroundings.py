"""What screening may know about where a text is said: the room's mode, the author's consent,
what the organisation set, and the author's own texts of the last minute there.

Memory only, bounded.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chat.kinds import RoomKind
from chat.logs import Room
from core.database import Database
from core.safety import PLAIN_HOUSE, Context, House, Mode, Safety
from people import consents
from people.consents import Purpose
from people.permissions import Actor

# Promise 11: withdrawing stops the noticing within a minute, even when the doorbell is lost.
FRESH_SECONDS: Final = 30.0
# core.safety.Context: texts of the last 60 seconds, so that a split sentence is seen whole.
RECENT_SECONDS: Final = 60.0
RECENT_TEXTS: Final = 8
REMEMBERED: Final = 10_000

NEVER: Final = float("-inf")
Pair = tuple[UUID, UUID]


@dataclass(slots=True)
class _Known:
    mode: Mode = Mode.STANDARD
    notices_distress: bool = True
    house: House = PLAIN_HOUSE
    read_at: float = NEVER
    # A change that arrives while this is read makes what was read old already.
    version: int = 0
    recent: deque[tuple[float, str, str]] = field(
        default_factory=lambda: deque(maxlen=RECENT_TEXTS)
    )


class Surroundings:
    """Contexts by author and room; the least recently used are forgotten. Monotonic seconds."""

    def __init__(self, database: Database, safety: Safety) -> None:
        self._database = database
        self._safety = safety
        self._known: OrderedDict[Pair, _Known] = OrderedDict()

    async def context(self, actor: Actor, room_id: UUID, *, client_id: str, now: float) -> Context:
        """Return what screening may know. A resend isn't joined with itself."""
        known = self._of((actor.account_id, room_id))
        if now - known.read_at >= FRESH_SECONDS:
            version = known.version
            await self._read(known, actor, room_id)
            if known.version == version:
                known.read_at = now
        while known.recent and now - known.recent[0][0] >= RECENT_SECONDS:
            known.recent.popleft()
        recent = tuple([text for _, said_as, text in known.recent if said_as != client_id])
        return Context(known.mode, known.notices_distress, recent, known.house)

    async def _read(self, known: _Known, actor: Actor, room_id: UUID) -> None:
        async with self._database.reading(actor.organisation_id) as session:
            query = select(Room.kind, Room.safety_mode).where(Room.id == room_id)
            found = (await session.execute(query)).one_or_none()
            known.notices_distress = await consents.holds(
                session, actor.account_id, Purpose.NOTICE_DISTRESS
            )
            known.house = await self._safety.house(session)
        # Private talks are always standard (core.safety.Mode).
        is_group = found is not None and found.kind is RoomKind.GROUP
        known.mode = found.safety_mode if found is not None and is_group else Mode.STANDARD

    def note(
        self, account_id: UUID, room_id: UUID, *, client_id: str, text: str, now: float
    ) -> None:
        """Remember what was just said, for the next text of the same author there."""
        recent = self._of((account_id, room_id)).recent
        if client_id not in [said_as for _, said_as, _ in recent]:
            recent.append((now, client_id, text))

    def forget_account(self, account_id: UUID) -> None:
        """Read this account's consent again before its next message."""
        self._stale(lambda pair: pair[0] == account_id)

    def forget_room(self, room_id: UUID) -> None:
        """Read this room's mode again before the next message in it."""
        self._stale(lambda pair: pair[1] == room_id)

    def _stale(self, concerns: Callable[[Pair], bool]) -> None:
        for pair, known in self._known.items():
            if concerns(pair):
                known.read_at = NEVER
                known.version += 1

    def _of(self, pair: Pair) -> _Known:
        known = self._known.get(pair)
        if known is None:
            known = self._known[pair] = _Known()
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(pair)
        return known
