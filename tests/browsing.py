"""A visitor of the running application, as a browser without JavaScript."""

from itertools import count
from typing import Any

import httpx

from app.core.cookies import cookie_name
from app.core.sessions import COOKIE
from tests.factories import token_of

_addresses = count(1)


def visitor(app: Any, language: str = "en", *, address: str | None = None) -> httpx.AsyncClient:
    """address: the network it comes from; by default one of its own, as limits count them."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(
            app, raise_app_exceptions=False, client=(address or _an_address(), 40_000)
        ),
        base_url="http://test",
        headers={"Accept-Language": language, "Origin": "http://test"},
    )


async def signed_in(app: Any, user: int, *, strong: bool = True) -> httpx.AsyncClient:
    client = visitor(app)
    token = await token_of(user, strong=strong)
    # Where the client keeps what the host "test" sets, so that a new one takes its place.
    client.cookies.set(cookie_name(COOKIE), token, domain="test.local", path="/")
    return client


def _an_address() -> str:
    """Of a network for documentation's sake (RFC 2544), another one each time."""
    number = next(_addresses)
    return f"198.18.{number // 250 % 250}.{number % 250}"
