"""The week that comes again and again."""

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from app.agenda.actions.changing import changing
from app.agenda.queries import bookings_outside
from app.core.database import fetch


class Stretch(NamedTuple):
    """Wall-clock hours of a weekday (1 is Monday); closing at or before opening is next day."""

    weekday: int
    opens: time
    closes: time


async def set_weekly_hours(provider: int, week: Sequence[Stretch]) -> int:
    """Work these hours from today on; gives how many bookings now lie outside of them."""
    async with changing(provider):
        await fetch("DELETE FROM weekly_hours WHERE provider = $1", provider)
        await fetch(
            """
            INSERT INTO weekly_hours (provider, weekday, opens, closes)
            SELECT $1, * FROM unnest($2::smallint[], $3::time[], $4::time[])
            """,
            provider,
            [stretch.weekday for stretch in week],
            [stretch.opens for stretch in week],
            [stretch.closes for stretch in week],
        )
        return await bookings_outside(provider)
