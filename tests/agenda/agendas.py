"""Agendas for property tests: drawn at random, written straight into the database, any day."""

import csv
import os
import re
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.places.data import SOURCE
from tests.agenda.slow_hours import DAY, Hours, Period, at_midnight, change_days, first_showing

# `make campaign` asks for many times as many.
EXAMPLES = int(os.environ.get("CAMPAIGN_EXAMPLES", 0))
FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2030, 12, 31)
MINUTE = timedelta(minutes=1)
# Beside Brazil's: half an hour of daylight saving, two hours of it, an offset of 45 minutes, and a
# clock that is put back at midnight.
OTHER_ZONES = [
    "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "America/Noronha",
    "Atlantic/Azores", "Europe/Dublin", "Antarctica/Troll", "Pacific/Chatham", "America/Havana",
    "America/St_Johns", "Asia/Kolkata", "UTC",
]  # fmt: skip
with SOURCE.open(encoding="utf-8", newline="") as _file:
    ZONES = sorted({row["zone"] for row in csv.DictReader(_file)} | set(OTHER_ZONES))
CHANGING_ZONES = [zone for zone in ZONES if change_days(zone)]


def examples(few: int) -> settings:
    """So many in every run of the tests, the same ones each time; in a campaign many others."""
    return settings(
        max_examples=EXAMPLES or few,
        deadline=None,
        database=None,
        derandomize=not EXAMPLES,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def zones_and_days(draw, longest: int = 12) -> tuple[str, date, date]:
    """A zone and a first and a last day there, more often than not around a clock change."""
    zone = draw(st.sampled_from(CHANGING_ZONES) | st.sampled_from(ZONES))
    known = [day for day in change_days(zone) if FIRST_DAY <= day <= LAST_DAY]
    any_day = st.dates(FIRST_DAY, LAST_DAY)
    if known:
        near = st.tuples(st.sampled_from(known), st.integers(0, 3))
        any_day = near.map(lambda near: near[0] - near[1] * DAY) | any_day
    first = draw(any_day)
    return zone, first, first + draw(st.integers(0, longest)) * DAY


# Clocks are changed in the small hours.
_hour = st.sampled_from([0, 1, 2, 3, 23]) | st.integers(0, 23)
wall_times = st.builds(
    time, _hour, st.sampled_from([0, 30]) | st.integers(0, 11).map(lambda n: 5 * n)
)
weeks = st.lists(
    st.builds(Hours, st.integers(1, 7), wall_times, wall_times),
    max_size=14,
    # The database wants it so.
    unique_by=lambda stretch: (stretch.weekday, stretch.opens),
)


def periods(first: date, last: date, most: int, longest_minutes: int = 2880):
    """Some between two days, to the minute; they may overlap."""
    begin = at_midnight(first).replace(tzinfo=UTC) - DAY
    minutes = int((last - first + 3 * DAY) / MINUTE)
    # On the quarter, so that some touch.
    starts = st.integers(0, minutes // 15).map(lambda n: 15 * n) | st.integers(0, minutes)
    lengths = st.integers(1, longest_minutes // 15).map(lambda n: 15 * n) | st.integers(
        1, longest_minutes
    )
    return st.lists(
        st.builds(
            lambda start, length: Period(begin + start * MINUTE, begin + (start + length) * MINUTE),
            starts,
            lengths,
        ),
        max_size=most,
    )


def apart(some: list[Period]) -> list[Period]:
    """Those of them that overlap none before them, in order; they may touch."""
    kept: list[Period] = []
    for period in some:
        if all(period.ends <= other.begins or other.ends <= period.begins for other in kept):
            kept.append(period)
    return sorted(kept)


async def write_agenda(
    connection: asyncpg.Connection,
    provider: int,
    zone: str,
    weekly: list[Hours],
    extra: list[Period] = [],  # noqa: B006
    off: list[Period] = [],  # noqa: B006
) -> None:
    """In place of what there was; slots stay."""
    await connection.execute(
        "UPDATE agenda_settings SET zone = $2 WHERE provider = $1", provider, zone
    )
    for table in ("weekly_hours", "extra_hours", "time_off"):
        await connection.execute(f"DELETE FROM {table} WHERE provider = $1", provider)
    await connection.executemany(
        "INSERT INTO weekly_hours (provider, weekday, opens, closes) VALUES ($1, $2, $3, $4)",
        [(provider, *stretch) for stretch in weekly],
    )
    for table, some in (("extra_hours", extra), ("time_off", off)):
        await connection.executemany(
            f"INSERT INTO {table} (provider, starts_at, ends_at) VALUES ($1, $2, $3)",
            [(provider, *period) for period in some],
        )


async def working_time_in_sql(
    connection: asyncpg.Connection, provider: int, zone: str, first: date, last: date
) -> list[Period]:
    """What the database says, from the midnight before the first day to that after the last."""
    rows = await connection.fetch(
        """
        SELECT lower(stretch), upper(stretch)
        FROM unnest(working_time($1, $2, $3) * tstzmultirange(tstzrange($4, $5))) stretch
        """,
        provider,
        first - DAY,
        last,
        first_showing(at_midnight(first), zone),
        first_showing(at_midnight(last + DAY), zone),
    )
    return [Period(*row) for row in rows]


async def slots_of(
    connection: asyncpg.Connection, provider: int, *, taken: bool = False
) -> list[Period]:
    rows = await connection.fetch(
        "SELECT starts_at, ends_at FROM slot WHERE provider = $1 AND taken = $2 ORDER BY 1",
        provider,
        taken,
    )
    return [Period(*row) for row in rows]


async def let_tests_say_what_time_it_is(connection: asyncpg.Connection) -> None:
    """Make the agenda's functions ask stand_at's clock, until the open transaction is undone."""
    for name in ("write_free_time", "free_starts"):
        definition = await connection.fetchval(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = $1", name
        )
        clock = "current_setting('tests.now')::timestamptz"
        changed, count = re.subn(r"\bnow\(\)", clock, definition)
        assert count, f"{name} asks for no time"
        await connection.execute(changed)


async def stand_at(connection: asyncpg.Connection, instant: datetime) -> None:
    await connection.execute("SELECT set_config('tests.now', $1, true)", instant.isoformat())
