from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.bookings.tables import Status
from app.core.database import fetch, fetch_one
from app.core.time import now

# Bookings this young tell what is popular.
POPULAR_FOR = timedelta(days=30)
MOST = 100

# What the pages of both sides show of a booking.
SHOWN = """
    b.id, b.code, b.status, b.starts_at, b.ends_at, b.zone, b.service, b.variant, b.service_name,
    b.variant_name, b.price, b.prepaid, b.paid, b.refunded, b.fee, b.address, b.area, b.note,
    b.created_at, b.expires_at, b.customer, b.provider, b.cancel_free_hours, b.cancel_fee_percent,
    b.free_to_change, b.series,
    customer.name AS customer_name, provider.name AS provider_name
"""
# What $1, who is one of the two sides, may know of where it is: a provider the area while they have
# not accepted, and nothing when nothing comes of it.
WHEREABOUTS = """
    CASE WHEN $1 = b.customer OR b.status IN ('confirmed', 'completed', 'no_show')
            THEN concat_ws(', ', b.address, nullif(b.area, ''))
        WHEN b.status = 'pending' THEN b.area
        ELSE ''
    END
"""
PARTIES = """
    JOIN users customer ON customer.id = b.customer
    JOIN users provider ON provider.id = b.provider
"""


async def service_of_variant(variant: int) -> int | None:
    row = await fetch_one("SELECT service FROM service_variant WHERE id = $1", variant)
    return row["service"] if row else None


async def booking_of(user: int, code: str) -> Any | None:
    """A booking that this user is a party of; a hold is its customer's alone.

    version: the newest event, and what was paid. other_phone: where the other side can be written
    to once both have agreed.
    """
    return await fetch_one(
        f"""
        SELECT {SHOWN}, {WHEREABOUTS} AS whereabouts,
            $1 = b.customer OR b.status NOT IN ('declined', 'cancelled', 'expired') AS shows_note,
            CASE WHEN b.status <> 'confirmed' THEN ''
                WHEN $1 = b.customer THEN provider.phone ELSE customer.phone END AS other_phone,
            concat_ws('.', (SELECT max(e.id) FROM booking_event e WHERE e.booking = b.id),
                b.paid, b.refunded) AS version
        FROM booking b {PARTIES}
        WHERE b.code = $2 AND ($1 = b.customer OR $1 = b.provider AND b.status <> 'held')
        """,
        user,
        code,
    )


async def history_of(booking: int) -> list[Any]:
    """What happened to a booking, in order; before: when it was to begin until then."""
    return await fetch(
        """
        SELECT e.status, e.actor, e.created_at, e.starts_at,
            lag(e.starts_at) OVER (ORDER BY e.id) AS before
        FROM booking_event e WHERE e.booking = $1 ORDER BY e.id
        """,
        booking,
    )


async def series_of(booking: Any) -> list[Any]:
    """The bookings that were made together with this one, this one too, in order."""
    if booking["series"] is None:
        return []
    return await fetch(
        """
        SELECT code, status, starts_at, zone FROM booking
        WHERE series = $1 AND customer = $2 ORDER BY starts_at
        """,
        booking["series"],
        booking["customer"],
    )


async def hold_of(customer: int, code: str) -> Any | None:
    """What a customer holds under this code and has not booked, if they still do."""
    return await fetch_one(
        """
        SELECT code, service, variant, starts_at, expires_at FROM booking
        WHERE customer = $1 AND code = $2 AND status = 'held' AND address = ''
            AND expires_at > now()
        """,
        customer,
        code,
    )


async def hold_at(
    customer: int, service: int, variant: int | None, starts_at: datetime | None
) -> Any | None:
    """What a customer holds of a service: what is asked for, or else the newest."""
    return await fetch_one(
        """
        SELECT code, service, variant, starts_at, expires_at FROM booking
        WHERE customer = $1 AND service = $2 AND status = 'held' AND address = ''
            AND expires_at > now()
        ORDER BY coalesce(variant = $3, true) AND coalesce(starts_at = $4, true) DESC, id DESC
        LIMIT 1
        """,
        customer,
        service,
        variant,
        starts_at,
    )


@dataclass(frozen=True)
class Mine:
    """A customer's bookings by what they ask of them.

    version: the newest event that is in it, with what the customer waits for.
    """

    version: str
    held: list[Any]
    upcoming: list[Any]
    past: list[Any]
    waiting: list[Any]


async def bookings_of_customer(customer: int) -> Mine:
    """What is held, what is coming, soonest first, and what is over, latest first."""
    rows = await fetch(
        f"""
        SELECT {SHOWN}, (
            SELECT max(e.id) FROM booking_event e WHERE e.booking = b.id
        ) AS version
        FROM booking b {PARTIES}
        WHERE b.customer = $1 AND (b.status <> 'held' OR b.expires_at > now())
            AND NOT (b.status IN ('cancelled', 'expired') AND b.address = '')
        ORDER BY b.ends_at < now(), CASE WHEN b.ends_at >= now() THEN b.starts_at END,
            b.starts_at DESC
        LIMIT $2
        """,
        customer,
        MOST,
    )
    waiting = await fetch(
        """
        SELECT w.id, w.day, w.service, w.variant, s.name AS service_name,
            p.name AS provider_name
        FROM waitlist_entry w
        JOIN service s ON s.id = w.service
        JOIN users p ON p.id = s.provider
        JOIN agenda_settings a ON a.provider = s.provider
        WHERE w.customer = $1 AND w.booking IS NULL
            AND w.day >= (now() AT TIME ZONE a.zone)::date
        ORDER BY w.day, w.id
        """,
        customer,
    )
    coming = {Status.PENDING, Status.CONFIRMED}
    held = [row for row in rows if row["status"] == Status.HELD]
    upcoming = [row for row in rows if row["status"] in coming and row["ends_at"] > now()]
    newest = max((row["version"] for row in rows), default=0)
    return Mine(
        version=".".join(map(str, [newest, len(held), *(row["id"] for row in waiting)])),
        held=held,
        upcoming=upcoming,
        past=[row for row in rows if row not in held and row not in upcoming],
        waiting=waiting,
    )


async def waits_for(customer: int, service: int) -> dict[date, int]:
    """The days on which this customer waits for a time of a service, with the entries' ids."""
    rows = await fetch(
        """
        SELECT day, id FROM waitlist_entry
        WHERE customer = $1 AND service = $2 AND booking IS NULL
        """,
        customer,
        service,
    )
    return {row["day"]: row["id"] for row in rows}


async def most_booked(most: int) -> list[int]:
    """Ids of the services booked most often of late, the most popular first."""
    rows = await fetch(
        """
        SELECT service FROM booking WHERE created_at > $1 AND address <> ''
        GROUP BY service ORDER BY count(*) DESC, service LIMIT $2
        """,
        now() - POPULAR_FOR,
        most,
    )
    return [row["service"] for row in rows]
