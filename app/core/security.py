"""Browser defences that hold for every page."""

from functools import cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.middleware import ASGIMiddleware
from litestar.status_codes import HTTP_200_OK
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core.addresses import split
from app.core.errors import CrossOrigin, NotFound
from app.settings import settings

FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    # A picture that is opened by itself is a document too.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
POLICY = "Content-Security-Policy"


@cache
def page_policy(tiles: str = "") -> str:
    """What a page may load; tiles: the origin of maps' background, the one thing from elsewhere."""
    return "; ".join(
        [
            "default-src 'none'",
            "object-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: {tiles}".rstrip(),
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


# Of a page with a frame, and of a letter that is shown in one: as mail programs show it, without
# scripts, forms, pictures from elsewhere, or a way out.
FRAMING_POLICY = f"{page_policy()}; frame-src 'self'"
FRAMED_POLICY = "; ".join(
    ["default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'", "sandbox"]
)
HEADERS = FILE_HEADERS | {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [
            "accelerometer=()",
            "autoplay=()",
            "camera=()",
            "display-capture=()",
            "geolocation=(self)",
            "gyroscope=()",
            "magnetometer=()",
            "microphone=()",
            "midi=()",
            "payment=()",
            "publickey-credentials-create=(self)",
            "publickey-credentials-get=(self)",
            "usb=()",
        ]
    ),
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def add_headers(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        # What is no document loads nothing, so it needs no rules for that.
        bare = _is_file(scope) and message["status"] == HTTP_200_OK
        own_policy = headers.get(POLICY)
        for name, value in (FILE_HEADERS if bare else HEADERS).items():
            headers[name] = value
        if not bare:
            headers[POLICY] = own_policy or page_policy(settings().tile_origin)
        if settings().production:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        headers.setdefault("Cache-Control", _cache_control(scope, message["status"]))


def _cache_control(scope: Scope, status: int) -> str:
    if scope.get("user") is not None and not _is_file(scope):
        # Not even on the disk of whoever's machine it was shown on.
        return "no-store"
    if status != HTTP_200_OK:
        return "private, no-cache"
    if b"v=" in scope["query_string"] and _is_file(scope):
        # The address has a hash of the content in it.
        return "public, max-age=31536000, immutable"
    if scope["path"].startswith("/static/"):
        return "public, max-age=86400"
    return "private, no-cache"


def _is_file(scope: Scope) -> bool:
    return str(scope["path"]).startswith(("/static/", "/estilo.css", "/app.webmanifest"))


class ReadablePaths(ASGIMiddleware):
    """Refuse addresses with control characters, which neither files nor rows have."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not scope["path"].isprintable():
            raise NotFound
        await next_app(scope, receive, send)


class SameOrigin(ASGIMiddleware):
    """Refuse what another site makes a signed-in browser send.

    Every current browser says in Sec-Fetch-Site where a request comes from, and in Origin for
    anything but a plain read; both are out of a page's reach. A request with neither comes from
    no browser, so nobody's cookies are abused. The rule is that of Go's
    net/http.CrossOriginProtection; it needs no token, so pages are the same for all and never
    go stale in a tab. A WebSocket's handshake, which no other rule of the browser's guards,
    must always come from our own pages.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not is_same_origin(ASGIConnection(scope)):
            raise CrossOrigin
        await next_app(scope, receive, send)


def is_same_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    origin = connection.headers.get("origin")
    # Only a WebSocket's handshake has no method.
    method = connection.scope.get("method")
    if method is None:
        return origin is not None and _is_ours(origin, connection)
    if method in SAFE_METHODS:
        return True
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or _is_ours(origin, connection)


def _is_ours(origin: str, connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    if settings().production:
        return origin == settings().base_url
    return split(origin).netloc == connection.headers.get("host")
