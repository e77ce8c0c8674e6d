"""How uvicorn talks here: no endless wait for a request, and a short cut out for sockets.

Give them to uvicorn as `http="api.wire:Http"` and `ws="api.wire:Wire"`. The short cut is for
prebuilt frames, one write per listener. `api.live` finds it in the ASGI scope; under any other
server it isn't there, and frames go out through ASGI `send` one by one.
"""

import asyncio
import random
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from chat import frames
from chat.engine import return_ms
from chat.outboxes import parcel
from core import limits

EXTENSION: Final = "been_there.wire"
# From the first byte of a connection or request to the end of its headers.
HEADERS_SECONDS: Final = 20
# What an answer that the body was too slow has to go out, before the line is cut.
ANSWER_SECONDS: Final = 5


class Http(HttpToolsProtocol):
    """One connection. Whoever never says what they ask for is let go: each holds a file open."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(HEADERS_SECONDS, transport.abort)

    def on_message_begin(self) -> None:
        """Wait anew: a connection that is kept serves many requests."""
        super().on_message_begin()
        self._waiting.cancel()
        self._waiting = self.loop.call_later(HEADERS_SECONDS, self.transport.abort)

    def on_headers_complete(self) -> None:
        """Wait for the body, if this stays a request."""
        self._waiting.cancel()
        super().on_headers_complete()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            # Whoever reads it answers before (beenthere.guards); some are answered unread.
            seconds = limits.BODY_SECONDS + ANSWER_SECONDS
            self._waiting = self.loop.call_later(seconds, self.transport.abort)

    def on_message_complete(self) -> None:
        """Wait no longer."""
        self._waiting.cancel()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._waiting.cancel()
        super().connection_lost(exc)


class Wire(WebSocketsSansIOProtocol):
    """One connection. Frames written here bypass ASGI, but never overtake what it has sent."""

    def handle_connect(self, event: Request) -> None:
        """Put the short cut into the scope before the application sees it."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][EXTENSION] = self

    @property
    def is_writable(self) -> bool:
        """True when the socket takes more without piling up here."""
        return self.writable.is_set()

    async def drained(self) -> None:
        """Wait until it is writable, or gone."""
        await self.writable.wait()

    def cut_after(self, seconds: float) -> None:
        """End it then in any case. Closing waits for what is unread, and some never read."""
        self.loop.call_later(seconds, self.transport.abort)

    def shutdown(self) -> None:
        """Say goodbye before the server ends, so that not everyone knocks at once afterwards."""
        if self.handshake_complete:
            place = random.randrange(len(self.connections))  # noqa: S311 - spreads, hides nothing
            retry_ms = return_ms(place)
            self.write(parcel([frames.Goodbye(retry_ms=retry_ms)]).wire)
        super().shutdown()

    def write(self, data: bytes) -> None:
        """Write whole WebSocket frames; to one that is closing or gone, nothing."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(data)
