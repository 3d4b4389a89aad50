"""How long a booking takes to a dashboard on another process."""

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from app.bookings.actions.book import book_slot
from app.bookings.forms import BookingForm
from app.core.cache import redis
from app.core.cookies import cookie_name
from app.core.database import connection_pool, fetch_one
from app.core.sessions import COOKIE, start_session
from app.dashboard.queries import board_of
from app.settings import settings

BOOKINGS = 200


async def measure(
    server: str, customers: list[int], times: list[tuple[int, str]]
) -> tuple[float, float]:
    """Milliseconds from before the booking's transaction to its card on the socket: p50, p99."""
    took = []
    async with connection_pool():
        for customer, (variant, start) in zip(customers, times[:BOOKINGS], strict=False):
            provider = await _provider(variant)
            async with _dashboard(server, provider) as socket:
                form = BookingForm(
                    variant=variant,
                    starts_at=datetime.fromisoformat(start),
                    address="Rua Treze de Maio, 210",
                    place="São Carlos, SP",
                    key=uuid4(),
                )
                begun = time.perf_counter()
                code = await book_slot(customer, form)
                while code not in await socket.recv():
                    pass
                took.append((time.perf_counter() - begun) * 1000)
    await redis().aclose()
    return statistics.median(took), statistics.quantiles(took, n=100)[98]


async def _provider(variant: int) -> int:
    row = await fetch_one(
        "SELECT s.provider FROM service_variant v JOIN service s ON s.id = v.service"
        " WHERE v.id = $1",
        variant,
    )
    return int(row["provider"])


@asynccontextmanager
async def _dashboard(server: str, provider: int) -> AsyncIterator[ClientConnection]:
    host = urlsplit(server).netloc
    seen = (await board_of(provider)).version
    async with connect(
        f"ws://{host}/painel/ao-vivo?visto={seen}",
        origin=settings().base_url,
        additional_headers={"Cookie": f"{cookie_name(COOKIE)}={await start_session(provider)}"},
    ) as socket:
        # The answer to a ping comes after the socket has begun to follow.
        await (await socket.ping())
        yield socket
