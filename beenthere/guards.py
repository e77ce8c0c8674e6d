"""What every request passes first: our host, our origin, a bounded body; and careful headers."""

import asyncio
import re
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.dependencies import bearer_in
from core import limits
from core.errors import Problem, TooLarge, TooSlow
from core.settings import Settings, is_loopback

# A name or an address and perhaps a port, and nothing that a parser could read otherwise.
HOST: Final = re.compile(r"(?P<name>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}
POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS: Final = {
    # `no-referrer` would make form posts carry `Origin: null`.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


class Guards:
    """Pure ASGI, so that it never buffers and also sees the socket's handshake."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.hosts = {host.casefold() for host in (settings.host, *settings.extra_hosts)}
        # Safari of before 15.4 doesn't count the socket as 'self'.
        live = settings.origin.replace("http", "ws", 1)
        policy = "; ".join((*POLICY, f"connect-src 'self' {live}"))
        self.headers = HEADERS | {"content-security-policy": policy}
        if settings.is_https:
            # RFC 6797: a browser that was here once never asks over plain http again.
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not ours, or pass it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        fault = self._fault(scope, headers)
        if fault is not None and scope["type"] == "http":
            await _problem(*fault)(scope, receive, self._careful(send))
        elif fault is not None:
            await send({"type": "websocket.close", "code": 4403, "reason": fault[1]})
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._bounded(scope, receive, self._careful(send))

    def _fault(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        if not self._is_our_host(headers.get("host", "")):
            return 421, "wrong_host", "This is not the address of this site."
        if scope["type"] == "http" and not self._is_our_own(scope["method"], headers):
            return 403, "cross_site", "That came from another site, so we did nothing."
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > limits.BODY_BYTES:
            return TooLarge.status, TooLarge.code, TooLarge.title
        return None

    def _is_our_host(self, host: str) -> bool:
        found = HOST.fullmatch(host)
        name = found["name"].strip("[]").casefold() if found else ""
        if name in self.hosts:
            return True
        # On this machine itself, either name of it will do.
        return is_loopback(self.settings.host) and is_loopback(name)

    def _is_our_own(self, method: str, headers: Headers) -> bool:
        """CSRF: the browser says where a request began; programs carry a bearer token."""
        if method in SAFE_METHODS or bearer_in(headers.get("authorization", "")) is not None:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = headers.get("origin")
        if origin is None:
            # No browser sends a form without either header; without a cookie nothing is at stake.
            return "cookie" not in headers
        return self._is_our_origin(origin, headers.get("host", ""))

    def _is_our_origin(self, origin: str, host: str) -> bool:
        parts = urlsplit(origin)
        if origin == self.settings.origin:
            return True
        return is_loopback(self.settings.host) and parts.netloc == host

    def _careful(self, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        return with_headers

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(receive, send)
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except (TooLarge, TooSlow):
            pass
        except Exception as fault:  # noqa: BLE001 - further out its message would be logged, words and all
            await self._unexpected(fault, exchange, scope)
            return
        if exchange.fault is not None and not exchange.has_begun:
            await _broken_off(exchange.fault)(scope, receive, send)

    async def _unexpected(self, fault: Exception, exchange: "_Exchange", scope: Scope) -> None:
        response = await problems.unexpected(Request(scope), fault)
        if not exchange.has_begun:
            await response(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request's body, counted and timed, and whether its answer has begun.

    Frameworks answer a body that breaks off in their own ways: such answers are not sent on.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._taken = 0
        self._until: float | None = asyncio.get_running_loop().time() + limits.BODY_SECONDS
        self.fault: type[Problem] | None = None
        self.has_begun = False

    async def receive(self) -> Message:
        """Take the next part of the body; too much of it, or too slow, raises."""
        if self.fault is None:
            message = await self._next()
        if self.fault is not None:
            raise self.fault
        return message

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.fault = TooSlow
            return {}
        if not message.get("more_body", False):
            # What comes after the body is that they hang up, whenever that is.
            self._until = None
        self._taken += len(message.get("body", b""))
        if self._taken > limits.BODY_BYTES:
            self.fault = TooLarge
        return message

    async def send(self, message: Message) -> None:
        """Send on what is not an answer to a broken-off body."""
        self.has_begun = self.has_begun or self.fault is None
        if self.has_begun:
            await self._send(message)


def _broken_off(fault: type[Problem]) -> JSONResponse:
    answer = _problem(fault.status, fault.code, fault.title)
    if fault is TooSlow:
        # The rest of it is waited for no longer.
        answer.headers["connection"] = "close"
    return answer


def _problem(status: int, code: str, title: str) -> JSONResponse:
    body = {"type": "about:blank", "status": status, "code": code, "title": title}
    return JSONResponse(body, status, media_type="application/problem+json")
