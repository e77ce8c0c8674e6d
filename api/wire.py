"""uvicorn's WebSocket protocol with a short cut out: prebuilt frames, one write per listener.

Give it to uvicorn as `ws="api.wire:Wire"`. `api.live` finds the short cut in the ASGI scope; under
any other server it isn't there, and frames go out through ASGI `send` one by one.
"""

import random
from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from chat import frames
from chat.engine import return_ms
from chat.outboxes import parcel

EXTENSION: Final = "been_there.wire"


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
