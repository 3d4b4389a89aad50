from datetime import timedelta
from typing import Any

from app.bookings.queries import WHEREABOUTS
from app.core.database import fetch, fetch_one

# How long the past stays in a calendar.
KEPT_FOR = timedelta(days=90)


async def feed_since(user: int) -> Any | None:
    """When the address of the user's calendar was made, if there is one."""
    row = await fetch_one('SELECT created_at FROM calendar_feed WHERE "user" = $1', user)
    return row["created_at"] if row else None


async def reader_of_feed(token_hash: bytes) -> Any | None:
    """Whose calendar an address shows: id and language."""
    return await fetch_one(
        """
        SELECT u.id, u.language FROM calendar_feed f
        JOIN users u ON u.id = f."user" AND u.active
        WHERE f.token_hash = $1
        """,
        token_hash,
    )


async def bookings_in_feed(user: int) -> list[Any]:
    """What a user's calendar shows of the bookings on either side, as booking_of shows them.

    Whatever was once agreed or asked for stays in it, so that programs learn that it is off.
    """
    return await fetch(
        f"""
        SELECT b.code, b.status, b.starts_at, b.ends_at, b.zone, b.service_name, b.variant_name,
            {WHEREABOUTS} AS whereabouts, b.created_at, b.revision,
            CASE WHEN $1 = b.customer THEN provider.name ELSE customer.name END AS other_name,
            coalesce((SELECT max(e.created_at) FROM booking_event e WHERE e.booking = b.id),
                b.created_at) AS changed_at
        FROM booking b
        JOIN users customer ON customer.id = b.customer
        JOIN users provider ON provider.id = b.provider
        WHERE $1 IN (b.customer, b.provider) AND b.ends_at > now() - $2::interval
            AND b.status <> 'held' AND (
                b.status NOT IN ('declined', 'cancelled', 'expired')
                OR EXISTS (
                    SELECT FROM booking_event e
                    WHERE e.booking = b.id AND e.status IN ('pending', 'confirmed')
                )
            )
        ORDER BY b.starts_at, b.id
        """,
        user,
        KEPT_FOR,
    )


async def calendars_of(provider: int) -> list[Any]:
    """The provider's other calendars, in the order in which they were added."""
    return await fetch(
        "SELECT id, name, url, synced_at, error FROM external_calendar"
        " WHERE provider = $1 ORDER BY id",
        provider,
    )


async def calendar_to_read(calendar: int) -> Any | None:
    """What reading another calendar takes; days: how far its provider's agenda is open."""
    return await fetch_one(
        """
        SELECT c.provider, c.url, c.etag, c.synced_at, c.error,
            coalesce(a.zone, 'America/Sao_Paulo') AS zone, coalesce(a.horizon_days, 90) AS days
        FROM external_calendar c
        JOIN users u ON u.id = c.provider AND u.active
        LEFT JOIN agenda_settings a ON a.provider = c.provider
        WHERE c.id = $1
        """,
        calendar,
    )
