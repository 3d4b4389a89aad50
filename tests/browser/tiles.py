"""A server of map tiles on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c494441"
    "54789c63b8f0e00200050402815bc635ec0000000049454e44ae426082"
)


class TileServer:
    """asked: the addresses of tiles and whose page they were asked for (Referer)."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[tuple[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Referer", "")))
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return web.Response(body=PNG, content_type="image/png", headers=headers)


@asynccontextmanager
async def tile_server() -> AsyncIterator[TileServer]:
    server = TileServer()
    application = web.Application()
    application.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    server.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    yield server
    await runner.cleanup()
