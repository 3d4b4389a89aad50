from datetime import timedelta
from typing import Any

from app.core.database import fetch, fetch_one
from app.core.time import now

# Bookings this young tell what is popular.
POPULAR_FOR = timedelta(days=30)

# What the pages of both sides show of a booking.
SHOWN = """
    b.id, b.code, b.status, b.starts_at, b.ends_at, b.zone, b.service, b.service_name,
    b.variant_name, b.price, b.address, b.note, b.created_at, b.customer, b.provider,
    customer.name AS customer_name, provider.name AS provider_name
"""
PARTIES = """
    JOIN users customer ON customer.id = b.customer
    JOIN users provider ON provider.id = b.provider
"""


async def service_of_variant(variant: int) -> int | None:
    row = await fetch_one("SELECT service FROM service_variant WHERE id = $1", variant)
    return row["service"] if row else None


async def booking_of(user: int, code: str) -> Any | None:
    """A booking that this user is a party of.

    A provider has no use any more for where somebody lives when nothing comes of it.
    """
    return await fetch_one(
        f"""
        SELECT {SHOWN}, $1 = b.customer OR b.status NOT IN ('declined', 'cancelled', 'expired')
            AS shows_address
        FROM booking b {PARTIES}
        WHERE b.code = $2 AND $1 IN (b.customer, b.provider)
        """,
        user,
        code,
    )


async def bookings_of_customer(customer: int) -> list[Any]:
    """The coming ones first, soonest first; then the past, latest first."""
    return await fetch(
        f"""
        SELECT {SHOWN} FROM booking b {PARTIES} WHERE b.customer = $1
        ORDER BY b.ends_at < now(), CASE WHEN b.ends_at >= now() THEN b.starts_at END,
            b.starts_at DESC
        LIMIT 100
        """,
        customer,
    )


async def most_booked(most: int) -> list[int]:
    """Ids of the services booked most often of late, the most popular first."""
    rows = await fetch(
        """
        SELECT service FROM booking WHERE created_at > $1
        GROUP BY service ORDER BY count(*) DESC, service LIMIT $2
        """,
        now() - POPULAR_FOR,
        most,
    )
    return [row["service"] for row in rows]
