"""What listeners may hear stays true: doorbells are answered at once, and swept for every 2 s.

A block, a mute, a removal, a suspension or a sign-out rings `AccountChanged` or `RoomChanged`;
the actor is then read again. Doorbells may be lost, so a sweep looks again at everything in turn.
"""

import asyncio
from typing import Final

import structlog

from chat import events, frames, logs, protocol, releases, rooms
from chat.background import Background, describe
from chat.hub import Hub, Listener
from chat.outboxes import SIGNED_OUT
from chat.replays import Replays
from chat.surroundings import Surroundings
from core.clock import Clock
from core.database import Database
from core.errors import NotSignedIn, Problem
from people import blocks, sign_ins
from people.accounts import AccountChanged
from people.notices import NoticeSent

log = structlog.get_logger(__name__)

# ASVS 5.0 §4.4 asks for re-authorisation; chat.md §1 gives it two seconds.
EVERY_SECONDS: Final = 2.0
# Three short queries each, about 2 ms of CPU: a sweep takes a fiftieth of a core.
LISTENERS_PER_SWEEP: Final = 20


class Watch:
    """Answers the doorbells of one engine and sweeps for the lost ones."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        replays: Replays,
        surroundings: Surroundings,
        background: Background,
        *,
        clock: Clock,
    ) -> None:
        self._database = database
        self._hub = hub
        self._replays = replays
        self._surroundings = surroundings
        self._background = background
        self._clock = clock
        self._next = 0
        # Who could not be looked at when a doorbell asked for it: first in the next sweep.
        self._doubted: dict[Listener, None] = {}
        # How often a doorbell asked to look again.
        self.changes = 0

    def subscribe(self) -> None:
        """Hear the database's doorbells from now on."""
        bus = self._database.bus
        bus.subscribe(AccountChanged, self._account_changed)
        bus.subscribe(logs.RoomChanged, self._room_changed)
        bus.subscribe(logs.RoomAdvanced, self._room_advanced)
        bus.subscribe(events.Told, self._told)
        bus.subscribe(NoticeSent, self._notice_sent)

    def _account_changed(self, event: AccountChanged) -> None:
        self.changes += 1
        self._surroundings.forget_account(event.account_id)
        for listener in self._hub.of(event.account_id):
            self._background.begin(self.look_again(listener))

    def _room_changed(self, event: logs.RoomChanged) -> None:
        self.changes += 1
        self._surroundings.forget_room(event.room_id)
        place = self._hub.places.get(event.room_id)
        for listener in list(place.listeners) if place else ():
            self._background.begin(self.look_again(listener))
            listener.outbox.say(frames.Changed(what="room", id=event.room_id))

    def _room_advanced(self, event: logs.RoomAdvanced) -> None:
        if event.room_id in self._hub.places:
            self._background.begin(self._replays.read_on(event.room_id))

    def _told(self, event: events.Told) -> None:
        self._hub.tell(event.account_id, frames.Changed(what=event.what, id=event.subject_id))

    def _notice_sent(self, event: NoticeSent) -> None:
        self._hub.tell(event.account_id, frames.Changed(what="notices", id=event.notice_id))

    async def look_again(self, listener: Listener) -> None:
        """Read again who this is and what they may hear; end or narrow the connection."""
        try:
            await self._look(listener)
        except Exception:
            self._doubted[listener] = None
            raise

    async def _look(self, listener: Listener) -> None:
        async with self._database.reading(all_organisations=True) as session:
            actor = await sign_ins.actor_for(session, listener.token, now=self._clock())
            if actor is None:
                dismiss(listener)
                return
            blocked = frozenset(await blocks.made_by(session, actor.account_id))
            # A hello may add rooms while this is read: they were not asked about.
            asked = set(listener.rooms)
            present = await rooms.among(session, actor, asked)
        listener.actor = actor
        for room_id in asked - present.keys():
            self._hub.leave(listener, room_id)
            listener.outbox.say(frames.Changed(what="talks", id=room_id))
        if blocked != listener.blocked:
            # Only who blocked is told: a block is silent.
            listener.blocked = blocked
            listener.outbox.say(frames.Changed(what="blocks"))

    async def run(self) -> None:
        """Sweep until cancelled. What fails, a database that is gone, is tried again next time."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.sweep()
            except Problem as fault:
                log.warning("chat_sweep_failed", code=fault.code)
            except Exception as fault:  # noqa: BLE001 - without sweeps nobody is shut out in time
                log.error("chat_sweep_failed", **describe(fault))

    async def sweep(self) -> None:
        """Do once what lost doorbells would have asked for, and let go what waited its pause."""
        everyone = list(self._hub)
        begin = self._next if self._next < len(everyone) else 0
        self._next = begin + LISTENERS_PER_SWEEP
        for listener in [*self._doubted, *everyone[begin : self._next]]:
            self._doubted.pop(listener, None)
            await self.look_again(listener)
        await self._replays.catch_up()
        await self._release_due()

    async def _release_due(self) -> None:
        now = self._clock()
        async with self._database.reading(all_organisations=True) as session:
            due = await releases.due_in(session, now=now)
        for organisation_id in due:
            async with self._database.unit_of_work(organisation_id) as session:
                await releases.release_due(session, now=now)


def dismiss(listener: Listener) -> None:
    """End a connection whose sign-in has ended; it has no reason to come back by itself."""
    listener.outbox.say(protocol.problem(NotSignedIn()))
    listener.outbox.say(frames.Goodbye())
    listener.outbox.close(SIGNED_OUT)
