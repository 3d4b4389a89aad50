from decimal import Decimal
from typing import Any, NamedTuple

from app.bookings.tables import Status
from app.core.database import fetch, fetch_one


async def payout_account_of(provider: int) -> Any | None:
    return await fetch_one(
        "SELECT pix_key, changed_at FROM payout_account WHERE provider = $1", provider
    )


async def prepaid_services_of(provider: int) -> list[Any]:
    """A provider's services with what is paid beforehand, and the platform's share of each."""
    return await fetch(
        """
        SELECT s.id, s.name, s.prepaid_percent, s.price_from, c.name_pt, c.name_en,
            c.commission_percent
        FROM service s JOIN category c ON c.id = s.category
        WHERE s.provider = $1 AND s.active ORDER BY s.name, s.id
        """,
        provider,
    )


class Receipt(NamedTuple):
    """BRL. refunds: with done_at, null while one is on its way. rest: of the price, what is paid on
    the spot, or is to be."""

    payments: list[Any]
    refunds: list[Any]
    rest: Decimal


async def receipt_of(booking: Any) -> Receipt:
    """What was paid for a booking by what, and given back, in order."""
    payments = await fetch(
        """
        SELECT s.amount, p.method, p.gateway, p.paid_at
        FROM payment_share s JOIN payment p ON p.id = s.payment
        WHERE s.booking = $1 AND p.state = 'paid' ORDER BY p.paid_at, s.id
        """,
        booking["id"],
    )
    refunds = await fetch(
        """
        SELECT r.amount, r.done_at FROM refund r JOIN payment_share s ON s.id = r.share
        WHERE s.booking = $1 ORDER BY r.id
        """,
        booking["id"],
    )
    rest = Decimal(0)
    if booking["status"] in {Status.PENDING, Status.CONFIRMED, Status.COMPLETED}:
        given_back = sum((refund["amount"] for refund in refunds), Decimal(0))
        rest = max(booking["price"] - booking["paid"] + given_back, Decimal(0))
    return Receipt(payments, refunds, rest)
