import re
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one
from app.core.i18n import N_
from app.places.areas import Area
from app.places.data import search_key
from app.places.errors import UnknownPlace

MOST_SUGGESTIONS = 8
# On one map.
MOST_NAMES = 12
COLUMNS = """
    id, name, state, name || ', ' || state AS label, latitude, longitude, zone, false AS exact
"""
# search_name starts with $1; "~" sorts after all letters that names have.
BEGINS = "search_name ~>=~ $1 AND search_name ~<~ ($1 || '~')"

# The state as people write it: "sao carlos - sp", "sao carlos/sp".
STATE_APART = re.compile(r" ?[-/,] ?([a-z]{2})$")


class NamedPoint(NamedTuple):
    name: str
    latitude: float
    longitude: float


async def find_place(typed: str) -> Any | None:
    """The place meant by "São Carlos, SP", "sao carlos", "sao car" or "sao calros".

    Gives id, name, state, label, latitude, longitude, zone; of several that fit the largest. sure:
    it is called so, or begins so; else only alike.
    """
    # Each part is looked at only if those above it found nothing.
    return await fetch_one(
        f"""
        (SELECT {COLUMNS}, true AS sure FROM place WHERE search_name = $1
            ORDER BY population DESC LIMIT 1)
        UNION ALL
        (SELECT {COLUMNS}, true FROM place WHERE {BEGINS}
            ORDER BY split_part(search_name, ',', 1) = $1 DESC, population DESC LIMIT 1)
        UNION ALL
        (SELECT {COLUMNS}, false FROM place WHERE search_name % $1
            ORDER BY search_name <-> $1, population DESC LIMIT 1)
        LIMIT 1
        """,
        search_key(typed),
    )


async def place_named(typed: str) -> Any:
    """The place of just this name, with its state or, if no other is called so, without.

    Raises:
        UnknownPlace: there is none, or several; it says which may be meant.
    """
    key = STATE_APART.sub(r", \1", search_key(typed))
    named = await fetch(
        f"""
        SELECT {COLUMNS}, search_name = $1 AS whole FROM place
        WHERE {BEGINS} AND $1 IN (search_name, split_part(search_name, ',', 1))
        ORDER BY whole DESC, population DESC LIMIT 2
        """,
        key,
    )
    if len(named) == 1 or (named and named[0]["whole"]):
        return named[0]
    if named:
        label = named[0]["label"]
        raise UnknownPlace(
            N_("Several places are called so. Please add the state: %(place)s?", place=label)
        )
    if guess := await find_place(typed):
        label = guess["label"]
        raise UnknownPlace(N_("We do not know this place. Do you mean %(place)s?", place=label))
    raise UnknownPlace


async def place_in_state(name: str, state: str) -> Any | None:
    """By its full name and the state's letters."""
    return await fetch_one(
        f"SELECT {COLUMNS} FROM place WHERE search_name = $1 ORDER BY population DESC LIMIT 1",
        search_key(f"{name}, {state}"),
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


async def around_point(latitude: float, longitude: float) -> dict[str, Any]:
    """The place that a point lies in, with the point for its middle, as the geocoder has it.

    To a thousandth of a degree, about 100 m: nobody needs to know the house.
    """
    town = await nearest_place(latitude, longitude)
    point = {"latitude": round(latitude, 3), "longitude": round(longitude, 3)}
    return {**town, **point, "town": town["label"], "exact": True}


async def largest_places(area: Area) -> list[NamedPoint]:
    rows = await fetch(
        """
        SELECT name, latitude, longitude FROM place
        WHERE latitude BETWEEN $1 AND $3 AND longitude BETWEEN $2 AND $4
        ORDER BY population DESC LIMIT $5
        """,
        *area,
        MOST_NAMES,
    )
    return [NamedPoint(*row.values()) for row in rows]


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
