from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app.core.database import fetch, fetch_one
from app.core.time import now

# Beyond this no agenda is open.
FARTHEST = timedelta(days=366)

# What is booked of the time of provider $1 and lies outside of their hours as they are now.
OUTSIDE = """
    FROM slot JOIN agenda_settings a ON a.provider = slot.provider
    CROSS JOIN LATERAL (
        SELECT working_time(slot.provider,
            (slot.starts_at AT TIME ZONE a.zone)::date - 1,
            (slot.ends_at AT TIME ZONE a.zone)::date) AS hours
    ) then_open
    WHERE slot.provider = $1 AND slot.taken AND slot.held_until IS NULL
        AND slot.ends_at > now()
        AND NOT tstzrange(slot.starts_at, slot.ends_at) <@ then_open.hours
"""


async def free_starts(
    service: int,
    minutes: int,
    earliest: datetime,
    latest: datetime,
    *,
    holder: int | None = None,
    most: int | None = None,
) -> list[datetime]:
    """When a booking of so many minutes can start, in order.

    holder: the customer who asks; what they hold counts as free for them.
    """
    rows = await fetch(
        """
        SELECT start FROM free_starts($1, make_interval(mins => $2), $3, $4, NULL, $5) start
        LIMIT $6
        """,
        service,
        minutes,
        earliest,
        latest,
        holder,
        most,
    )
    return [row["start"] for row in rows]


async def nearest_free_starts(
    service: int, minutes: int, wanted: datetime, most: int, *, holder: int | None = None
) -> list[datetime]:
    """The times that can be had nearest to a wanted one, in order."""
    rows = await fetch(
        """
        SELECT start FROM (
            SELECT start FROM (
                SELECT start FROM free_starts($1, make_interval(mins => $2), $3, $4, NULL, $5) start
                ORDER BY start DESC LIMIT $7
            ) before
            UNION ALL
            (SELECT start FROM free_starts($1, make_interval(mins => $2), $4, $6, NULL, $5) start
             WHERE start > $4 LIMIT $7)
        ) around
        ORDER BY abs(extract(epoch FROM start - $4)) LIMIT $7
        """,
        service,
        minutes,
        now(),
        max(wanted, now()),
        holder,
        now() + FARTHEST,
        most,
    )
    return sorted(row["start"] for row in rows)


async def free_days(
    service: int, minutes: int, zone: str, first: date, days: int, *, holder: int | None = None
) -> dict[date, list[datetime]]:
    """The starts from a day on, by day of the provider's calendar; days without any are empty."""
    there = ZoneInfo(zone)
    begin, end = (
        datetime.combine(first + timedelta(days=offset), time(), there) for offset in (0, days)
    )
    # Strictly before the end: its first instant belongs to the next day.
    starts = await free_starts(
        service, minutes, max(begin, now()), end - timedelta(microseconds=1), holder=holder
    )
    found = {
        day: list(group) for day, group in groupby(starts, lambda t: t.astimezone(there).date())
    }
    return {day: found.get(day, []) for day in (first + timedelta(days=n) for n in range(days))}


async def next_free_start(service: int, minutes: int, zone: str, after: date) -> datetime | None:
    """The first start on a later day of the provider's calendar."""
    begin = datetime.combine(after + timedelta(days=1), time(), ZoneInfo(zone))
    starts = await free_starts(service, minutes, begin, begin + FARTHEST, most=1)
    return starts[0] if starts else None


async def held_times(provider: int, customer: int) -> list[datetime]:
    """When the times begin that a customer holds of a provider now."""
    rows = await fetch(
        """
        SELECT starts_at FROM slot WHERE provider = $1 AND held_by = $2 AND held_until > now()
        ORDER BY starts_at
        """,
        provider,
        customer,
    )
    return [row["starts_at"] for row in rows]


async def bookings_outside(provider: int) -> int:
    """How many coming bookings lie outside of what are the provider's hours now."""
    row = await fetch_one(f"SELECT count(*) AS outside {OUTSIDE}", provider)
    return int(row["outside"])


async def hours_of(provider: int) -> list[Any]:
    """The weekly stretches, in order: weekday (1 is Monday), opens, closes."""
    return await fetch(
        """
        SELECT weekday, opens, closes FROM weekly_hours WHERE provider = $1
        ORDER BY weekday, opens
        """,
        provider,
    )


async def exceptions_of(provider: int, since: datetime, until: datetime) -> list[Any]:
    """Time off and extra hours between two instants, in order; calendar: where it was read."""
    return await fetch(
        """
        SELECT 'off' AS kind, o.id, o.starts_at, o.ends_at, o.note, c.name AS calendar
        FROM time_off o LEFT JOIN external_calendar c ON c.id = o.calendar
        WHERE o.provider = $1 AND o.ends_at > $2 AND o.starts_at < $3
        UNION ALL
        SELECT 'extra', e.id, e.starts_at, e.ends_at, '', NULL FROM extra_hours e
        WHERE e.provider = $1 AND e.ends_at > $2 AND e.starts_at < $3
        ORDER BY starts_at, kind
        """,
        provider,
        since,
        until,
    )


async def booked_days(provider: int, zone: str, days: list[date]) -> dict[date, int]:
    """How many bookings lie on each of these days of the provider's calendar."""
    rows = await fetch(
        """
        SELECT day, count(*) AS bookings
        FROM unnest($3::date[]) day JOIN slot ON slot.provider = $1 AND slot.taken
            AND slot.held_until IS NULL AND slot.starts_at < wall_clock(day + interval '1 day', $2)
            AND slot.ends_at > wall_clock(day, $2)
        GROUP BY day
        """,
        provider,
        zone,
        days,
    )
    return {row["day"]: row["bookings"] for row in rows}


async def service_rules_of(provider: int) -> list[Any]:
    """The services, each with the rules in which it differs."""
    return await fetch(
        """
        SELECT id, name, step_minutes, buffer_before_minutes, buffer_after_minutes,
            notice_minutes, horizon_days
        FROM service WHERE provider = $1 AND active ORDER BY id
        """,
        provider,
    )
