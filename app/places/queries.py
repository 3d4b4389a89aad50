from typing import Any

from app.core.database import fetch, fetch_one
from app.places.data import search_key

MOST_SUGGESTIONS = 8


async def find_place(typed: str) -> Any | None:
    """The place meant by "São Carlos, SP", "sao carlos" or "sao car"; of several the largest.

    Gives id, name, state, latitude, longitude, zone.
    """
    return await fetch_one(
        """
        SELECT id, name, state, latitude, longitude, zone
        FROM place
        WHERE search_name LIKE $1 || '%' OR search_name % $1
        ORDER BY search_name LIKE $1 || '%' DESC,
            split_part(search_name, ',', 1) = split_part($1, ',', 1) DESC,
            CASE WHEN search_name LIKE $1 || '%' THEN 0 ELSE search_name <-> $1 END,
            population DESC
        LIMIT 1
        """,
        _pattern(typed),
    )


async def suggest_places(typed: str) -> list[Any]:
    """The largest places whose name begins so: name, state."""
    return await fetch(
        "SELECT name, state FROM place WHERE search_name LIKE $1 || '%'"
        " ORDER BY population DESC LIMIT $2",
        _pattern(typed),
        MOST_SUGGESTIONS,
    )


def _pattern(typed: str) -> str:
    """The search key without what LIKE takes for a wildcard; no place has such in its name."""
    return search_key(typed).replace("%", "").replace("_", "").replace("\\", "")
