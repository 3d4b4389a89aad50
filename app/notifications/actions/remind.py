"""Reminding both sides of a booking that comes near."""

from typing import Any

from app.core.database import fetch, fetch_one, transaction
from app.core.jobs import Due, enqueue
from app.notifications.actions.notify import notify
from app.notifications.letters import about_reminder
from app.notifications.queries import JOINED_SIDES, SIDES
from app.notifications.tables import Kind


async def find_reminders() -> None:
    """Have both sides reminded of what begins within a day, and again within two hours.

    Also after nobody looked for a while: one that comes too late is left out. Whoever has agreed on
    a time only since then has just been told of it.
    """
    async with transaction():
        due = await fetch(
            """
            INSERT INTO reminder (booking, hours, starts_at)
            SELECT b.id, lead.hours, b.starts_at
            FROM (VALUES (24, 2), (2, 0)) lead (hours, least)
            JOIN booking b ON b.status = 'confirmed'
                AND b.starts_at > now() + make_interval(hours => lead.least)
                AND b.starts_at <= now() + make_interval(hours => lead.hours)
            WHERE NOT EXISTS (
                SELECT FROM booking_event e WHERE e.booking = b.id
                    AND e.created_at > b.starts_at - make_interval(hours => lead.hours)
            ) AND NOT EXISTS (
                SELECT FROM reminder r WHERE r.booking = b.id AND r.hours = lead.hours
                    AND r.starts_at = b.starts_at
            )
            ON CONFLICT ON CONSTRAINT reminder_once DO NOTHING RETURNING id
            """
        )
        if due:
            await enqueue(*(Due("remind", row["id"]) for row in due))


async def remind(reminder: int) -> None:
    """Tell both sides, once, unless the booking has moved, is off or comes too soon by now."""
    async with transaction():
        due = await _take(reminder)
        if due is None:
            return
        for side in ("customer", "provider"):
            await notify(
                due[side],
                Kind.REMINDER,
                f"reminder {due['id']}",
                about_reminder(due, side),
                booking=due["booking"],
                starts_at=due["starts_at"],
            )


async def _take(reminder: int) -> Any | None:
    """The reminder with its booking and both sides, marked as told; None if it is not due."""
    return await fetch_one(
        f"""
        WITH still AS (
            SELECT r.id FROM reminder r JOIN booking b ON b.id = r.booking
            WHERE r.id = $1 AND r.told_at IS NULL AND b.status = 'confirmed'
                AND b.starts_at = r.starts_at AND b.starts_at > now()
                    + CASE r.hours WHEN 24 THEN interval '2 h' ELSE interval '0' END
            -- Whoever moves or cancels it comes before or after, not meanwhile.
            FOR SHARE OF b
        )
        UPDATE reminder r SET told_at = now()
        FROM still, booking b {JOINED_SIDES}
        WHERE r.id = still.id AND b.id = r.booking
        RETURNING r.id, r.hours, b.id AS booking, b.code, b.status, b.zone, b.starts_at,
            b.service_name, b.variant_name, {SIDES}
        """,
        reminder,
    )
