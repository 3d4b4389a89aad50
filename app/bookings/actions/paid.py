"""What becomes of a time that was kept until it is paid."""

from typing import Any

from app.bookings.actions.making import enqueue_next, status_when_kept, tell_pages
from app.bookings.tables import Status
from app.core.database import fetch_one


async def book_paid(booking: Any) -> bool:
    """Make a booking of what is held, on its locked agenda; whether it was still held.

    Also when it should have been paid by now, as long as nobody else has taken the time.
    """
    if booking["status"] != Status.HELD:
        return False
    rules = await fetch_one(
        "SELECT instant, answer_minutes FROM agenda_settings WHERE provider = $1",
        booking["provider"],
    )
    status, expires_at = status_when_kept(rules, booking["starts_at"])
    booked = await fetch_one(
        """
        WITH booked AS (
            UPDATE booking SET status = $2, expires_at = $3, revision = revision + 1
            WHERE id = $1
            RETURNING id, code, slot, provider, customer, starts_at, status,
                expires_at - now() AS expires_in
        ), kept AS (
            UPDATE slot SET held_until = NULL, held_by = NULL
            FROM booked WHERE slot.id = booked.slot
        ), event AS (
            INSERT INTO booking_event (booking, provider, actor, status, starts_at)
            SELECT id, provider, customer, status, starts_at FROM booked
            RETURNING id
        )
        SELECT booked.id, booked.code, booked.status, booked.expires_in, event.id AS event
        FROM booked, event
        """,
        booking["id"],
        status.value,
        expires_at,
    )
    await enqueue_next(booked)
    tell_pages(booking["provider"], booking["customer"])
    return True
