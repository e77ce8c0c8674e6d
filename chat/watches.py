"""What listeners may hear stays true: doorbells are answered at once, and swept for every 2 s.

A block, a mute, a removal, a suspension or a sign-out rings `AccountChanged` or `RoomChanged`;
the actor is then read again. Doorbells may be lost, so every sweep looks again at everybody.
"""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from chat import events, frames, logs, marks, protocol, releases, rooms, wishes
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
# Everybody is looked at in every sweep, so many to a query; between two, others get their turn.
LISTENERS_AT_ONCE: Final = 250


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
        bus.subscribe(marks.Read, self._read)

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

    def _read(self, event: marks.Read) -> None:
        told = frames.Receipt(room=event.room_id, account=event.reader_id, seq=event.seq)
        for listener in self._hub.of(event.account_id):
            listener.outbox.say(told, is_ephemeral=True)

    async def look_again(self, *listeners: Listener) -> None:
        """Read again who these are and what they may hear; end or narrow their connections.

        Five queries, however many they are.
        """
        now = self._clock()
        # A hello may add rooms while this is read: they were not asked about.
        asked = {listener: set(listener.rooms) for listener in listeners}
        async with self._database.reading(all_organisations=True) as session:
            actors = await sign_ins.actors_for(session, {one.token for one in asked}, now=now)
            ids = {actor.account_id for actor in actors.values()}
            blocked = await blocks.made_by_all(session, ids)
            present = await rooms.present(session, ids)
            typing = await wishes.showing_typing(session, ids)
        for listener, room_ids in asked.items():
            actor = actors.get(listener.token)
            if actor is None:
                dismiss(listener)
                continue
            listener.actor, listener.shows_typing = actor, actor.account_id in typing
            self._narrow(
                listener, {one for one in room_ids if (one, actor.account_id) not in present}
            )
            _block(listener, blocked.get(actor.account_id, frozenset()))

    def _narrow(self, listener: Listener, left: set[UUID]) -> None:
        for room_id in left:
            self._hub.leave(listener, room_id)
            listener.outbox.say(frames.Changed(what="talks", id=room_id))

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
        for begin in range(0, len(everyone), LISTENERS_AT_ONCE):
            await self.look_again(*everyone[begin : begin + LISTENERS_AT_ONCE])
        await self._replays.catch_up()
        await self._release_due()

    async def _release_due(self) -> None:
        now = self._clock()
        async with self._database.reading(all_organisations=True) as session:
            due = await releases.due_in(session, now=now)
        for organisation_id in due:
            async with self._database.unit_of_work(organisation_id) as session:
                await releases.release_due(session, now=now)


def _block(listener: Listener, blocked: frozenset[UUID]) -> None:
    """Only who blocked is told: a block is silent."""
    if blocked != listener.blocked:
        listener.blocked = blocked
        listener.outbox.say(frames.Changed(what="blocks"))


def dismiss(listener: Listener) -> None:
    """End a connection whose sign-in has ended; it has no reason to come back by itself."""
    listener.outbox.say(protocol.problem(NotSignedIn()))
    listener.outbox.say(frames.Goodbye())
    listener.outbox.close(SIGNED_OUT)
