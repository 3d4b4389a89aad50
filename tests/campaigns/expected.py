"""Whether a time can be had, by the slow model, from what stands in the database."""

from datetime import datetime, timedelta

from app.core.database import fetch, fetch_one
from app.core.time import now
from tests.agenda.slow_hours import Period
from tests.agenda.slow_starts import Rules, Taken, is_free_for, slow_starts
from tests.campaigns.truths import count_outside

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Nearer than this to the notice or the horizon, the time that passes may decide.
BLURRED = timedelta(minutes=2)


async def somebody_waits(provider: int) -> bool:
    return bool(
        await fetch(
            "SELECT w.id FROM waitlist_entry w JOIN service s ON s.id = w.service"
            " WHERE s.provider = $1 AND w.booking IS NULL",
            provider,
        )
    )


async def can_be_had(
    service: int,
    starts_at: datetime,
    duration: timedelta,
    holder: int | None,
    given_up: int | None = None,
) -> bool | None:
    """By the slow model; None where passing seconds or edited hours may decide.

    A hold counts as free time until it is given back; but where nobody works any more by
    then, nothing comes back.
    given_up: a taken slot that counts as free.
    """
    row = await fetch_one(
        "SELECT a.*, s.provider FROM agenda_settings a JOIN service s"
        " ON s.provider = a.provider WHERE s.id = $1",
        service,
    )
    rules = Rules(
        row["zone"],
        row["step_minutes"],
        row["buffer_before_minutes"],
        row["buffer_after_minutes"],
        row["notice_minutes"],
        row["horizon_days"],
    )
    moment = now()
    for edge in (moment + rules.notice * MINUTE, moment + rules.horizon * DAY):
        if abs(starts_at - edge) < BLURRED:
            return None
    free, taken = [], []
    for slot in await fetch("SELECT * FROM slot WHERE provider = $1", row["provider"]):
        period = Period(slot["starts_at"], slot["ends_at"])
        if not slot["taken"] or slot["id"] == given_up:
            free.append(period)
            continue
        taken.append(
            Taken(
                period,
                slot["buffer_before_minutes"],
                slot["buffer_after_minutes"],
                slot["held_by"],
                slot["held_until"],
            )
        )
    ended = [hold.period for hold in taken if is_free_for(hold, holder, moment)]
    if await count_outside(row["provider"], ended):
        return None
    return starts_at in slow_starts(
        rules, free, taken, duration, starts_at, starts_at, holder, moment
    )
