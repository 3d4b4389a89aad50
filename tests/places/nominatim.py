"""A Nominatim on loopback that also stalls, errs and answers nonsense."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiohttp import web

# As the public one answers, cut down to what is read of it.
VILA_PRADO = {
    "lat": "-22.0294",
    "lon": "-47.9007",
    "display_name": "Vila Prado, São Carlos, Região Imediata de São Carlos, São Paulo, Brasil",
    "address": {
        "suburb": "Vila Prado",
        "city": "São Carlos",
        "ISO3166-2-lvl4": "BR-SP",
        "country_code": "br",
    },
}
POSTAL_CODE = {
    "lat": "-22.0175",
    "lon": "-47.8909",
    "display_name": "13560-000, Centro, São Carlos, São Paulo, 13560-000, Brasil",
    "address": {"postcode": "13560-000", "city": "São Carlos", "ISO3166-2-lvl4": "BR-SP"},
}


class Asked(NamedTuple):
    at: float
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class NominatimServer:
    """body: what it answers with, as JSON or as it is; delay: after so many seconds."""

    def __init__(self) -> None:
        self.address = ""
        self.body: Any = [VILA_PRADO]
        self.status = 200
        self.delay = 0.0
        self.asked: list[Asked] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(time.monotonic(), request.path, dict(request.query), dict(request.headers))
        self.asked.append(asked)
        await asyncio.sleep(self.delay)
        if isinstance(self.body, bytes):
            return web.Response(body=self.body, status=self.status)
        return web.json_response(self.body, status=self.status)


@asynccontextmanager
async def nominatim_server() -> AsyncIterator[NominatimServer]:
    server = NominatimServer()
    application = web.Application()
    application.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    server.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/nominatim"
    yield server
    await runner.cleanup()
