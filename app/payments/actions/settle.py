"""What of a booking's money is whose, by where the booking stands: one rule for every move.

It writes only what is missing, so it may be asked as often as anybody likes.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

from app.bookings.actions.life import CENT, lock_booking
from app.bookings.tables import ACTIVE, Status
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.jobs import Due, enqueue
from app.payments import ledger


@retried
async def settle_booking(booking: int) -> None:
    """The job after every move of a booking."""
    async with transaction():
        await settle(booking)


async def settle(identifier: int) -> None:
    """Give back what is too much, take or let go of what is reserved, and post what is earned."""
    booking = await lock_booking("b.id = $1", identifier)
    assert booking is not None
    money = await _money_of(identifier)
    kept = min(money["paid"] - money["refunded"], _due(booking))
    await _give_back(booking, money["paid"] - money["refunded"] - kept)
    await _finish_charges(booking)
    if booking["status"] not in ACTIVE and not money["reserved"]:
        await ledger.earned(booking, kept, _commission(booking, kept))


async def _money_of(booking: int) -> Any:
    """BRL that are paid, to be given back (also where that has failed), and only reserved."""
    return await fetch_one(
        """
        SELECT coalesce(sum(s.amount) FILTER (WHERE p.state = 'paid'), 0) AS paid,
            coalesce(sum(s.amount) FILTER (WHERE p.state = 'reserved'), 0) AS reserved,
            coalesce(sum(given.amount), 0) AS refunded
        FROM payment_share s
        JOIN payment p ON p.id = s.payment
        CROSS JOIN LATERAL (SELECT sum(r.amount) AS amount FROM refund r WHERE r.share = s.id) given
        WHERE s.booking = $1
        """,
        booking,
    )


def _due(booking: Any) -> Decimal:
    """What of what was paid beforehand is the provider's, or will be. BRL."""
    if booking["status"] in ACTIVE or booking["status"] == Status.COMPLETED:
        return Decimal(booking["prepaid"])
    return Decimal(min(booking["fee"], booking["prepaid"]))


def _commission(booking: Any, kept: Decimal) -> Decimal:
    """The platform's part of what the provider has earned: all of the price if it was done. BRL."""
    earned = booking["price"] if booking["status"] == Status.COMPLETED else kept
    part = earned * booking["commission_percent"] / 100
    return Decimal(part.quantize(CENT, ROUND_HALF_UP))


async def _give_back(booking: Any, surplus: Decimal) -> None:
    """Queue refunds of so much, out of what was paid last."""
    if surplus <= 0:
        return
    shares = await fetch(
        """
        SELECT s.id, s.amount - coalesce(
            (SELECT sum(r.amount) FROM refund r WHERE r.share = s.id), 0
        ) AS left_over
        FROM payment_share s JOIN payment p ON p.id = s.payment
        WHERE s.booking = $1 AND p.state = 'paid' ORDER BY s.id DESC
        """,
        booking["id"],
    )
    for share in shares:
        part = min(surplus, share["left_over"])
        if part > 0:
            refund = await fetch_one(
                "INSERT INTO refund (share, reference, amount) VALUES ($1, $2, $3) RETURNING id",
                share["id"],
                uuid4(),
                part,
            )
            await enqueue(Due("send_refund", refund["id"]))
            surplus -= part


async def _finish_charges(booking: Any) -> None:
    """Have the gateway take what is reserved once that is agreed, and close what nobody is to pay.

    A charge for several bookings is taken as soon as one of them is agreed.
    """
    charges = await fetch(
        """
        SELECT p.id, p.state, bool_or(b.status = 'held') AS held,
            bool_or(b.status = 'pending') AS asked,
            bool_or(b.status IN ('confirmed', 'completed') OR b.fee > 0) AS agreed
        FROM payment p
        JOIN payment_share s ON s.payment = p.id
        JOIN booking b ON b.id = s.booking
        WHERE p.state IN ('open', 'reserved')
            AND p.id IN (SELECT payment FROM payment_share WHERE booking = $1)
        GROUP BY p.id
        """,
        booking["id"],
    )
    for charge in charges:
        if charge["state"] == "reserved" and charge["agreed"]:
            await enqueue(Due("capture_charge", charge["id"]))
        elif not charge["held"] and not (charge["state"] == "reserved" and charge["asked"]):
            await enqueue(Due("close_charge", charge["id"]))
