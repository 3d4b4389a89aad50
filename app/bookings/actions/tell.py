from typing import Any

from app.bookings.letters import about_move
from app.bookings.tables import Status
from app.core.database import fetch_one, transaction
from app.emails.actions import send_email


async def tell_move(event: int) -> None:
    """Write to both sides about a move of their booking, once.

    The customer always, since it is their receipt; the provider unless they did it themselves, and
    not about a hold, which is its customer's alone.
    """
    async with transaction():
        move = await _take(event)
        # What somebody was offered may be booked by now, or given to the next.
        if move is None or (move["kind"] == "offered" and move["status"] != Status.HELD):
            return
        for side in ("customer",) if move["kind"] == "offered" else ("customer", "provider"):
            by_provider = side == "provider" and move["actor"] == move["provider"]
            if move[f"{side}_gone"] or by_provider:
                continue
            language = move[f"{side}_language"]
            letter = about_move(move, language, to_customer=side == "customer")
            await send_email(move[side], move[f"{side}_email"], language, letter)


async def _take(event: int) -> Any | None:
    """The event with its booking and both sides, marked as told; None if it was told before.

    kind: the status that it led to, or "booked" (confirmed at once), "moved", "offered".
    """
    return await fetch_one(
        """
        WITH told AS (
            UPDATE booking_event SET told_at = now() WHERE id = $1 AND told_at IS NULL
            RETURNING id, booking, actor, status, starts_at, fee
        )
        SELECT told.actor, told.starts_at, before.starts_at AS before, b.code, b.zone, b.customer,
            b.provider, b.service_name, b.variant_name, told.fee, b.status, b.expires_at,
            customer.name AS customer_name, customer.email AS customer_email,
            customer.language AS customer_language, NOT customer.active AS customer_gone,
            provider.name AS provider_name, provider.email AS provider_email,
            provider.language AS provider_language, NOT provider.active AS provider_gone,
            CASE WHEN told.status = 'held' THEN 'offered'
                WHEN before.starts_at <> told.starts_at THEN 'moved'
                WHEN told.status = 'confirmed' AND told.actor = b.customer THEN 'booked'
                ELSE told.status END AS kind
        FROM told
        JOIN booking b ON b.id = told.booking
        JOIN users customer ON customer.id = b.customer
        JOIN users provider ON provider.id = b.provider
        LEFT JOIN LATERAL (
            SELECT e.starts_at FROM booking_event e
            WHERE e.booking = told.booking AND e.id < told.id ORDER BY e.id DESC LIMIT 1
        ) before ON true
        """,
        event,
    )
