"""A customer pays for what is held for them."""

from typing import Any
from uuid import uuid4

from app.bookings.actions.life import lock_booking
from app.bookings.tables import Status
from app.core import limits, live
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.payments.errors import NoSuchMethod, NothingToPay
from app.payments.gateways import gateway_for
from app.payments.gateways.port import Method


@retried
async def start_payment(customer: int, code: str, method: Method) -> None:
    """Have a charge made at the gateway, for all that was booked together and waits to be paid.

    What was begun in the same way already stays as it is.

    Raises:
        NotFound: the customer has no such booking. NothingToPay: it does not wait to be paid.
        NoSuchMethod. TooMany: this customer tries all too often.
    """
    try:
        gateway = gateway_for(method)
    except LookupError as error:
        raise NoSuchMethod from error
    await limits.take(limits.PAYMENT, str(customer))
    async with transaction():
        booking = await lock_booking("b.customer = $1 AND b.code = $2", customer, code)
        if booking is None:
            raise NotFound
        if booking["status"] != Status.HELD or not booking["prepaid"] or booking["lapsed"]:
            raise NothingToPay
        if await _begun(booking, method):
            return
        payment = await _insert_payment(booking, gateway.name, method)
        await enqueue(Due("create_charge", payment))
        live.publish_after_commit(f"user:{customer}")


async def look_soon(customer: int, code: str) -> None:
    """Have the gateways asked where a customer's open payments stand."""
    await limits.take(limits.PAYMENT, str(customer))
    async with transaction():
        rows = await fetch(
            """
            SELECT p.id FROM payment p
            JOIN payment_share s ON s.payment = p.id
            JOIN booking b ON b.id = s.booking
            WHERE b.code = $1 AND p.customer = $2 AND p.state = 'open'
            """,
            code,
            customer,
        )
        for row in rows:
            await enqueue(Due("look_at_payment", row["id"]))


async def _begun(booking: Any, method: Method) -> bool:
    return bool(
        await fetch(
            """
            SELECT FROM payment p JOIN payment_share s ON s.payment = p.id
            WHERE s.booking = $1 AND p.method = $2 AND p.state IN ('new', 'open')
            """,
            booking["id"],
            method.value,
        )
    )


async def _insert_payment(booking: Any, gateway: str, method: Method) -> int:
    """Give the id of a payment with a share for each booking. Money is only reserved where the
    provider still has to accept, and the gateway can do that: with a card."""
    row = await fetch_one(
        """
        WITH unpaid AS (
            SELECT id, prepaid, expires_at, provider FROM booking
            WHERE status = 'held' AND prepaid > 0 AND customer = $2
                AND (id = $1 OR series = $3 AND address <> '')
        ), made AS (
            INSERT INTO payment (customer, reference, gateway, method, amount, reserve, expires_at)
            SELECT $2, $4, $5, $6, sum(prepaid), $7 AND NOT bool_and(a.instant),
                min(expires_at)
            FROM unpaid JOIN agenda_settings a ON a.provider = unpaid.provider
            RETURNING id
        ), shares AS (
            INSERT INTO payment_share (payment, booking, amount)
            SELECT made.id, unpaid.id, unpaid.prepaid FROM made, unpaid
        )
        SELECT id FROM made
        """,
        booking["id"],
        booking["customer"],
        booking["series"],
        uuid4(),
        gateway,
        method.value,
        method is Method.CARD,
    )
    return int(row["id"])
