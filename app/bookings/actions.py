"""What can be done with a booking: each action one transaction that first locks the agenda."""

import secrets
from datetime import timedelta
from typing import Any

import asyncpg

from app.accounts import audit
from app.accounts.audit import Action
from app.agenda.carving import give_back_time, take_time
from app.bookings.errors import SlotTaken, TimePassed, TooLate
from app.bookings.forms import BookingForm
from app.bookings.tables import ACTIVE, MOVES, Status
from app.core import limits, live
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.jobs import enqueue
from app.core.time import now

# No I, L, O, U, 0 or 1: a code is read out on the phone.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# What one side does to the other's plans.
AUDITED = {
    Status.DECLINED: Action.BOOKING_DECLINED,
    Status.CANCELLED: Action.BOOKING_CANCELLED,
}


async def book_slot(customer: int, form: BookingForm) -> str:
    """Book a variant at a time and give the booking's code.

    The same key of the same customer gives the same booking, however often it is sent.

    Raises:
        NotFound: the variant is not offered (any more), or the customer is leaving.
        TimePassed: the time is over.
        SlotTaken: somebody was faster, or the provider does not work then.
        TooMany: this customer tries all too often.
    """
    await limits.take(limits.BOOKING, str(customer))
    if form.starts_at <= now():
        raise TimePassed
    try:
        provider, code = await _book(customer, form)
    except (SlotTaken, asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError) as error:
        booked = await fetch_one(
            "SELECT code FROM booking WHERE customer = $1 AND idempotency_key = $2",
            customer,
            form.key,
        )
        if booked:
            return str(booked["code"])
        raise SlotTaken from error
    await live.publish(f"provider:{provider}")
    return code


async def _book(customer: int, form: BookingForm) -> tuple[int, str]:
    async with transaction():
        offer = await fetch_one(
            """
            SELECT v.name AS variant_name, v.price, v.duration_minutes,
                s.id AS service, s.name AS service_name, s.provider, a.zone
            FROM service_variant v
            JOIN service s ON s.id = v.service AND s.active
            JOIN users p ON p.id = s.provider AND p.active
            JOIN agenda_settings a ON a.provider = s.provider
            JOIN users c ON c.id = $2 AND c.active
            WHERE v.id = $1 AND v.active
            FOR UPDATE OF a FOR KEY SHARE OF c
            """,
            form.variant,
            customer,
        )
        if offer is None:
            raise NotFound
        ends_at = form.starts_at + timedelta(minutes=offer["duration_minutes"])
        slot = await take_time(offer["service"], form.starts_at, ends_at)
        if slot is None:
            raise SlotTaken
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        booking = await fetch_one(
            """
            WITH made AS (
                INSERT INTO booking (code, customer, provider, service, variant, slot, starts_at,
                    ends_at, zone, status, service_name, variant_name, price, address, note,
                    idempotency_key, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12, $13, $14,
                    $15, $7)
                RETURNING id
            )
            INSERT INTO booking_event (booking, provider, actor, status, starts_at)
            SELECT id, $3, $2, 'pending', $7 FROM made
            RETURNING booking AS id
            """,
            code,
            customer,
            offer["provider"],
            offer["service"],
            form.variant,
            slot,
            form.starts_at,
            ends_at,
            offer["zone"],
            offer["service_name"],
            offer["variant_name"],
            offer["price"],
            form.address,
            form.note,
            form.key,
        )
        assert booking is not None
        await enqueue("expire_booking", booking["id"], at=form.starts_at)
    return offer["provider"], code


async def confirm_booking(provider: int, code: str) -> None:
    """The provider accepts.

    Raises:
        NotFound: the provider has no such booking. TooLate: it is not waiting for an answer.
    """
    await _move_by("provider", provider, code, Status.CONFIRMED)


async def decline_booking(provider: int, code: str) -> None:
    """The provider turns it down; the time is free again.

    Raises:
        NotFound: the provider has no such booking. TooLate: it is not waiting for an answer.
    """
    await _move_by("provider", provider, code, Status.DECLINED)


async def cancel_booking(customer: int, code: str) -> None:
    """The customer cancels before it begins; the time is free again.

    Raises:
        NotFound: the customer has no such booking. TooLate: it is over, or cancelled already.
    """
    await _move_by("customer", customer, code, Status.CANCELLED)


async def cancel_bookings_of(user: int) -> list[Any]:
    """Cancel, in the open transaction, whatever is still to come for a user who leaves.

    Gives for each the other side (id, email, language), the provider and the code.
    """
    rows = await fetch(
        """
        SELECT b.id, b.code, b.provider, b.slot, b.status, b.starts_at,
            CASE WHEN b.customer = $1 THEN b.provider ELSE b.customer END AS other
        FROM booking b JOIN agenda_settings a ON a.provider = b.provider
        WHERE $1 IN (b.customer, b.provider) AND b.starts_at > now() AND b.status = ANY($2)
        ORDER BY b.provider, b.id FOR UPDATE OF a, b
        """,
        user,
        sorted(ACTIVE),
    )
    for row in rows:
        await _move(row, Status.CANCELLED, actor=user)
        await audit.record(
            Action.BOOKING_CANCELLED, actor=user, subject=row["other"], booking=row["code"]
        )
    return await fetch(
        """
        SELECT t.code, t.provider, u.id, u.email, u.language
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS t (code, provider, other)
        JOIN users u ON u.id = t.other
        """,
        [row["code"] for row in rows],
        [row["provider"] for row in rows],
        [row["other"] for row in rows],
    )


async def expire_booking(booking: int) -> None:
    """Give up a booking that nobody answered in time; do nothing if somebody did."""
    async with transaction():
        found = await _lock_booking("b.id = $1", booking)
        if found is None or Status.EXPIRED not in MOVES[Status(found["status"])]:
            return
        await _move(found, Status.EXPIRED, actor=None)
    await live.publish(f"provider:{found['provider']}")


async def _move_by(side: str, user: int, code: str, status: Status) -> None:
    async with transaction():
        booking = await _lock_booking(f"b.{side} = $1 AND b.code = $2", user, code)
        if booking is None:
            raise NotFound
        over = status is Status.CANCELLED and booking["starts_at"] <= now()
        if over or status not in MOVES[Status(booking["status"])]:
            raise TooLate
        other = "customer" if side == "provider" else "provider"
        await _move(booking, status, actor=user)
        if status in AUDITED:
            await audit.record(AUDITED[status], actor=user, subject=booking[other], booking=code)
    await live.publish(f"provider:{booking['provider']}")


async def _lock_booking(condition: str, *args: Any) -> Any:
    return await fetch_one(
        f"""
        SELECT b.id, b.customer, b.provider, b.slot, b.status, b.starts_at
        FROM booking b JOIN agenda_settings a ON a.provider = b.provider
        WHERE {condition} FOR UPDATE OF a, b
        """,
        *args,
    )


async def _move(booking: Any, status: Status, actor: int | None) -> None:
    freed = status not in ACTIVE and status is not Status.COMPLETED
    await fetch(
        """
        WITH moved AS (
            UPDATE booking SET status = $2, slot = CASE WHEN $3 THEN NULL ELSE slot END,
                expires_at = NULL
            WHERE id = $1 RETURNING id, provider, starts_at
        )
        INSERT INTO booking_event (booking, provider, actor, status, starts_at)
        SELECT id, provider, $4, $2, starts_at FROM moved
        """,
        booking["id"],
        status.value,
        freed,
        actor,
    )
    if freed:
        await give_back_time(booking["slot"])
