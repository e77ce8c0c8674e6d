"""What must not happen on any page: a console message, a fault, a request to another host."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request


@dataclass
class Watch:
    """Everything seen in one browser that nobody should see. `allowed` are patterns."""

    origin: str
    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch. Broken content policies come as console messages."""
        context.on("console", self._console)
        context.on("weberror", lambda fault: self.seen.append(f"fault: {fault.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        self.seen.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.seen.append(f"request: {request.url}")

    @property
    def unexpected(self) -> list[str]:
        """What was seen and not allowed."""
        allowed = [re.compile(pattern) for pattern in self.allowed]
        return [line for line in self.seen if not any(one.search(line) for one in allowed)]
