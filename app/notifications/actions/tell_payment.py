from typing import Any

from app.core.database import fetch_one, transaction
from app.notifications.actions.notify import notify
from app.notifications.letters import about_payment
from app.notifications.tables import Kind
from app.payments.tables import PaymentEventKind


async def tell_payment(event: int) -> None:
    """Tell a customer what has happened to their money, once.

    The provider too where money went away that their booking counted upon.
    """
    async with transaction():
        happened = await _take(event)
        if happened is None:
            return
        await _tell(happened, "customer")
        if happened["kind"] == PaymentEventKind.FAILED and happened["status"] != "held":
            await _tell(happened, "provider")


async def _tell(happened: Any, side: str) -> None:
    await notify(
        happened[side],
        Kind.PAYMENT,
        f"payment {happened['id']}",
        about_payment(happened, side),
        booking=happened["booking"],
        starts_at=happened["starts_at"],
    )


async def _take(event: int) -> Any | None:
    """The event with its booking and both sides, marked as told; None if it was told before."""
    return await fetch_one(
        """
        WITH told AS (
            UPDATE payment_event SET told_at = now() WHERE id = $1 AND told_at IS NULL
            RETURNING id, share, kind, amount
        )
        SELECT told.id, told.kind, told.amount, p.state = 'reserved' AS reserved, s.booking, b.code,
            b.status, b.starts_at, b.zone, b.customer, b.provider, b.service_name, b.variant_name,
            customer.name AS customer_name, customer.language AS customer_language,
            coalesce(nullif(customer.zone, ''), b.zone) AS customer_zone,
            provider.name AS provider_name, provider.language AS provider_language,
            coalesce(nullif(provider.zone, ''), b.zone) AS provider_zone
        FROM told
        JOIN payment_share s ON s.id = told.share
        JOIN payment p ON p.id = s.payment
        JOIN booking b ON b.id = s.booking
        JOIN users customer ON customer.id = b.customer
        JOIN users provider ON provider.id = b.provider
        """,
        event,
    )
