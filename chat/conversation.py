"""One connection's side of the protocol: no socket, no clock, no I/O.

Bytes go in, steps come out; whoever drives it takes them. One message per room is on its way
at a time, which keeps a sender's order; the next ones wait here, and when many wait the driver
stops reading (`is_full`) instead of refusing.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chat import frames, protocol
from chat.pace import Bucket

# Frames of any kind; a client's own bookkeeping stays far below.
FRAME_BURST: Final = 100.0
FRAMES_PER_SECOND: Final = 50.0
# On their way or waiting, over all rooms: 32 × 4 000 characters is 512 KiB at worst. Rooms that
# aren't there count too: each frame may name another one.
UNDER_WAY: Final = 32


@dataclass(frozen=True, slots=True)
class Say:
    """Answer this."""

    frame: frames.Server


@dataclass(frozen=True, slots=True)
class Listen:
    """Subscribe to rooms and replay what was missed."""

    hello: frames.Hello


@dataclass(frozen=True, slots=True)
class Carry:
    """Screen, pace and store what is said; then call `finished` for its room."""

    said: frames.Said


@dataclass(frozen=True, slots=True)
class Do:
    """Take words out, or put a sign under them; its event is the answer."""

    deed: frames.Deed


@dataclass(frozen=True, slots=True)
class Show:
    """Let others see that somebody is writing there."""

    room: UUID


@dataclass(frozen=True, slots=True)
class Greet:
    """Answer a ping with the present moment."""


Step = Say | Listen | Carry | Do | Show | Greet


class Conversation:
    """The state of one connection."""

    def __init__(
        self, *, burst: float = FRAME_BURST, per_second: float = FRAMES_PER_SECOND
    ) -> None:
        self._frames = Bucket(burst=burst, per_second=per_second)
        self._waiting: dict[UUID, deque[frames.Said]] = {}
        self._count = 0

    @property
    def is_full(self) -> bool:
        """True when nothing more should be read before something is finished."""
        return self._count + len(self._waiting) >= UNDER_WAY

    def receive(self, raw: str | bytes, *, now: float) -> Step | None:
        """Take one frame in; return what to do now, or None when it has to wait its turn.

        `now` is monotonic seconds. Messages are not paced here: that comes after screening.
        """
        frame = protocol.decode(raw)
        if isinstance(frame, frames.Said):
            return self._in_turn(frame)
        wait_ms = self._frames.take(now)
        if wait_ms:
            return Say(frames.Busy(retry_after_ms=wait_ms))
        if isinstance(frame, frames.Hello):
            return Listen(frame)
        if isinstance(frame, frames.Deed):
            return Do(frame)
        if isinstance(frame, frames.Type):
            return Show(frame.room)
        return Greet() if isinstance(frame, frames.Ping) else Say(frame)

    def _in_turn(self, said: frames.Said) -> Carry | None:
        waiting = self._waiting.get(said.room)
        if waiting is None:
            self._waiting[said.room] = deque()
            return Carry(said)
        waiting.append(said)
        self._count += 1
        return None

    def finished(self, room: UUID) -> Carry | None:
        """Note that the room's message was answered; return the next one, if any waits."""
        waiting = self._waiting.get(room)
        if not waiting:
            self._waiting.pop(room, None)
            return None
        self._count -= 1
        return Carry(waiting.popleft())
