"""Who listens in this process, and what each of them gets. Memory only; it never waits.

Places remember up to where their room was told (`head`). What doesn't follow on from there is
not delivered: the caller reads the log on from `head` and delivers that, in order.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import UUID

from chat import entries, frames, messages, protocol
from chat.conversation import Conversation
from chat.entries import Entry
from chat.kinds import RoomKind, Viewer
from chat.outboxes import Outbox, Parcel, framed, parcel
from people.permissions import Act, Actor, allows

# chat.md §1: in a larger group a row of names would only be noise.
NAMED: Final = 12
# A client says it again every few seconds; more often tells nothing new.
TYPED_EVERY_SECONDS: Final = 2.0


@dataclass(slots=True)
class Subscription:
    """How far one listener was told; live once it has caught up with the place."""

    cursor: int
    is_live: bool = False


@dataclass(eq=False, slots=True)
class Listener:
    """One open connection. `blocked` is whom its account has blocked; `token` proves it again."""

    actor: Actor
    token: str
    outbox: Outbox = field(default_factory=Outbox)
    conversation: Conversation = field(default_factory=Conversation)
    blocked: frozenset[UUID] = frozenset()
    # Whether they let others see that they are writing, and so see it of others.
    shows_typing: bool = False
    rooms: dict[UUID, Subscription] = field(default_factory=dict)
    # Set when a message was answered, for who waits to read the next frame.
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    # When others were last told that they are writing, by room; monotonic seconds.
    typed_at: dict[UUID, float] = field(default_factory=dict)
    # The account as a number: a UUID hashes in Python, and fan-out looks up every listener.
    key: int = 0

    def __post_init__(self) -> None:
        self.key = self.actor.account_id.int

    @property
    def account_id(self) -> UUID:
        """Whose connection it is."""
        return self.actor.account_id


@dataclass(slots=True)
class Place:
    """A room somebody listens to."""

    room_id: UUID
    organisation_id: UUID
    kind: RoomKind
    head: int
    listeners: dict[Listener, Subscription] = field(default_factory=dict)


class Hub:
    """All listeners of this process, by account and by room."""

    def __init__(self) -> None:
        self.places: dict[UUID, Place] = {}
        self._accounts: dict[UUID, dict[Listener, None]] = {}

    def add(self, listener: Listener) -> None:
        """Let a connection hear its account's channel."""
        self._accounts.setdefault(listener.account_id, {})[listener] = None

    def drop(self, listener: Listener) -> None:
        """Forget a connection; idempotent."""
        for room_id in list(listener.rooms):
            self.leave(listener, room_id)
        here = self._accounts.get(listener.account_id, {})
        here.pop(listener, None)
        if not here:
            self._accounts.pop(listener.account_id, None)

    def of(self, account_id: UUID) -> list[Listener]:
        """Return the connections of one account."""
        return list(self._accounts.get(account_id, ()))

    def __iter__(self) -> Iterator[Listener]:
        """Every connection, in no order."""
        return (listener for here in list(self._accounts.values()) for listener in list(here))

    def __len__(self) -> int:
        """How many connections there are."""
        return sum(map(len, self._accounts.values()))

    def enter(
        self, listener: Listener, room_id: UUID, *, kind: RoomKind, cursor: int, head: int
    ) -> Subscription:
        """Subscribe, not live yet. `head` counts only for a room nobody listened to."""
        place = self.places.get(room_id)
        if place is None:
            place = Place(room_id, listener.actor.organisation_id, kind, head)
            self.places[room_id] = place
        subscription = Subscription(cursor)
        place.listeners[listener] = listener.rooms[room_id] = subscription
        return subscription

    def leave(self, listener: Listener, room_id: UUID) -> None:
        """Unsubscribe; idempotent."""
        listener.rooms.pop(room_id, None)
        place = self.places.get(room_id)
        if place is None:
            return
        place.listeners.pop(listener, None)
        if not place.listeners:
            del self.places[room_id]

    def tell(self, account_id: UUID, frame: frames.Server) -> None:
        """Say something on an account's own channel."""
        for listener in self.of(account_id):
            listener.outbox.say(frame)

    def show_typing(self, listener: Listener, room_id: UUID, *, now: float) -> None:
        """Let others there see that this one is writing, if they show it too. Never waits.

        A block hides it both ways; in a large group nobody is named.
        """
        place = self.places.get(room_id)
        is_there = place is not None and listener in place.listeners
        if place is None or not is_there or not _may_show(listener, now, room_id):
            return
        listener.typed_at[room_id] = now
        who = listener.account_id if len(place.listeners) <= NAMED else None
        frame = parcel((frames.Writing(room=room_id, account=who),))
        for other in place.listeners:
            if other.shows_typing and _may_see(other, listener):
                other.outbox.put(frame, is_ephemeral=True)

    def deliver(self, room_id: UUID, stored: Sequence[Entry]) -> bool:
        """Tell a room's live listeners; False when a gap shows that more must be read first."""
        place = self.places.get(room_id)
        if place is None:
            return True
        news = [entry for entry in stored if entry.seq > place.head]
        if not news:
            return True
        if news[0].seq != place.head + 1:
            return False
        place.head = news[-1].seq
        _fan_out(place, news)
        return True


