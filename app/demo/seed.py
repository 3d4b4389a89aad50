"""A believable marketplace of any size, the same for the same arguments."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from math import cos, hypot, radians
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from app.demo.trades import CLOSINGS, FIRST_NAMES, LAST_NAMES, OPENINGS, RECIPES
from app.places.data import search_key

DAYS = 28
# Providers written at a time, so that memory stays flat.
BATCH = 2_000
# One degree of latitude in kilometres.
DEGREE_KM = 111.2
# A place counts as this many people at least, so that villages have somebody too.
FEWEST_PEOPLE = 12_000
# Of every five providers one lives around the demo provider's town, up to a dozen.
HOME, HOME_KM, MOST_AT_HOME = "sao carlos, sp", 40, 12
# Stretches of a working day, in hours of the wall clock; work of a whole day needs a long one.
MORNING, AFTERNOON, LATE, ALL_DAY = (8, 12), (13, 18), (13, 21), (8, 17)
Week = tuple[tuple[tuple[int, int], ...], ...]
# Monday to Saturday; each provider keeps one of these.
WEEKS: tuple[Week, ...] = (
    ((MORNING, AFTERNOON),) * 5 + ((),),
    ((MORNING, AFTERNOON),) * 5 + ((MORNING,),),
    ((LATE,),) * 5 + ((MORNING, AFTERNOON),),
    ((MORNING,),) * 5 + ((),),
    ((), (), (MORNING, AFTERNOON), (MORNING, AFTERNOON), (MORNING, AFTERNOON), (MORNING,)),
    ((ALL_DAY,),) * 5 + ((),),
    ((ALL_DAY,),) * 5 + ((MORNING,),),
)
# What a price is multiplied by: the dear, the usual, the cheap.
LEVELS = (Decimal("0.85"), Decimal(1), Decimal(1), Decimal("1.15"), Decimal("1.3"))

Row = tuple[Any, ...]


@dataclass
class Rows:
    """What one batch adds to each table."""

    users: list[Row] = field(default_factory=list)
    agenda_settings: list[Row] = field(default_factory=list)
    service: list[Row] = field(default_factory=list)
    service_variant: list[Row] = field(default_factory=list)
    weekly_hours: list[Row] = field(default_factory=list)
    time_off: list[Row] = field(default_factory=list)


COLUMNS = {
    "users": ("id", "email", "name", "password_hash", "role", "created_at"),
    "agenda_settings": ("provider", "zone", "horizon_days"),
    "service": (
        "id", "provider", "category", "place", "name", "description", "latitude", "longitude",
        "radius_km", "created_at",
    ),
    "service_variant": ("service", "name", "price", "duration_minutes", "position"),
    "weekly_hours": ("provider", "weekday", "opens", "closes"),
    "time_off": ("provider", "starts_at", "ends_at"),
}  # fmt: skip


async def seed(
    connection: asyncpg.Connection,
    *,
    providers: int,
    random_seed: int,
    today: date,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Add so many providers with services, hours and free time, in one transaction."""
    async with connection.transaction():
        places = await connection.fetch(
            "SELECT id, name, search_name, latitude, longitude, population, zone FROM place"
            " ORDER BY population DESC, id"
        )
        rows = await connection.fetch("SELECT slug, id FROM category ORDER BY id")
        categories = {row["slug"]: row["id"] for row in rows}
        first = await _next_ids(connection)
        random = Random(random_seed)
        homes = _homes(random, places, providers)
        maker = Maker(random, categories, today, *first)
        for done in range(0, providers, BATCH):
            batch = maker.make(homes[done : done + BATCH])
            for table, columns in COLUMNS.items():
                await connection.copy_records_to_table(
                    table, records=getattr(batch, table), columns=columns
                )
            added = [row[0] for row in batch.users]
            await connection.execute("SELECT write_free_time(unnest($1::bigint[]))", added)
            if providers > BATCH:
                progress(f"{min(done + BATCH, providers)} of {providers} providers")
        await _set_sequences(connection)


