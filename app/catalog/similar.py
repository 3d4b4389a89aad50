from datetime import datetime, timedelta
from typing import Any

from app.core.database import fetch
from app.core.time import now

RADIUS_METRES = 25_000
# Of so many that are nearest, the ones whose free time is nearest to the wanted one.
LOOKED_AT = 30
# A time so far from the wanted one is no answer any more.
AROUND = timedelta(days=3)


async def similar_nearby(service: int, wanted: datetime, most: int) -> list[Any]:
    """Other providers of the same trade near by, each with the free time nearest to a wanted one.

    Of each its cheapest variant, with the price in BRL and the distance in metres.
    """
    return await fetch(
        f"""
        SELECT near.id, near.name, near.provider_name, near.zone, near.metres,
            cheapest.id AS variant, cheapest.price, cheapest.duration_minutes, free.start
        FROM (
            SELECT s.id, s.name, p.name AS provider_name, a.zone,
                s.position <-> this.position AS metres
            FROM service this
            JOIN service s ON s.category = this.category AND s.provider <> this.provider
                AND s.active AND s.price_from IS NOT NULL
                AND s.position <@ cube_enlarge(this.position, {RADIUS_METRES}, 3)
            JOIN users p ON p.id = s.provider AND p.active
            JOIN agenda_settings a ON a.provider = s.provider
            WHERE this.id = $1
            ORDER BY metres LIMIT {LOOKED_AT}
        ) near
        CROSS JOIN LATERAL (
            SELECT v.id, v.price, v.duration_minutes FROM service_variant v
            WHERE v.service = near.id AND v.active ORDER BY v.price, v.duration_minutes LIMIT 1
        ) cheapest
        CROSS JOIN LATERAL (
            SELECT start FROM free_starts(near.id, make_interval(mins => cheapest.duration_minutes),
                $3, $4, NULL, NULL) start
            ORDER BY abs(extract(epoch FROM start - $2)) LIMIT 1
        ) free
        ORDER BY abs(extract(epoch FROM free.start - $2)), near.metres LIMIT $5
        """,
        service,
        wanted,
        max(now(), wanted - AROUND),
        wanted + AROUND,
        most,
    )
