"""What pages show of a booking's money."""

from dataclasses import dataclass
from typing import Any

from app.bookings.queries import booking_of
from app.core.database import fetch


@dataclass(frozen=True)
class Checkout:
    """A booking that is to be paid, with what its customer has begun.

    together: all that were booked together and are paid at once. payments: newest first. version:
    whatever the page shows of it.
    """

    booking: Any
    together: list[Any]
    payments: list[Any]

    @property
    def amount(self) -> Any:
        return sum(one["prepaid"] for one in self.together) or self.booking["prepaid"]

    @property
    def open(self) -> list[Any]:
        return [payment for payment in self.payments if payment["state"] in ("new", "open")]

    @property
    def version(self) -> str:
        states = [f"{payment['id']}{payment['state']}" for payment in self.payments]
        return "-".join([self.booking["version"], self.booking["status"], *states])


async def checkout_of(customer: int, code: str) -> Checkout | None:
    """What a customer pays for their booking; None if they have no such booking."""
    booking = await booking_of(customer, code)
    if booking is None or booking["customer"] != customer:
        return None
    together = await fetch(
        """
        SELECT code, starts_at, zone, prepaid FROM booking
        WHERE status = 'held' AND prepaid > 0 AND customer = $1 AND address <> ''
            AND (id = $2 OR series = $3)
        ORDER BY starts_at
        """,
        customer,
        booking["id"],
        booking["series"],
    )
    payments = await fetch(
        """
        SELECT p.id, p.method, p.gateway, p.state, p.amount, p.pix_code, p.pay_url, p.reserve
        FROM payment p JOIN payment_share s ON s.payment = p.id
        WHERE s.booking = $1 ORDER BY p.id DESC
        """,
        booking["id"],
    )
    return Checkout(booking, together, payments)
