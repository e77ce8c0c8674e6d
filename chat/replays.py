"""Reading the log on, for one listener who comes back and for rooms that grew elsewhere.

Subscribe first, then read to the head: what comes live meanwhile is read again here, so there is
neither a gap nor a duplicate.
"""

from typing import Final
from uuid import UUID

from chat import events, frames, logs, messages, protocol, rooms, wishes
from chat.hub import Hub, Listener, Place, Subscription
from core.clock import Clock
from core.database import Database
from core.errors import NotFound, Unavailable
from people import blocks

# Further behind than this, pages over HTTP are lighter than frames (chat.md §1: limited).
BEHIND: Final = 500
# Rows per query while reading on; what a listener gets of them is bounded by its outbox.
CHUNK: Final = 100


class Replays:
    """Brings listeners and places up to the head of the log."""

    def __init__(self, database: Database, hub: Hub, *, clock: Clock) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._reading_on: dict[UUID, bool] = {}
        # Whose hello broke off because the store was gone: heard again with the next sweep.
        self._unheard: dict[Listener, frames.Hello] = {}

    async def listen(self, listener: Listener, hello: frames.Hello) -> None:
        """Subscribe to the rooms that are the listener's own and replay what was missed.

        Raises:
            Unavailable: the store is gone. `catch_up` goes on from where it broke off.
        """
        self._unheard.pop(listener, None)
        try:
            await self._enter(listener, hello)
            await self._replay_entered(listener)
        except Unavailable:
            self._unheard[listener] = hello
            raise

    async def _enter(self, listener: Listener, hello: frames.Hello) -> None:
        actor, wanted = listener.actor, set(hello.rooms)
        async with self._database.reading(actor.organisation_id) as session:
            kinds = await rooms.among(session, actor, wanted)
            states = await logs.states(session, set(kinds))
            listener.blocked = frozenset(await blocks.made_by(session, actor.account_id))
            typing = await wishes.showing_typing(session, [actor.account_id])
            listener.shows_typing = bool(typing)
        here = {
            room_id: frames.RoomState(epoch=epoch, first_seq=first, last_seq=last)
            for room_id, (epoch, first, last) in states.items()
        }
        listener.outbox.say(frames.Welcome(account=actor.account_id, at=self._clock(), rooms=here))
        for room_id in wanted - here.keys():
            listener.outbox.say(protocol.problem(NotFound(), room=room_id))
        # All are entered before any is replayed: who is taken out of one meanwhile is taken out.
        for room_id, state in here.items():
            self._hub.enter(
                listener, room_id, kind=kinds[room_id], head=state.last_seq,
                cursor=_from_cursor(listener, room_id, hello.rooms[room_id], state),
            )  # fmt: skip

    async def _replay_entered(self, listener: Listener) -> None:
        for room_id, mine in list(listener.rooms.items()):
            if not mine.is_live and (place := self._hub.places.get(room_id)) is not None:
                await self._replay(listener, place, mine)

    async def _hear_again(self) -> None:
        for listener, hello in list(self._unheard.items()):
            if listener not in self._hub.of(listener.account_id):
                del self._unheard[listener]
            elif not listener.rooms.keys() & hello.rooms.keys():
                await self.listen(listener, hello)
            elif self._unheard.pop(listener, None):
                await self._go_on(listener, hello)

    async def _go_on(self, listener: Listener, hello: frames.Hello) -> None:
        try:
            await self._replay_entered(listener)
        except Unavailable:
            self._unheard[listener] = hello
            raise

    async def _replay(self, listener: Listener, place: Place, mine: Subscription) -> None:
        while not mine.is_live:
            head = place.head
            async with self._database.reading(place.organisation_id) as session:
                found = await events.read(session, place.room_id, after=mine.cursor, limit=CHUNK)
            for entry in found:
                if (
                    listener.rooms.get(place.room_id) is not mine
                    or listener.outbox.code is not None
                ):
                    return
                seen = messages.seen(entry, listener.account_id, place.kind, listener.blocked)
                listener.outbox.say(seen)
                mine.cursor = entry.seq
                await listener.outbox.room()
            if len(found) < CHUNK:
                # What was let go meanwhile (`messages.retire`) is not there to be read.
                mine.cursor = max(mine.cursor, head)
                mine.is_live = mine.cursor >= place.head

    async def read_on(self, room_id: UUID) -> None:
        """Deliver what a room's log holds past its head; calls that overlap become one."""
        if room_id in self._reading_on:
            self._reading_on[room_id] = True
            return
        self._reading_on[room_id] = True
        try:
            while self._reading_on[room_id]:
                self._reading_on[room_id] = False
                await self._read_on(room_id)
        finally:
            del self._reading_on[room_id]

    async def _read_on(self, room_id: UUID) -> None:
        while (place := self._hub.places.get(room_id)) is not None:
            async with self._database.reading(place.organisation_id) as session:
                found = await events.read(session, room_id, after=place.head, limit=CHUNK)
            self._hub.deliver(room_id, found)
            if len(found) < CHUNK:
                return

    async def catch_up(self) -> None:
        """Read on wherever a doorbell was lost: one query for all rooms listened to here."""
        await self._hear_again()
        if not self._hub.places:
            return
        async with self._database.reading(all_organisations=True) as session:
            states = await logs.states(session, set(self._hub.places))
        for room_id, (_, _, last_seq) in states.items():
            place = self._hub.places.get(room_id)
            if place is not None and place.head < last_seq:
                await self.read_on(room_id)


def _from_cursor(
    listener: Listener, room_id: UUID, cursor: tuple[int, int], state: frames.RoomState
) -> int:
    """Return from where to replay; where that is not possible, say so and begin at the head."""
    epoch, seq = cursor
    if epoch != state.epoch or seq > state.last_seq:
        reset = frames.Reset(room=room_id, epoch=state.epoch, next=state.last_seq)
        listener.outbox.say(reset)
        return state.last_seq
    if seq + 1 < state.first_seq or state.last_seq - seq > BEHIND:
        listener.outbox.say(frames.Limited(room=room_id, next=state.last_seq))
        return state.last_seq
    return seq
