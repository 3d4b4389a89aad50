from dataclasses import dataclass
from typing import Any

from app.agenda.queries import OUTSIDE
from app.bookings.queries import PARTIES, SHOWN, WHEREABOUTS
from app.core.database import fetch
from app.core.time import today_in

# The board is a day's work, not an archive.
MOST = 60


@dataclass(frozen=True)
class Board:
    """What a provider has to see now.

    version: the newest event that is in it and the provider's date, on which the sections depend.
    """

    version: str
    zone: str
    pending: list[Any]
    today: list[Any]
    upcoming: list[Any]


async def board_of(provider: int) -> Board:
    """Open bookings from today on, by what they ask of the provider; one statement."""
    rows = await fetch(
        f"""
        SELECT seen.sequence, seen.zone, {SHOWN}, {WHEREABOUTS} AS whereabouts,
            (b.starts_at AT TIME ZONE seen.zone)::date <= seen.today AS is_today
        FROM (
            SELECT a.zone, (now() AT TIME ZONE a.zone)::date AS today,
                (SELECT coalesce(max(id), 0) FROM booking_event WHERE provider = $1) AS sequence
            FROM (VALUES ($1::bigint)) me (id)
            LEFT JOIN agenda_settings a ON a.provider = me.id
        ) seen
        LEFT JOIN (booking b {PARTIES}) ON b.provider = $1
            AND b.status IN ('pending', 'confirmed')
            -- What is confirmed and over still has to be said to be done.
            AND (b.status = 'confirmed' OR b.ends_at > now())
        ORDER BY b.starts_at
        LIMIT $2
        """,
        provider,
        MOST,
    )
    # Whoever has no agenda yet has no bookings, so any zone will do.
    zone = rows[0]["zone"] or "America/Sao_Paulo"
    bookings = [row for row in rows if row["id"] is not None]
    confirmed = [row for row in bookings if row["status"] == "confirmed"]
    return Board(
        version=f"{rows[0]['sequence']}.{today_in(zone)}",
        zone=zone,
        pending=[row for row in bookings if row["status"] == "pending"],
        today=[row for row in confirmed if row["is_today"]],
        upcoming=[row for row in confirmed if not row["is_today"]],
    )


async def bookings_outside_of(provider: int) -> list[Any]:
    """The coming bookings that lie outside of what are the provider's hours now, in order."""
    return await fetch(
        f"""
        SELECT b.code, b.status, b.starts_at, b.ends_at, b.service_name,
            customer.name AS customer_name
        FROM booking b JOIN users customer ON customer.id = b.customer
        WHERE b.provider = $1 AND b.status IN ('pending', 'confirmed')
            AND b.slot IN (SELECT slot.id {OUTSIDE})
        ORDER BY b.starts_at LIMIT $2
        """,
        provider,
        MOST,
    )
