"""What waits to be written to one listener: bounded, never awaited by those who fill it."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from chat import frames, protocol

# chat.md §1: beyond the first, what may be missed is dropped; beyond the second, the listener
# is closed and comes back to resume.
SOFT_BYTES: Final = 64 * 1024
HARD_BYTES: Final = 256 * 1024
# Closing codes of our own (RFC 6455 §7.4.2 leaves 4000–4999 to applications).
SIGNED_OUT: Final = 4001
TOO_SLOW: Final = 4008
RESTART: Final = 1012


class Parcel:
    """Frames that go out together, as they are on the wire; shared by all with the same view."""

    __slots__ = ("_wire", "frames", "size")

    def __init__(self, framed: Sequence[bytes]) -> None:
        self.frames = framed
        self.size = sum(map(len, framed))
        self._wire: bytes | None = None

    @property
    def texts(self) -> list[str]:
        """The frames as ASGI sends them: one text each."""
        return [one[_HEAD_BYTES.get(one[1], 2) :].decode() for one in self.frames]

    @property
    def wire(self) -> bytes:
        """The frames joined for one write; built once."""
        if self._wire is None:
            self._wire = b"".join(self.frames)
        return self._wire


# By the second byte of a frame (RFC 6455 §5.2); where that is the length itself, 2.
_HEAD_BYTES: Final = {0x7E: 4, 0x7F: 10}


def framed(payload: bytes) -> bytes:
    """Return a final, unmasked text frame (RFC 6455 §5.2); made once for however many listeners."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2) + payload
    return b"\x81\x7f" + size.to_bytes(8) + payload


def parcel(told: Iterable[frames.Server]) -> Parcel:
    """Encode frames once, for however many listeners; sizes are UTF-8 bytes."""
    return Parcel([framed(protocol.encode(frame)) for frame in told])


class Direct(Protocol):
    """A short cut to the socket (`api.wire`), where the server has one."""

    @property
    def is_writable(self) -> bool:
        """True when the socket takes more without piling up."""
        ...

    def write(self, data: bytes) -> None:
        """Write whole WebSocket frames at once."""
        ...


class Outbox:
    """Filled without waiting, emptied by one task. `code` says why it was closed, once it is."""

    __slots__ = (
        "_hard", "_parcels", "_ready", "_roomy", "_size", "_soft", "code", "direct", "overflow",
    )  # fmt: skip

    def __init__(self, *, soft: int = SOFT_BYTES, hard: int = HARD_BYTES) -> None:
        self._soft = soft
        self._hard = hard
        self._parcels: deque[Parcel] = deque()
        self._size = 0
        self._ready = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self.code: int | None = None
        # With nothing waiting, parcels go straight to it: one write, no task in between.
        self.direct: Direct | None = None
        # Set when nothing that is put here will be read in time.
        self.overflow = asyncio.Event()

    @property
    def size(self) -> int:
        """Bytes put and not yet handed over to the socket."""
        return self._size

    def say(self, frame: frames.Server, *, is_ephemeral: bool = False) -> None:
        """Put one frame; an ephemeral one is dropped when much is waiting already."""
        self.put(parcel((frame,)), is_ephemeral=is_ephemeral)

    def put(self, one: Parcel, *, is_ephemeral: bool = False) -> None:
        """Put a parcel; a listener too far behind is closed instead, with nothing kept."""
        if self.code is not None:
            return
        if self._size == 0 and self.direct is not None and self.direct.is_writable:
            self.direct.write(one.wire)
            return
        after = self._size + one.size
        if is_ephemeral and after > self._soft:
            return
        if after > self._hard:
            self._parcels.clear()
            self.close(TOO_SLOW)
            self.overflow.set()
            return
        self._size = after
        self._parcels.append(one)
        self._ready.set()
        if after > self._soft:
            self._roomy.clear()

    def close(self, code: int) -> None:
        """Take nothing more; what is in it still goes out. The first code stands."""
        self.code = self.code or code
        self._ready.set()
        self._roomy.set()

    async def take(self) -> Parcel | None:
        """Wait for the next parcel; None when closed and empty. Follow up with `sent`."""
        while not self._parcels:
            if self.code is not None:
                return None
            self._ready.clear()
            await self._ready.wait()
        return self._parcels.popleft()

    def sent(self, one: Parcel) -> None:
        """Note that the socket has this parcel."""
        self._size -= one.size
        if self._size <= self._soft:
            self._roomy.set()

    async def room(self) -> None:
        """Wait until less than the soft bound is waiting, or until it is closed."""
        await self._roomy.wait()
