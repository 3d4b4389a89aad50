"""What agendas cost: rolling the horizon of all, a month of free times, and many who look on."""

import asyncio
import json
import statistics
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from app.agenda.jobs import roll_horizon
from app.agenda.queries import free_starts
from app.bookings.actions.book import book_slot
from app.bookings.forms import BookingForm
from app.catalog import times
from app.core.database import connection_pool, fetch, fetch_one, transaction
from app.core.time import now
from app.main import create_app
from app.settings import settings
from tests.factories import forget_limits
from tests.servers import free_port

HORIZON_DAYS, SERVICES = 90, 200
MONTH = timedelta(days=30)
WATCHERS, EVENTS, LANGUAGES = 500, 10, ("pt", "en")
# Longest wait for a frame to come to everybody who looks on.
SECONDS = 20
# Goals.
ROLL_SECONDS, MONTH_MS, RENDERS = 60, 5, 1


class Measured(NamedTuple):
    """renders: per event and language, of what WATCHERS look at."""

    providers: int
    stretches: int
    roll_seconds: float
    month_ms: float
    month_worst_ms: float
    starts: float
    renders: float

    @property
    def is_below(self) -> bool:
        return (
            self.roll_seconds > ROLL_SECONDS or self.month_ms > MONTH_MS or self.renders > RENDERS
        )

    def __str__(self) -> str:
        return (
            f"Free time of {self.providers:,} providers for {HORIZON_DAYS} days"
            f" ({self.stretches:,} stretches), by the job that rolls the horizon:"
            f" {self.roll_seconds:.1f} s (goal under {ROLL_SECONDS} s on two cores).\n\n"
            f"A month of free times of one service ({self.starts:.0f} times, median of {SERVICES}"
            f" services): {self.month_ms:.2f} ms in the database, the slowest"
            f" {self.month_worst_ms:.2f} ms (goal under {MONTH_MS} ms).\n\n"
            f"{WATCHERS} who look at one service while it is booked cost {self.renders:.2f} renders"
            f" per event and language (goal {RENDERS})."
        )


async def measure(customer: int) -> Measured:
    """customer: who books. Leaves free time written anew behind."""
    async with connection_pool():
        providers, stretches, seconds = await _roll()
        took, starts = await _months()
        service = await _busy_service()
    # The server opens a pool of its own.
    renders = await _renders_per_event(service, customer)
    return Measured(
        providers, stretches, seconds, statistics.median(took), max(took),
        statistics.median(starts), renders,
    )  # fmt: skip


async def _roll() -> tuple[int, int, float]:
    """Providers, the stretches that were written for them, and in how many seconds."""
    async with transaction() as opened:
        for statement in (
            "SET LOCAL statement_timeout = 0",
            # Whoever was filled in before there were hours.
            """
            INSERT INTO weekly_hours (provider, weekday, opens, closes)
            SELECT a.provider, day, opens::time, closes::time
            FROM agenda_settings a, generate_series(1, 6) day,
                (VALUES ('08:00', '12:00'), ('13:00', '18:00')) part (opens, closes)
            WHERE NOT EXISTS (SELECT FROM weekly_hours h WHERE h.provider = a.provider)
            """,
            f"UPDATE agenda_settings SET horizon_days = {HORIZON_DAYS}, written_until = NULL",
            "DELETE FROM slot WHERE NOT taken",
        ):
            await opened.connection.execute(statement)
    begun = time.perf_counter()
    await roll_horizon()
    seconds = time.perf_counter() - begun
    row = await fetch_one(
        """
        SELECT (SELECT count(*) FROM slot WHERE NOT taken) AS stretches,
            (SELECT count(*) FROM agenda_settings WHERE written_until IS NOT NULL) AS providers
        """
    )
    await fetch("ANALYZE slot")
    return row["providers"], row["stretches"], seconds


async def _months() -> tuple[list[float], list[int]]:
    """Milliseconds that PostgreSQL says a month of each service takes, and how many times it is."""
    services = await fetch(
        "SELECT id, duration_from FROM service WHERE active AND duration_from IS NOT NULL"
        " ORDER BY md5(id::text) LIMIT $1",
        SERVICES,
    )
    took, found = [], []
    for service in services:
        minutes, earliest = service["duration_from"], now()
        starts = await free_starts(service["id"], minutes, earliest, earliest + MONTH)
        (plan,) = await fetch(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM"
            " free_starts($1, make_interval(mins => $2), $3, $4, NULL, NULL)",
            service["id"],
            minutes,
            earliest,
            earliest + MONTH,
        )
        took.append(float(json.loads(plan[0])[0]["Execution Time"]))
        found.append(len(starts))
    return took, found


async def _busy_service() -> Any:
    """A service with times enough to book, its shortest variant, and when it is free."""
    service = await fetch_one(
        """
        SELECT v.service AS id, v.id AS variant, v.duration_minutes AS minutes
        FROM service_variant v JOIN service s ON s.id = v.service AND s.active
        JOIN slot f ON f.provider = s.provider AND NOT f.taken AND f.starts_at > now()
        WHERE v.active GROUP BY v.id ORDER BY v.duration_minutes, v.id LIMIT 1
        """
    )
    begins = now() + timedelta(hours=2)
    starts = await free_starts(
        service["id"], service["minutes"], begins, begins + timedelta(days=6)
    )
    # So far apart that none takes another's place.
    gap = timedelta(minutes=2 * service["minutes"])
    apart: list[datetime] = []
    for start in starts:
        if not apart or start >= apart[-1] + gap:
            apart.append(start)
    return {**service, "starts": apart[:EVENTS]}


async def _renders_per_event(service: Any, customer: int) -> float:
    """In a server of this very process, so that its renders can be counted."""
    counted: Counter[str] = Counter()
    render = times.render

    def count(template: str, language: str, **context: Any) -> str:
        counted[language] += 1
        return render(template, language, **context)

    times.render = count  # type: ignore[attr-defined]
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(), host="127.0.0.1", port=port, log_level="warning")
    )
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.05)
        languages = [LANGUAGES[n % len(LANGUAGES)] for n in range(WATCHERS)]
        sockets = [await _look_on(port, service, language) for language in languages]
        # What comes to those who have seen nothing yet.
        await asyncio.gather(*(socket.recv() for socket in sockets))
        counted.clear()
        for start in service["starts"]:
            await _book(customer, service["variant"], start)
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*(socket.recv() for socket in sockets))
        await asyncio.gather(*(socket.close() for socket in sockets))
    finally:
        times.render = render  # type: ignore[attr-defined]
        server.should_exit = True
        await serving
    return counted.total() / len(service["starts"]) / len(LANGUAGES)


async def _look_on(port: int, service: Any, language: str) -> ClientConnection:
    return await connect(
        f"ws://127.0.0.1:{port}/servicos/{service['id']}/ao-vivo?variacao={service['variant']}",
        origin=settings().base_url,  # type: ignore[arg-type]
        additional_headers={
            "Accept-Language": language,
            "Host": urlsplit(settings().base_url).netloc,
        },
    )


async def _book(customer: int, variant: int, start: datetime) -> None:
    await forget_limits()
    form = BookingForm(
        variant=variant,
        starts_at=start,
        address="Rua Treze de Maio, 210",
        place="São Carlos, SP",
        key=uuid4(),
    )
    await book_slot(customer, form)
