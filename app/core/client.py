"""Where a request comes from: what limits, sessions and the audit log ask, wherever they stand."""

import ipaddress
import secrets
from contextvars import ContextVar
from typing import NamedTuple

from litestar.connection import ASGIConnection
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

LONGEST_AGENT = 300


class Client(NamedTuple):
    """address: the network address, empty for a job. agent: what the browser calls itself."""

    address: str = ""
    agent: str = ""

    @property
    def network(self) -> str:
        """What one household has: an IPv4 address, or the /64 that IPv6 gives to each."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))


NOBODY = Client()
_client: ContextVar[Client] = ContextVar("client")


def client() -> Client:
    return _client.get(NOBODY)


class KnowClient(ASGIMiddleware):
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        # The server has put in the address that a trusted proxy tells.
        address = scope["client"][0] if scope["client"] else ""
        agent = ASGIConnection(scope).headers.get("user-agent", "")[:LONGEST_AGENT]
        _client.set(Client(address, agent))
        clear_contextvars()
        bind_contextvars(request=secrets.token_hex(6))
        await next_app(scope, receive, send)
