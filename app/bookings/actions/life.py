"""The one way in which a booking moves: on its locked agenda, with an event that is told."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.accounts import audit
from app.accounts.audit import Action
from app.agenda.carving import give_back_time
from app.bookings.actions.making import announce, tell_pages
from app.bookings.actions.waitlist import offer_waiting
from app.bookings.errors import TooLate
from app.bookings.tables import ACTIVE, MOVES, Status
from app.core.database import fetch, fetch_one
from app.core.jobs import Due, enqueue
from app.core.time import now

CENT = Decimal("0.01")
# What one side does to the other's plans.
AUDITED = {
    Status.DECLINED: Action.BOOKING_DECLINED,
    Status.CANCELLED: Action.BOOKING_CANCELLED,
}


async def lock_booking(condition: str, *args: Any) -> Any | None:
    """Lock the agenda that a booking stands in, and give the booking as it is then.

    Always the agenda first, so that two who want the same never wait for each other.
    """
    await fetch(
        f"""
        SELECT FROM agenda_settings
        WHERE provider = (SELECT b.provider FROM booking b WHERE {condition}) FOR UPDATE
        """,
        *args,
    )
    return await fetch_one(
        f"SELECT b.*, b.expires_at <= now() AS lapsed FROM booking b WHERE {condition}", *args
    )


async def move(
    booking: Any,
    status: Status,
    actor: int | None,
    *,
    fee: Decimal = Decimal(0),
    offer_later: bool = False,
) -> None:
    """Let a locked booking have another status, and give its time back where it ends early.

    fee: BRL that this costs the customer. offer_later: who waits for a time is asked only after the
    open transaction, which goes on to take time itself or to send somebody away.

    Raises:
        TooLate: it can't come to that from where it is.
    """
    if status not in MOVES[Status(booking["status"])]:
        raise TooLate
    freed = status not in ACTIVE and status not in (Status.COMPLETED, Status.NO_SHOW)
    event = await fetch_one(
        """
        WITH moved AS (
            UPDATE booking SET status = $2, slot = CASE WHEN $3 THEN NULL ELSE slot END,
                expires_at = NULL, revision = revision + 1, fee = fee + $5
            WHERE id = $1 RETURNING id, provider, starts_at
        )
        INSERT INTO booking_event (booking, provider, actor, status, starts_at, fee)
        SELECT id, provider, $4, $2, starts_at, $5 FROM moved
        RETURNING id
        """,
        booking["id"],
        status.value,
        freed,
        actor,
        within_price(booking, fee),
    )
    if booking["status"] != Status.HELD:
        await announce(event["id"])
    if actor and status in AUDITED and booking["status"] != Status.HELD:
        other = booking["provider" if actor == booking["customer"] else "customer"]
        await audit.record(AUDITED[status], actor=actor, subject=other, booking=booking["code"])
    if freed:
        await give_back_time(booking["slot"])
        if offer_later:
            await enqueue(Due("offer_freed_times", booking["provider"]))
        else:
            await offer_waiting(booking["provider"], booking)
    # What was only being chosen has nothing to do with money.
    if booking["status"] != Status.HELD or booking["address"]:
        await enqueue(Due("settle_booking", booking["id"]))
    tell_pages(booking["provider"], booking["customer"])


def late_fee(booking: Any) -> Decimal:
    """What a change by the customer costs now, by the rules that were agreed. BRL."""
    hours_left = (booking["starts_at"] - now()).total_seconds() / 3600
    in_time = booking["free_to_change"] or hours_left >= booking["cancel_free_hours"]
    if booking["status"] != Status.CONFIRMED or in_time:
        return Decimal(0)
    return share(booking)


def share(booking: Any) -> Decimal:
    """The agreed part of the price. BRL."""
    part = booking["price"] * booking["cancel_fee_percent"] / 100
    return Decimal(part.quantize(CENT, ROUND_HALF_UP))


def within_price(booking: Any, fee: Decimal) -> Decimal:
    """What of a fee is added to those before: all together they cost the price at most. BRL."""
    return min(fee, Decimal(booking["price"] - booking["fee"]))
