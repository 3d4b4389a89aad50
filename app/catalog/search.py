"""The search: one statement picks a page of services and reads all that their posters show.

Around a point, where a customer is, it finds only who serves as far as there (radius_km). A town
stands for all of its streets, and a part of a map for itself: there it finds everybody who starts
from within, however far they travel, as the town's middle is nobody's door.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from app.catalog.forms import Order, SearchForm
from app.core.database import fetch
from app.core.time import now
from app.places.areas import Area, box_around
from app.places.data import search_key

PAGE = 20
# Strips at the foot of a poster, and free stretches of an agenda looked at to fill them.
STRIPS, STRETCHES = 5, 3
# How far ahead a poster looks for them.
AHEAD = timedelta(days=28)
# A box with more of the index's cells than this many degrees have is no help.
MOST_DEGREES = 5
# The day filter is read in the zone of the place, or without one where most people live.
USUAL_ZONE = "America/Sao_Paulo"


@dataclass(frozen=True)
class Found:
    """A page of posters. after: where the next page starts, None on the last.
    close: no service has these words; these have words that look alike."""

    services: list[Any]
    after: str | None
    close: bool = False


async def search_services(
    form: SearchForm, place: Any | None, language: str, most: int = PAGE
) -> Found:
    """Services that match the form, near the place if there is one."""
    found = await _find(form, place, language, most, close=False)
    if not found.services and form.words and not form.after:
        return await _find(form, place, language, most, close=True)
    return found


async def posters(services: list[int], language: str) -> list[Any]:
    """These services, in this order, without those that are not listed any more."""
    if not services:
        return []
    search = Search()
    search.only_listed()
    search.among(services)
    return await fetch(search.statement(language, len(services)), *search.args)


async def _find(
    form: SearchForm, place: Any | None, language: str, most: int, close: bool
) -> Found:
    search = search_for(form, place, close=close)
    rows = await fetch(search.statement(language, most + 1), *search.args)
    services, more = rows[:most], len(rows) > most
    after = f"{services[-1]['key']!s}~{services[-1]['id']}" if more else None
    return Found(services, after, close)


def search_for(form: SearchForm, place: Any | None, *, close: bool = False) -> "Search":
    search = Search()
    search.only_listed()
    if form.words:
        search.with_words(form.words, close)
    if form.category:
        search.in_category(form.category)
    if form.area:
        search.inside(form.area, place)
    elif place:
        search.near(place, form.radius_km)
    if form.most:
        search.up_to(form.most)
    if form.day:
        zone = ZoneInfo(place["zone"] if place else USUAL_ZONE)
        midnight = datetime.combine(form.day, time(), zone)
        search.free_between(midnight, midnight + timedelta(days=1))
    search.in_order(form.order, form.after)
    return search


@dataclass
class Search:
    """A statement in the making."""

    args: list[Any] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    match: str | None = None
    # Whether these are searched for.
    words: bool = False
    category: bool = False
    distance: str | None = None
    key: str = "0"
    order: str = "s.id DESC"

    def arg(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def only_listed(self) -> None:
        self.conditions += ["s.active", "s.price_from IS NOT NULL"]

    def among(self, services: list[int]) -> None:
        wanted = self.arg(services)
        self.conditions.append(f"s.id = ANY({wanted})")
        self._ascending(f"array_position({wanted}, s.id)", "int", None)

    def with_words(self, words: str, close: bool) -> None:
        plain = re.findall(r"\w+", search_key(words))
        if not plain:
            self.conditions.append("false")
        elif close:
            typed = self.arg(" ".join(plain))
            self.conditions.append(f"{typed} <% s.search_text")
            self.match = f"word_similarity({typed}, s.search_text)"
        else:
            # The last word may still be in the making.
            self.words = True
            query = f"to_tsquery('portuguese_plain', {self.arg(' & '.join(plain) + ':*')})"
            self.conditions.append(f"s.search @@ {query}")
            self.match = f"ts_rank(s.search, {query})"

    def in_category(self, slug: str) -> None:
        self.category = True
        self.conditions.append(
            f"s.category = (SELECT id FROM category WHERE slug = {self.arg(slug)})"
        )

    def near(self, place: Any, radius_km: int) -> None:
        """Within a distance and, if the place is an exact point, served there."""
        latitude, longitude = place["latitude"], place["longitude"]
        origin = self._measured_from(latitude, longitude)
        metres = self.arg(radius_km * 1000.0)
        # As one condition: of two, PostgreSQL would believe that they leave next to nothing.
        farthest = f"least({metres}, s.radius_km * 1000)" if place.get("exact") else metres
        self.conditions.append(f"{self.distance} <= {farthest}")
        box = box_around(latitude, longitude, radius_km)
        self._by_index(box, lambda: f"cube_enlarge({origin}, {metres}, 3)")

    def inside(self, area: Area, place: Any | None) -> None:
        """Within a part of a map; distances are from the place, if there is one."""
        if place:
            self._measured_from(place["latitude"], place["longitude"])
        south, west, north, east = edges = [self.arg(edge) for edge in area]
        self.conditions += [
            f"blurred(s.latitude) BETWEEN {south} AND {north}",
            f"blurred(s.longitude) BETWEEN {west} AND {east}",
        ]

        def cube() -> str:
            middle = f"earth_point({self.arg(area.middle[0])}, {self.arg(area.middle[1])})"
            # No point within is farther from the middle than some corner.
            corners = ", ".join(
                f"{middle} <-> earth_point({one}, {other})"
                for one, other in product(edges[::2], edges[1::2])
            )
            return f"cube_enlarge({middle}, greatest({corners}), 3)"

        self._by_index(area, cube)

    def _measured_from(self, latitude: float, longitude: float) -> str:
        origin = f"earth_point({self.arg(latitude)}, {self.arg(longitude)})"
        self.distance = f"s.position <-> {origin}"
        return origin

    def _by_index(self, box: Area, cube: Callable[[], str]) -> None:
        """Find what lies around there quickly: by the index of words and places together if words
        are all there is to go by, else by that of positions."""
        degrees = max(box.north - box.south, box.east - box.west)
        if self.words and not self.category and degrees <= MOST_DEGREES:
            edges = ", ".join(self.arg(edge) for edge in box)
            self.conditions.append(f"s.cells && cells_of({edges})")
        else:
            self.conditions.append(f"s.position <@ {cube()}")

    def up_to(self, price: int) -> None:
        self.conditions.append(f"s.price_from <= {self.arg(Decimal(price))}")

    def free_between(self, begin: datetime, end: datetime) -> None:
        earliest, latest = max(begin, now()), end - timedelta(microseconds=1)
        self.conditions.append(
            "EXISTS (SELECT FROM free_starts(s.id, make_interval(mins => s.duration_from),"
            f" {self.arg(earliest)}, {self.arg(latest)}, NULL, NULL))"
        )

    def in_order(self, wanted: Order | None, after: str | None) -> None:
        """Sort by a key and then by id, so that the next page starts at a key and an id."""
        if wanted is Order.CHEAPEST:
            self._ascending("s.price_from", "numeric", after)
        elif self.distance and wanted in (None, Order.NEAREST):
            self._ascending(self.distance, "float8", after)
        elif self.match and wanted in (None, Order.BEST, Order.NEAREST):
            self._ascending(f"-{self.match}", "float4", after)
        elif after:
            self.conditions.append(f"s.id < {self.arg(int(after.split('~')[1]))}")

    def _ascending(self, key: str, kind: str, after: str | None) -> None:
        self.key, self.order = key, f"{key}, s.id"
        if after:
            last, last_id = after.split("~")
            number = Decimal(last) if kind == "numeric" else float(last)
            self.conditions.append(
                f"({key}, s.id) > ({self.arg(number)}::{kind}, {self.arg(int(last_id))})"
            )

    def finding(self, most: int) -> str:
        """The part that picks the services: id, key."""
        return f"""
            SELECT s.id, {self.key} AS key
            FROM service s JOIN users p ON p.id = s.provider AND p.active
            WHERE {" AND ".join(self.conditions)}
            ORDER BY {self.order} LIMIT {self.arg(most)}
        """

    def statement(self, language: str, most: int) -> str:
        moment = now()
        return f"""
            WITH found AS ({self.finding(most)})
            SELECT s.id, found.key, s.name, s.price_from, s.duration_from,
                {self.distance or "NULL::float8"} AS metres,
                blurred(s.latitude) AS latitude, blurred(s.longitude) AS longitude,
                c.name_{language} AS category, c."group", c.icon,
                p.name AS provider_name, place.name AS place, place.state, a.zone, free.times
            FROM found
            JOIN service s ON s.id = found.id
            JOIN users p ON p.id = s.provider
            JOIN category c ON c.id = s.category
            JOIN place ON place.id = s.place
            JOIN agenda_settings a ON a.provider = s.provider
            CROSS JOIN LATERAL (
                SELECT array_agg(start) AS times FROM (
                    SELECT start FROM free_starts(
                        s.id, make_interval(mins => s.duration_from),
                        {self.arg(moment)}, {self.arg(moment + AHEAD)}, {STRETCHES}, NULL
                    ) start
                    LIMIT {STRIPS}
                ) first
            ) free
            ORDER BY found.key, {"s.id DESC" if self.key == "0" else "s.id"}
        """
