"""What time does to a booking."""

from datetime import timedelta

from app.bookings.actions.life import lock_booking, move
from app.bookings.tables import Status
from app.core.database import fetch, retried, transaction
from app.core.time import now

# So long after its end a booking counts as done, if nobody says otherwise.
COMPLETED_AFTER = timedelta(hours=2)


@retried
async def expire_booking(booking: int) -> None:
    """Give up what is held or unanswered for too long; do nothing if it is not so any more."""
    async with transaction():
        found = await lock_booking("b.id = $1", booking)
        if found is None or not found["lapsed"]:
            return
        await move(found, Status.EXPIRED, actor=None)


async def expire_overdue_bookings() -> None:
    """Give up whatever its own job has not."""
    rows = await fetch(
        """
        SELECT id FROM booking
        WHERE status IN ('held', 'pending') AND expires_at < now() - interval '10 s' ORDER BY id
        """
    )
    for row in rows:
        await expire_booking(row["id"])


async def complete_past_bookings() -> None:
    """Let be done what has ended a while ago."""
    rows = await fetch(
        "SELECT id FROM booking WHERE status = 'confirmed' AND ends_at < $1 ORDER BY id",
        now() - COMPLETED_AFTER,
    )
    for row in rows:
        await _complete(row["id"])


@retried
async def _complete(booking: int) -> None:
    async with transaction():
        found = await lock_booking("b.id = $1", booking)
        if found is None or found["status"] != Status.CONFIRMED:
            return
        await move(found, Status.COMPLETED, actor=None)