def _may_show(listener: Listener, now: float, room_id: UUID) -> bool:
    is_rare = now - listener.typed_at.get(room_id, -TYPED_EVERY_SECONDS) >= TYPED_EVERY_SECONDS
    return listener.shows_typing and is_rare and allows(listener.actor, Act.TAKE_PART)


def _may_see(other: Listener, writer: Listener) -> bool:
    is_other = other.account_id != writer.account_id
    is_blocked = writer.account_id in other.blocked or other.account_id in writer.blocked
    return is_other and not is_blocked


def _fan_out(place: Place, news: Sequence[Entry]) -> None:
    """One put per listener; each view of each event is encoded once."""
    views, before, head = _Views(news, place.kind), news[0].seq - 1, place.head
    for listener, subscription in place.listeners.items():
        cursor = subscription.cursor
        if not subscription.is_live or cursor >= head:
            continue
        subscription.cursor = head
        if cursor == before and not listener.blocked:
            listener.outbox.put(views.whole(listener))
        else:
            listener.outbox.put(views.of(listener, after=cursor))


class _Views:
    """The parcels of one batch. Most listeners get the very same one, the peers' view."""

    def __init__(self, news: Sequence[Entry], kind: RoomKind) -> None:
        self._entries = news
        self._kind = kind
        self._encoded: dict[tuple[int, bool, bool], bytes] = {}
        # Where each author's own entries stand.
        self._own: dict[int, list[int]] = {}
        for place, entry in enumerate(news):
            if entry.sender_id:
                self._own.setdefault(entry.sender_id.int, []).append(place)

    @cached_property
    def _common(self) -> Parcel:
        """What a peer gets who wrote none of it and has blocked nobody."""
        return Parcel([self._peers(entry) for entry in self._entries])

    def whole(self, listener: Listener) -> Parcel:
        """Return all of it for one who has blocked nobody: the common one, but for their own."""
        own = self._own.get(listener.key)
        if own is None:
            return self._common
        mine = list(self._common.frames)
        for place in own:
            mine[place] = self._view(self._entries[place], listener)
        return Parcel(mine)

    def of(self, listener: Listener, *, after: int) -> Parcel:
        """Return what this listener gets of the events past `after`."""
        return Parcel([self._view(entry, listener) for entry in self._entries if entry.seq > after])

    def _view(self, entry: Entry, listener: Listener) -> bytes:
        is_own = entry.sender_id == listener.account_id
        is_blocked = entry.sender_id in listener.blocked
        if not is_own and not is_blocked:
            return self._peers(entry)
        key = (entry.seq, is_own, is_blocked)
        if key not in self._encoded:
            frame = messages.seen(entry, listener.account_id, self._kind, listener.blocked)
            self._encoded[key] = framed(protocol.encode(frame))
        return self._encoded[key]

    def _peers(self, entry: Entry) -> bytes:
        key = (entry.seq, False, False)
        if key not in self._encoded:
            self._encoded[key] = framed(protocol.encode(entries.frame(entry, Viewer.PEER)))
        return self._encoded[key]
