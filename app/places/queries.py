from typing import Any

from app.core.database import fetch, fetch_one
from app.places.data import search_key

MOST_SUGGESTIONS = 8
COLUMNS = "id, name, state, name || ', ' || state AS label, latitude, longitude, zone"
# search_name starts with $1; "~" sorts after all letters that names have.
BEGINS = "search_name ~>=~ $1 AND search_name ~<~ ($1 || '~')"


async def find_place(typed: str) -> Any | None:
    """The place meant by "São Carlos, SP", "sao carlos", "sao car" or "sao calros".

    Gives id, name, state, label, latitude, longitude, zone; of several that fit the largest.
    """
    # Each part is looked at only if those above it found nothing.
    return await fetch_one(
        f"""
        (SELECT {COLUMNS} FROM place WHERE search_name = $1 ORDER BY population DESC LIMIT 1)
        UNION ALL
        (SELECT {COLUMNS} FROM place WHERE {BEGINS}
            ORDER BY split_part(search_name, ',', 1) = $1 DESC, population DESC LIMIT 1)
        UNION ALL
        (SELECT {COLUMNS} FROM place WHERE search_name % $1
            ORDER BY search_name <-> $1, population DESC LIMIT 1)
        LIMIT 1
        """,
        search_key(typed),
    )


async def place_of(number: int) -> Any | None:
    return await fetch_one(f"SELECT {COLUMNS} FROM place WHERE id = $1", number)


async def nearest_place(latitude: float, longitude: float) -> Any:
    """The place whose centre is nearest; coordinates in degrees."""
    return await fetch_one(
        f"""
        SELECT {COLUMNS} FROM place
        ORDER BY earth_point(latitude, longitude) <-> earth_point($1, $2) LIMIT 1
        """,
        latitude,
        longitude,
    )


async def suggest_places(typed: str) -> list[Any]:
    """The largest places whose name begins so: label."""
    return await fetch(
        f"""
        SELECT name || ', ' || state AS label FROM place
        WHERE {BEGINS} ORDER BY population DESC LIMIT $2
        """,
        search_key(typed),
        MOST_SUGGESTIONS,
    )
