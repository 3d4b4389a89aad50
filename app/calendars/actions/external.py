"""Other calendars of a provider, whose busy times are time off here."""

from datetime import UTC, timedelta
from typing import Any

import asyncpg
import structlog

from app.agenda.actions.changing import changing
from app.agenda.actions.time_off import replace_busy_times
from app.calendars.apart import busy_periods_apart
from app.calendars.errors import AddedAlready, BadAddress, TooManyCalendars
from app.calendars.fetching import clean_address, fetch_calendar
from app.calendars.forms import ExternalCalendarForm
from app.calendars.problems import CannotRead
from app.calendars.queries import calendar_to_read
from app.core import limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.core.outside import Reach
from app.core.time import now

log = structlog.get_logger()

MOST_CALENDARS = 5
# Not all within the same second.
SPREAD = timedelta(minutes=10)


async def add_calendar(provider: int, form: ExternalCalendarForm) -> None:
    """Read an address from now on, for the first time at once.

    Raises:
        BadAddress, AddedAlready, TooManyCalendars, TooMany.
    """
    try:
        address = clean_address(form.address)
    except CannotRead as error:
        raise BadAddress from error
    await limits.take(limits.READING, str(provider))
    async with transaction():
        # Locked, so that two at once are not one too many.
        if not await fetch("SELECT FROM users WHERE id = $1 AND active FOR UPDATE", provider):
            raise NotFound
        urls = await fetch("SELECT url FROM external_calendar WHERE provider = $1", provider)
        if address in {row["url"] for row in urls}:
            raise AddedAlready
        if len(urls) >= MOST_CALENDARS:
            raise TooManyCalendars
        added = await fetch_one(
            "INSERT INTO external_calendar (provider, name, url) VALUES ($1, $2, $3) RETURNING id",
            provider,
            form.name,
            address,
        )
        await enqueue(Due("read_calendar", added["id"]))


async def ask_reading(provider: int, calendar: int) -> None:
    """Have a calendar read at once, whatever the server says of what has changed.

    Raises:
        NotFound: the provider has no such. TooMany.
    """
    await limits.take(limits.READING, str(provider))
    async with transaction():
        found = await fetch_one(
            "UPDATE external_calendar SET etag = '' WHERE id = $1 AND provider = $2 RETURNING id",
            calendar,
            provider,
        )
        if found is None:
            raise NotFound
        await enqueue(Due("read_calendar", calendar))


async def remove_calendar(provider: int, calendar: int) -> None:
    """Forget a calendar and the time off that came from it.

    Raises:
        NotFound: the provider has no such.
    """
    async with changing(provider):
        # Its time off goes with it, by the foreign key.
        if not await fetch(
            "DELETE FROM external_calendar WHERE id = $1 AND provider = $2 RETURNING id",
            calendar,
            provider,
        ):
            raise NotFound


async def ask_all_readings() -> None:
    """Have every calendar read that somebody still works by, spread over some minutes."""
    async with transaction():
        rows = await fetch(
            "SELECT c.id FROM external_calendar c JOIN users u ON u.id = c.provider AND u.active"
        )
        if rows:
            # Each at the same place of every round.
            await enqueue(
                *(Due("read_calendar", row["id"], row["id"] % 60 * SPREAD / 60) for row in rows)
            )


async def read_calendar(calendar: int, reach: Reach | None = None) -> None:
    """Take over what a calendar says now; if it can't be read, what it said before stays.

    What went wrong is kept with it, as a code.
    """
    row = await calendar_to_read(calendar)
    if row is None:
        return
    try:
        fetched = await fetch_calendar(row["url"], _etag(row), reach)
        if fetched is None:
            await _well(calendar, row["etag"])
            return
        # Two days more, so that nothing is missing before the first reading of tomorrow.
        first, last = now() - timedelta(days=1), now() + timedelta(days=row["days"] + 2)
        busy = await busy_periods_apart(fetched.content, row["zone"], first, last)
    except CannotRead as error:
        log.info("calendars.unread", calendar=calendar, problem=error.problem.value)
        await fetch(
            "UPDATE external_calendar SET error = $2, etag = '' WHERE id = $1",
            calendar,
            error.problem.value,
        )
        return
    try:
        await replace_busy_times(row["provider"], calendar, busy)
    except asyncpg.ForeignKeyViolationError:
        # Removed while it was being read.
        return
    await _well(calendar, fetched.etag)


def _etag(row: Any) -> str:
    """What to ask with: nothing on the first reading of a day, since each day shows one more."""
    read_today = row["synced_at"] and row["synced_at"].astimezone(UTC).date() == now().date()
    return str(row["etag"]) if read_today and not row["error"] else ""


async def _well(calendar: int, etag: str) -> None:
    await fetch(
        "UPDATE external_calendar SET synced_at = now(), error = '', etag = $2 WHERE id = $1",
        calendar,
        etag,
    )
