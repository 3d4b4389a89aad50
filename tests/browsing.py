"""A visitor of the running application, as a browser without JavaScript."""

from typing import Any

import httpx

from app.core.sessions import cookie_name
from tests.factories import token_of


def visitor(app: Any, language: str = "en") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://test",
        headers={"Accept-Language": language, "Origin": "http://test"},
    )


async def signed_in(app: Any, user: int) -> httpx.AsyncClient:
    client = visitor(app)
    client.cookies.set(cookie_name(), await token_of(user))
    return client
