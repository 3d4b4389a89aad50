"""What either side may change of a booking before it begins."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.accounts import audit
from app.accounts.audit import Action
from app.agenda.carving import move_time
from app.bookings.actions.hold import release_holds
from app.bookings.actions.life import late_fee, lock_booking, move, within_price
from app.bookings.actions.making import enqueue_next, tell_pages
from app.bookings.actions.waitlist import offer_waiting
from app.bookings.errors import SlotTaken, TimePassed, TooLate
from app.bookings.tables import Status
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.time import now

MOVABLE = (Status.PENDING, Status.CONFIRMED)
PARTY = "$1 IN (b.customer, b.provider) AND b.code = $2"


@retried
async def cancel_booking(user: int, code: str) -> None:
    """Cancel before it begins; the time is free again. Late, it costs the customer a fee.

    Raises:
        NotFound: the user has no such booking. TooLate: it has begun, or is cancelled already.
    """
    async with transaction():
        booking = await _lock_coming(user, code)
        if booking["status"] == Status.HELD and user != booking["customer"]:
            raise NotFound
        await move(booking, Status.CANCELLED, user, fee=_fee(booking, user))


@retried
async def reschedule_booking(user: int, code: str, starts_at: datetime) -> None:
    """Have it begin at another time; the old one is given up only for the new one.

    Late, it costs the customer a fee. What the provider moved may be changed for nothing, until
    the customer chooses a time. What was confirmed stays so: both had agreed, the new time is one
    that the provider offers, and nobody loses a booking by asking for another time.

    Raises:
        NotFound: the user has no such booking. TooLate: it has begun, or is over.
        TimePassed. SlotTaken: the new time can't be had.
    """
    if starts_at <= now():
        raise TimePassed
    async with transaction():
        booking = await _lock_coming(user, code)
        if booking["status"] not in MOVABLE:
            raise TooLate
        if starts_at == booking["starts_at"]:
            return
        ends_at = starts_at + (booking["ends_at"] - booking["starts_at"])
        await _move_time(booking, user, starts_at, ends_at)
        await enqueue_next(await _write_move(booking, user, starts_at, ends_at))
        other = booking["provider" if user == booking["customer"] else "customer"]
        await audit.record(Action.BOOKING_MOVED, actor=user, subject=other, booking=code)
        await offer_waiting(booking["provider"], booking)
        tell_pages(booking["provider"], booking["customer"])


async def _lock_coming(user: int, code: str) -> Any:
    booking = await lock_booking(PARTY, user, code)
    if booking is None:
        raise NotFound
    if booking["starts_at"] <= now():
        raise TooLate
    return booking


async def _move_time(booking: Any, user: int, starts_at: datetime, ends_at: datetime) -> None:
    """Have its slot lie elsewhere, if need be in place of what the user holds there.

    Raises:
        SlotTaken: it can't be had.
    """
    slot, service = booking["slot"], booking["service"]
    if await move_time(slot, service, starts_at, ends_at):
        return
    released = await release_holds(booking["provider"], user, starts_at, ends_at)
    if not (released and await move_time(slot, service, starts_at, ends_at)):
        raise SlotTaken


async def _write_move(booking: Any, user: int, starts_at: datetime, ends_at: datetime) -> Any:
    """The move in the booking and as its event. Gives the same as insert_booking."""
    return await fetch_one(
        """
        WITH moved AS (
            UPDATE booking SET starts_at = $2, ends_at = $3, revision = revision + 1,
                fee = fee + $4, free_to_change = $5 = provider,
                expires_at = CASE WHEN status = 'pending' THEN least(expires_at, $2) END
            WHERE id = $1
            RETURNING id, code, provider, status, starts_at, expires_at - now() AS expires_in
        ), event AS (
            INSERT INTO booking_event (booking, provider, actor, status, starts_at, fee)
            SELECT id, provider, $5, status, starts_at, $4 FROM moved
            RETURNING id
        )
        SELECT moved.id, moved.code, moved.status, moved.expires_in, event.id AS event
        FROM moved, event
        """,
        booking["id"],
        starts_at,
        ends_at,
        within_price(booking, _fee(booking, user)),
        user,
    )


def _fee(booking: Any, user: int) -> Decimal:
    return late_fee(booking) if user == booking["customer"] else Decimal(0)


async def cancel_bookings_of(user: int) -> None:
    """Cancel, in the open transaction, whatever is still to come for a user who leaves."""
    rows = await fetch(
        """
        SELECT b.* FROM booking b JOIN agenda_settings a ON a.provider = b.provider
        WHERE $1 IN (b.customer, b.provider) AND b.starts_at > now()
            AND b.status IN ('held', 'pending', 'confirmed')
        ORDER BY b.provider, b.id FOR UPDATE OF a
        """,
        user,
    )
    for row in rows:
        # A time with or for who leaves is offered to nobody.
        await move(row, Status.CANCELLED, actor=user, offer_later=True)
