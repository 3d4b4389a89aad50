"""Background work on agendas."""

import asyncio

from app.core import live
from app.core.database import fetch, transaction
from app.core.jobs import Schedule

# Providers in one transaction, and transactions side by side.
BATCH, SIDE_BY_SIDE = 100, 2


async def roll_horizon() -> None:
    """Write free time as far as each agenda is open by now, and forget what of it has passed."""
    await asyncio.gather(*(_roll_all() for _ in range(SIDE_BY_SIDE)))
    await fetch("DELETE FROM slot WHERE NOT taken AND ends_at < now() - interval '2 days'")


async def _roll_all() -> None:
    last = 0
    while rolled := await _roll_batch(last):
        last = rolled[-1]


async def _roll_batch(after: int) -> list[int]:
    """Roll some above a provider that are due and that nobody else rolls; gives whose, in order."""
    async with transaction():
        rows = await fetch(
            """
            SELECT provider, write_free_time(provider, written_until) FROM (
                SELECT provider, written_until FROM agenda_settings a
                WHERE provider > $2 AND coalesce(written_until, '-infinity') < wall_clock(
                        (now() AT TIME ZONE zone)::date + make_interval(days => horizon_days + 1),
                        zone)
                    AND EXISTS (SELECT FROM weekly_hours h WHERE h.provider = a.provider)
                ORDER BY provider LIMIT $1 FOR UPDATE SKIP LOCKED
            ) due ORDER BY provider
            """,
            BATCH,
            after,
        )
        live.publish_after_commit(*(f"provider:{row['provider']}" for row in rows))
    return [row["provider"] for row in rows]


SCHEDULES = {"roll_horizon": Schedule("5 * * * *", roll_horizon)}