def _homes(random: Random, places: list[Any], providers: int) -> list[Any]:
    """Where the providers live: some around the demo's town, the others as the people do."""
    town = next((place for place in places if place["search_name"] == HOME), None)
    near = [place for place in places if town and _kilometres(place, town) < HOME_KM]
    at_home = min(providers // 5, MOST_AT_HOME) if near else 0
    homes = _spread(random, near, at_home) + _spread(random, places, providers - at_home)
    random.shuffle(homes)
    return homes


def _kilometres(one: Any, other: Any) -> float:
    """The distance of two places that are near each other; elsewhere only "far"."""
    north = one["latitude"] - other["latitude"]
    east = (one["longitude"] - other["longitude"]) * cos(radians(other["latitude"]))
    return hypot(north, east) * DEGREE_KM


def _spread(random: Random, places: list[Any], count: int) -> list[Any]:
    """So many places, each as often as its people say, to within one."""
    ends = list(accumulate(max(place["population"], FEWEST_PEOPLE) for place in places))
    if not count:
        return []
    step = ends[-1] / count
    offset = random.random()
    return [places[bisect_right(ends, (number + offset) * step)] for number in range(count)]


class Maker:
    """Makes rows out of one stream of random numbers."""

    def __init__(
        self,
        random: Random,
        categories: dict[str, int],
        today: date,
        first_user: int,
        first_service: int,
    ) -> None:
        self.random = random
        self.categories = categories
        # Each trade comes once before any comes again.
        self.trades: list[str] = []
        self.today = today
        self.midnight = datetime.combine(today, time(), UTC)
        self.user, self.service = first_user, first_service

    def make(self, homes: list[Any]) -> Rows:
        """One provider in each of the places."""
        rows = Rows()
        for place in homes:
            self._add_provider(rows, place)
        return rows

    def _add_provider(self, rows: Rows, place: Any) -> None:
        random = self.random
        name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
        email = f"{search_key(name).replace(' ', '.')}.{self.user}@exemplo.test"
        since = self.midnight - timedelta(days=random.randint(1, 900))
        # "!" is no hash, so nobody signs in as them.
        rows.users.append((self.user, email, name, "!", "provider", since))
        rows.agenda_settings.append((self.user, place["zone"], DAYS - 1))
        longest = max(
            self._add_service(rows, slug, service, place, since)
            for slug, service in self._choose_services()
        )
        week = random.choice([week for week in WEEKS if _room(week) >= longest])
        for weekday, stretches in enumerate(week, start=1):
            rows.weekly_hours += ((self.user, weekday, time(o), time(c)) for o, c in stretches)
        private = self._private_time(week, place["zone"])
        rows.time_off += ((self.user, *stretch) for stretch in private)
        self.user += 1

    def _choose_services(self) -> list[tuple[str, str]]:
        """One to three services as trade and name, the main trade's first."""
        if not self.trades:
            self.trades = sorted(self.categories.keys() & RECIPES.keys())
            self.random.shuffle(self.trades)
        main = self.trades.pop()
        companions = [slug for slug in RECIPES[main].goes_with if slug in self.categories]
        first = (main, self.random.choice(list(RECIPES[main].services)))
        others = [
            (slug, name)
            for slug in (main, *companions)
            for name in RECIPES[slug].services
            if (slug, name) != first
        ]
        return [first, *self.random.sample(others, self.random.choice((0, 0, 1, 2)))]

    def _add_service(self, rows: Rows, slug: str, name: str, place: Any, since: datetime) -> int:
        """Add a service with some of its variants; gives the longest one's minutes."""
        random, recipe = self.random, RECIPES[slug]
        opening = random.choice(OPENINGS).format(years=random.randint(2, 30), place=place["name"])
        description = " ".join((opening, *random.sample(recipe.says, 2), random.choice(CLOSINGS)))
        north, east = random.gauss(0, 2), random.gauss(0, 2)
        degree_east_km = DEGREE_KM * cos(radians(place["latitude"]))
        rows.service.append((
            self.service, self.user, self.categories[slug], place["id"],
            name, description,
            place["latitude"] + north / DEGREE_KM, place["longitude"] + east / degree_east_km,
            random.choice((5, 10, 15, 25)), since,
        ))  # fmt: skip
        level = random.choice(LEVELS)
        variants = recipe.services[name]
        count = random.randint(1, len(variants))
        chosen = [variants[n] for n in sorted(random.sample(range(len(variants)), count))]
        for position, (variant, price, minutes) in enumerate(chosen):
            # In steps of five reais, as people ask.
            asked = max(Decimal(5), (price * level / 5).quantize(Decimal(1)) * 5)
            rows.service_variant.append((self.service, variant, asked, minutes, position))
        self.service += 1
        return max(minutes for _, _, minutes in chosen)

    def _private_time(self, week: Week, zone: str) -> Iterator[tuple[datetime, datetime]]:
        """One in five stretches of four weeks is taken already by somebody's private life."""
        there = ZoneInfo(zone)
        for offset in range(DAYS):
            day = self.today + timedelta(days=offset)
            if day.weekday() == 6:
                continue
            for begin, end in week[day.weekday()]:
                if self.random.random() <= 0.2:
                    yield (
                        datetime.combine(day, time(begin), there).astimezone(UTC),
                        datetime.combine(day, time(end), there).astimezone(UTC),
                    )


def _room(week: Week) -> int:
    """Minutes of the longest stretch."""
    return max(end - begin for day in week for begin, end in day) * 60


async def _next_ids(connection: asyncpg.Connection) -> tuple[int, int]:
    """The first free ids of users and services, with both tables held until we are done."""
    await connection.execute("LOCK TABLE users, service IN SHARE ROW EXCLUSIVE MODE")
    row = await connection.fetchrow(
        "SELECT (SELECT coalesce(max(id), 0) + 1 FROM users),"
        " (SELECT coalesce(max(id), 0) + 1 FROM service)"
    )
    assert row is not None
    return row[0], row[1]


async def _set_sequences(connection: asyncpg.Connection) -> None:
    for table in ("users", "service"):
        await connection.execute(
            f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))"
        )
