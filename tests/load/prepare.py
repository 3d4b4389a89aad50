"""What the bench needs of a database: people, free times, and the product's own statements."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
from asyncpg.connection import LoggedQuery

from app.bookings.actions.book import book_slot
from app.bookings.forms import BookingForm
from app.catalog.forms import SearchForm
from app.catalog.queries import trades_by_group
from app.catalog.search import search_services
from app.core.cache import redis
from app.core.cookies import cookie_name
from app.core.database import DB, connection_pool, fetch
from app.core.sessions import COOKIE, start_session
from app.core.time import now
from app.demo.seed import DAYS
from app.places.queries import find_place

PLACES = 150
LARGEST_VARIANT_MINUTES = 120
# Words of statements that asyncpg sends by itself.
OF_THE_DRIVER = ("BEGIN", "COMMIT", "set_config", "typeinfo_tree", "pg_advisory_unlock_all")


@dataclass
class Prepared:
    places: list[str]
    # Id and session cookie.
    customers: list[tuple[int, str]]
    # Variant and start; no two overlap.
    times: list[tuple[int, str]]
    # Statements, in the order in which they run.
    search: list[str]
    booking: list[str]


async def prepare(customers: int) -> Prepared:
    async with connection_pool():
        people = [await _customer() for _ in range(customers)]
        times = await _free_times()
        search = await _recorded(_search)
        booking = await _recorded(lambda: _book(people[0][0], *times.pop()))
        places = await fetch(
            "SELECT name || ', ' || state AS name FROM place ORDER BY population DESC LIMIT $1",
            PLACES,
        )
    await redis().aclose()
    return Prepared([place["name"] for place in places], people, times, search, booking)


async def _customer() -> tuple[int, str]:
    (row,) = await fetch(
        "INSERT INTO users (email, name, password_hash, role)"
        " VALUES ($1, 'Cliente', '!', 'customer') RETURNING id",
        f"{uuid4().hex}@bench.test",
    )
    return row["id"], f"{cookie_name(COOKIE)}={await start_session(row['id'])}"


async def _free_times() -> list[tuple[int, str]]:
    """The start of every whole free stretch that can be booked from tomorrow on, with a variant."""
    rows = await fetch(
        """
        SELECT DISTINCT ON (f.id) v.id, f.starts_at
        FROM slot f
        JOIN service s ON s.provider = f.provider AND s.active
        JOIN service_variant v ON v.service = s.id AND v.duration_minutes <= $2
        WHERE NOT f.taken AND f.starts_at BETWEEN $1 AND $3
            AND f.ends_at - f.starts_at >= interval '4 hours'
        ORDER BY f.id, v.id
        """,
        now() + timedelta(days=1),
        LARGEST_VARIANT_MINUTES,
        # The demo's agendas are open for four weeks, the last day of them in part.
        now() + timedelta(days=DAYS - 2),
    )
    return [(row["id"], row["starts_at"].isoformat()) for row in rows]


async def _search() -> None:
    form = SearchForm(words="faxina", place="Campinas")
    await search_services(form, await find_place(form.place), "pt")
    await trades_by_group("pt")


async def _book(customer: int, variant: int, start: str) -> None:
    from datetime import datetime

    form = BookingForm(
        variant=variant,
        starts_at=datetime.fromisoformat(start),
        address="Rua Treze de Maio, 210",
        place="São Carlos, SP",
        key=uuid4(),
    )
    await book_slot(customer, form)


async def _recorded(act: Callable[[], Coroutine[Any, Any, None]]) -> list[str]:
    """The statements that an act sends, without those of the driver."""
    sent: list[str] = []

    def listen(query: LoggedQuery) -> None:
        sent.append(query.query)

    async def set_up(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(listen)

    pool = DB.pool
    DB.pool = await asyncpg.create_pool(**DB.config, min_size=1, max_size=1, setup=set_up)
    try:
        await act()
    finally:
        await DB.pool.close()
        DB.pool = pool
    return [text for text in sent if not any(word in text for word in OF_THE_DRIVER)]
