"""Exceptions from the week: time off, which wins, and extra hours."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.agenda.actions.changing import changing
from app.agenda.errors import NoPeriod
from app.agenda.queries import bookings_outside
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound

LONGEST = timedelta(days=366)

Period = tuple[datetime, datetime]


async def add_time_off(provider: int, starts_at: datetime, ends_at: datetime, note: str) -> int:
    """Don't work then; gives how many bookings lie outside of the hours now.

    Raises:
        NoPeriod: it ends before it starts, or lasts for more than a year.
    """
    _check(starts_at, ends_at)
    async with changing(provider):
        await fetch(
            "INSERT INTO time_off (provider, starts_at, ends_at, note) VALUES ($1, $2, $3, $4)",
            provider,
            starts_at,
            ends_at,
            note,
        )
        return await bookings_outside(provider)


async def take_days_off(provider: int, days: dict[date, str]) -> int:
    """Don't work on whole days of one's own calendar, each with its note.

    Gives how many bookings lie outside of the hours now.
    """
    async with changing(provider):
        await fetch(
            """
            INSERT INTO time_off (provider, starts_at, ends_at, note)
            SELECT $1, wall_clock(day, zone), wall_clock(day + interval '1 day', zone), note
            FROM agenda_settings, unnest($2::date[], $3::text[]) off (day, note)
            WHERE provider = $1
            """,
            provider,
            list(days.keys()),
            list(days.values()),
        )
        return await bookings_outside(provider)


async def add_extra_hours(provider: int, starts_at: datetime, ends_at: datetime) -> None:
    """Work then after all: what time off the provider entered for it is given up.

    Raises:
        NoPeriod: it ends before it starts, or lasts for more than a year.
    """
    _check(starts_at, ends_at)
    async with changing(provider):
        await fetch(
            """
            WITH cut AS (
                DELETE FROM time_off
                WHERE provider = $1 AND calendar IS NULL AND starts_at < $3 AND ends_at > $2
                RETURNING starts_at, ends_at, note
            ), rest AS (
                INSERT INTO time_off (provider, starts_at, ends_at, note)
                SELECT $1, lower(kept), upper(kept), note
                FROM cut, unnest(
                    tstzmultirange(tstzrange(cut.starts_at, cut.ends_at))
                    - tstzmultirange(tstzrange($2, $3))
                ) kept
            )
            INSERT INTO extra_hours (provider, starts_at, ends_at) VALUES ($1, $2, $3)
            """,
            provider,
            starts_at,
            ends_at,
        )


async def remove_time_off(provider: int, time_off: int) -> None:
    """
    Raises:
        NotFound: the provider has not entered any such.
    """
    await _remove("time_off", "provider = $1 AND id = $2 AND calendar IS NULL", provider, time_off)


async def remove_extra_hours(provider: int, extra_hours: int) -> int:
    """Gives how many bookings lie outside of the hours now.

    Raises:
        NotFound: the provider has no such.
    """
    await _remove("extra_hours", "provider = $1 AND id = $2", provider, extra_hours)
    return await bookings_outside(provider)


async def _remove(table: str, condition: str, provider: int, wanted: int) -> None:
    async with changing(provider):
        query = f"DELETE FROM {table} WHERE {condition} RETURNING id"
        if not await fetch_one(query, provider, wanted):
            raise NotFound


async def replace_busy_times(provider: int, calendar: int, busy: Sequence[Period]) -> None:
    """Take what another calendar says now in place of what it said before."""
    before = await fetch(
        "SELECT starts_at, ends_at FROM time_off WHERE calendar = $1 ORDER BY starts_at", calendar
    )
    # It is asked again and again, and mostly says the same.
    if [(row["starts_at"], row["ends_at"]) for row in before] == sorted(busy):
        return
    async with changing(provider):
        await fetch(
            "DELETE FROM time_off WHERE calendar = $1 AND provider = $2", calendar, provider
        )
        await fetch(
            """
            INSERT INTO time_off (provider, calendar, starts_at, ends_at)
            SELECT $1, $2, * FROM unnest($3::timestamptz[], $4::timestamptz[])
            """,
            provider,
            calendar,
            [starts_at for starts_at, _ in busy],
            [ends_at for _, ends_at in busy],
        )


def _check(starts_at: datetime, ends_at: datetime) -> None:
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise NoPeriod
