from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from app.core.database import fetch
from app.core.time import now

# How far the search for the next free time looks.
HORIZON = timedelta(days=90)


async def free_starts(
    provider: int, minutes: int, earliest: datetime, latest: datetime, most: int | None = None
) -> list[datetime]:
    """When a booking of so many minutes can start, in order."""
    rows = await fetch(
        "SELECT start FROM free_starts($1, make_interval(mins => $2), $3, $4, NULL) start LIMIT $5",
        provider,
        minutes,
        earliest,
        latest,
        most,
    )
    return [row["start"] for row in rows]


async def free_days(
    provider: int, minutes: int, zone: str, first: date, days: int
) -> dict[date, list[datetime]]:
    """The starts from a day on, by day of the provider's calendar; days without any are empty."""
    there = ZoneInfo(zone)
    begin, end = (
        datetime.combine(first + timedelta(days=offset), time(), there) for offset in (0, days)
    )
    # Strictly before the end: its first instant belongs to the next day.
    starts = await free_starts(
        provider, minutes, max(begin, now()), end - timedelta(microseconds=1)
    )
    found = {
        day: list(group) for day, group in groupby(starts, lambda t: t.astimezone(there).date())
    }
    return {day: found.get(day, []) for day in (first + timedelta(days=n) for n in range(days))}


async def next_free_start(provider: int, minutes: int, zone: str, after: date) -> datetime | None:
    """The first start on a later day of the provider's calendar."""
    begin = datetime.combine(after + timedelta(days=1), time(), ZoneInfo(zone))
    starts = await free_starts(provider, minutes, begin, begin + HORIZON, most=1)
    return starts[0] if starts else None
