from decimal import Decimal
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one


class Variant(NamedTuple):
    id: int
    name: str
    price: Decimal
    minutes: int


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
        SELECT s.id, s.name, s.description, s.radius_km, s.provider, s.price_from,
            p.name AS provider_name, p.created_at AS provider_since,
            c.slug AS category_slug, c.name_{language} AS category, c."group", c.icon,
            place.name AS place, place.state, a.zone, v.variants
        FROM service s
        JOIN users p ON p.id = s.provider AND p.active
        JOIN category c ON c.id = s.category
        JOIN place ON place.id = s.place
        JOIN agenda_settings a ON a.provider = s.provider
        CROSS JOIN LATERAL (
            SELECT array_agg(
                ROW(v.id, v.name, v.price, v.duration_minutes) ORDER BY v.position, v.id
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
