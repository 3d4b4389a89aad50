"""A believable marketplace of any size, the same for the same arguments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import cos, radians
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
# Stretches of a working day, in hours of the wall clock.
MORNING, AFTERNOON, EVENING = (8, 12), (13, 18), (18, 21)
# Whoever sells longer variants than fit these works without a break at noon.
LONGEST_STRETCH_MINUTES = 240
WHOLE_DAYS = ((((8, 18),),) * 5) + ((MORNING,),)
# Monday to Saturday; each other provider keeps one of these.
WEEKS = (
    ((MORNING, AFTERNOON),) * 5 + ((),),
    ((MORNING, AFTERNOON),) * 5 + ((MORNING,),),
    ((AFTERNOON, EVENING),) * 5 + ((MORNING, AFTERNOON),),
    ((MORNING,),) * 5 + ((),),
    ((), (), (MORNING, AFTERNOON), (MORNING, AFTERNOON), (MORNING, AFTERNOON), (MORNING,)),
)
# What a price is multiplied by: the dear, the usual, the cheap.
LEVELS = (Decimal("0.85"), Decimal(1), Decimal(1), Decimal("1.15"), Decimal("1.3"))

Row = tuple[Any, ...]
Week = tuple[tuple[tuple[int, int], ...], ...]


@dataclass
class Rows:
    """What one batch adds to each table."""

    users: list[Row] = field(default_factory=list)
    agenda_settings: list[Row] = field(default_factory=list)
    service: list[Row] = field(default_factory=list)
    service_variant: list[Row] = field(default_factory=list)
    slot: list[Row] = field(default_factory=list)


COLUMNS = {
    "users": ("id", "email", "name", "password_hash", "role", "created_at"),
    "agenda_settings": ("provider", "zone", "step_minutes"),
    "service": (
        "id", "provider", "category", "place", "name", "description", "latitude", "longitude",
        "radius_km", "created_at",
    ),
    "service_variant": ("service", "name", "price", "duration_minutes", "position"),
    "slot": ("provider", "starts_at", "ends_at"),
}  # fmt: skip


async def seed(
    connection: asyncpg.Connection,
    *,
    providers: int,
    random_seed: int,
    today: date,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Add so many providers with services and free times for four weeks, in one transaction."""
    async with connection.transaction():
        places = await connection.fetch(
            "SELECT id, name, latitude, longitude, population, zone FROM place"
            " WHERE population > 0 ORDER BY population DESC, id"
        )
        rows = await connection.fetch("SELECT slug, id FROM category ORDER BY id")
        categories = {row["slug"]: row["id"] for row in rows}
        first = await _next_ids(connection)
        maker = Maker(Random(random_seed), places, categories, today, *first)
        for done in range(0, providers, BATCH):
            batch = maker.make(min(BATCH, providers - done))
            for table, columns in COLUMNS.items():
                await connection.copy_records_to_table(
                    table, records=getattr(batch, table), columns=columns
                )
            if providers > BATCH:
                progress(f"{min(done + BATCH, providers)} of {providers} providers")
        await _set_sequences(connection)


class Maker:
    """Makes rows out of one stream of random numbers."""

    def __init__(
        self,
        random: Random,
        places: list[Any],
        categories: dict[str, int],
        today: date,
        first_user: int,
        first_service: int,
    ) -> None:
        self.random = random
        self.places = places
        self.weights = [place["population"] for place in places]
        self.categories = categories
        self.today = today
        self.midnight = datetime.combine(today, time(), UTC)
        self.user, self.service = first_user, first_service

    def make(self, providers: int) -> Rows:
        rows = Rows()
        for place in self.random.choices(self.places, self.weights, k=providers):
            self._add_provider(rows, place)
        return rows

    def _add_provider(self, rows: Rows, place: Any) -> None:
        random = self.random
        name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
        email = f"{search_key(name).replace(' ', '.')}.{self.user}@exemplo.test"
        since = self.midnight - timedelta(days=random.randint(1, 900))
        # "!" is no hash, so nobody signs in as them.
        rows.users.append((self.user, email, name, "!", "provider", since))
        rows.agenda_settings.append((self.user, place["zone"], 30))
        first_variant = len(rows.service_variant)
        for slug in random.sample(sorted(self.categories), random.choice((1, 1, 2, 3))):
            self._add_service(rows, slug, place, since)
        longest = max(minutes for *_, minutes, _ in rows.service_variant[first_variant:])
        week = random.choice(WEEKS) if longest <= LONGEST_STRETCH_MINUTES else WHOLE_DAYS
        rows.slot += ((self.user, *stretch) for stretch in self._free_time(week, place["zone"]))
        self.user += 1

    def _add_service(self, rows: Rows, slug: str, place: Any, since: datetime) -> None:
        random, recipe = self.random, RECIPES[slug]
        opening = random.choice(OPENINGS).format(years=random.randint(2, 30), place=place["name"])
        description = " ".join((opening, *random.sample(recipe.says, 2), random.choice(CLOSINGS)))
        north, east = random.gauss(0, 2), random.gauss(0, 2)
        degree_east_km = DEGREE_KM * cos(radians(place["latitude"]))
        rows.service.append((
            self.service, self.user, self.categories[slug], place["id"],
            random.choice(recipe.names), description,
            place["latitude"] + north / DEGREE_KM, place["longitude"] + east / degree_east_km,
            random.choice((5, 10, 15, 25)), since,
        ))  # fmt: skip
        level = random.choice(LEVELS)
        count = random.randint(1, len(recipe.variants))
        chosen = sorted(random.sample(range(len(recipe.variants)), count))
        for position, (name, price, minutes) in enumerate(recipe.variants[n] for n in chosen):
            # In steps of five reais, as people ask.
            asked = max(Decimal(5), (price * level / 5).quantize(Decimal(1)) * 5)
            rows.service_variant.append((self.service, name, asked, minutes, position))
        self.service += 1

    def _free_time(self, week: Week, zone: str) -> Iterator[tuple[datetime, datetime]]:
        """The free stretches of four weeks; wall-clock hours where the provider lives."""
        there = ZoneInfo(zone)
        for offset in range(DAYS):
            day = self.today + timedelta(days=offset)
            if day.weekday() == 6:
                continue
            for begin, end in week[day.weekday()]:
                starts_at = datetime.combine(day, time(begin), there).astimezone(UTC)
                ends_at = datetime.combine(day, time(end), there).astimezone(UTC)
                # One in five is taken already by somebody's private life.
                if self.random.random() > 0.2:
                    yield starts_at, ends_at


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
