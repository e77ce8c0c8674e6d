"""What every request passes first: our host, our origin, a bounded body; and careful headers."""

from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import limits
from core.errors import TooLarge
from core.settings import Settings, is_loopback

SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "content-security-policy": POLICY,
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
        self.hosts = {settings.host, *settings.extra_hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not ours, or pass it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        fault = self._fault(scope, headers)
        if fault is not None and scope["type"] == "http":
            await _problem(*fault)(scope, receive, _careful(send))
        elif fault is not None:
            await send({"type": "websocket.close", "code": 4403, "reason": fault[1]})
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._bounded(scope, receive, _careful(send))

    def _fault(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        if not self._is_our_host(headers.get("host", "")):
            return 421, "wrong_host", "This is not the address of this site."
        if scope["type"] == "http" and not self._is_our_own(scope["method"], headers):
            return 403, "cross_site", "That came from another site, so we did nothing."
        if int(headers.get("content-length") or 0) > limits.BODY_BYTES:
            return TooLarge.status, TooLarge.code, TooLarge.title
        return None

    def _is_our_host(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if name in self.hosts:
            return True
        # On this machine itself, either name of it will do.
        return is_loopback(self.settings.host) and is_loopback(name)

    def _is_our_own(self, method: str, headers: Headers) -> bool:
        """CSRF: the browser says where a request began; programs carry a bearer token."""
        if method in SAFE_METHODS or headers.get("authorization", "").startswith("Bearer "):
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

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken, has_begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limits.BODY_BYTES:
                raise TooLarge
            return message

        async def judged(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or taken <= limits.BODY_BYTES
            if has_begun:
                await send(message)

        # Frameworks answer a body that breaks off in their own ways: we answer for them.
        with suppress(TooLarge):
            await self.app(scope, counted, judged)
        if not has_begun:
            await _problem(TooLarge.status, TooLarge.code, TooLarge.title)(scope, receive, send)


def _problem(status: int, code: str, title: str) -> JSONResponse:
    body = {"type": "about:blank", "status": status, "code": code, "title": title}
    return JSONResponse(body, status, media_type="application/problem+json")


def _careful(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return with_headers
