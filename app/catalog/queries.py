from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one
from app.core.time import now

# BRL of a variant's price (v) that are paid when its service (s) is booked.
PREPAID = "round(v.price * s.prepaid_percent / 100, 2)"


class Variant(NamedTuple):
    """prepaid: BRL of the price that are paid when booking."""

    id: int
    name: str
    price: Decimal
    minutes: int
    prepaid: Decimal


async def trades_by_group(language: str) -> dict[str, list[Any]]:
    """Every trade (slug, name) under its group, in the order in which they were entered."""
    groups: dict[str, list[Any]] = {}
    for trade in await fetch(
        f'SELECT slug, name_{language} AS name, "group" FROM category ORDER BY id'
    ):
        groups.setdefault(trade["group"], []).append(trade)
    return groups


async def service_for_page(service: int, language: str) -> dict[str, Any] | None:
    """A service that can be booked: with its provider, place, zone and active variants."""
    row = await fetch_one(
        f"""
        SELECT s.id, s.name, s.description, s.radius_km, s.provider, s.prepaid_percent,
            blurred(s.latitude) AS latitude, blurred(s.longitude) AS longitude, s.price_from,
            p.name AS provider_name, p.created_at AS provider_since, photo.name AS portrait,
            c.slug AS category_slug, c.name_{language} AS category, c."group", c.icon,
            place.name AS place, place.state, a.zone, a.instant, a.cancel_free_hours,
            a.cancel_fee_percent, v.variants
        FROM service s
        JOIN users p ON p.id = s.provider AND p.active
        JOIN category c ON c.id = s.category
        JOIN place ON place.id = s.place
        JOIN agenda_settings a ON a.provider = s.provider
        LEFT JOIN (portrait JOIN photo ON photo.id = portrait.photo) ON portrait."user" = p.id
        CROSS JOIN LATERAL (
            SELECT array_agg(
                ROW(v.id, v.name, v.price, v.duration_minutes, {PREPAID}) ORDER BY v.position, v.id
            ) AS variants
            FROM service_variant v WHERE v.service = s.id AND v.active
        ) v
        WHERE s.id = $1 AND s.active AND v.variants IS NOT NULL
        """,
        service,
    )
    if row is None:
        return None
    return {**row, "variants": [Variant(*variant) for variant in row["variants"]]}


async def posters_of(services: list[int]) -> list[Any]:
    """What the strips of these services need besides their times: id, provider, name, zone."""
    return await fetch(
        """
        SELECT s.id, s.provider, s.name, a.zone
        FROM service s JOIN agenda_settings a ON a.provider = s.provider
        WHERE s.id = ANY($1)
        """,
        services,
    )


async def still_free(wanted: list[tuple[int, datetime, datetime]]) -> list[set[datetime]]:
    """For each service, first and last instant: the times between them that can be booked."""
    services, firsts, lasts = zip(*wanted, strict=True)
    rows = await fetch(
        """
        SELECT ARRAY(
            SELECT free_starts(s.id, make_interval(mins => s.duration_from),
                greatest(w.first, $4), w.last, NULL, NULL)
            FROM service s WHERE s.id = w.service AND s.active
        ) AS times
        FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[])
            WITH ORDINALITY w (service, first, last, place)
        ORDER BY w.place
        """,
        services,
        firsts,
        lasts,
        now(),
    )
    return [set(row["times"]) for row in rows]
