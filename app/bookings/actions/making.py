"""What holding and booking have in common: the offer, and the row that is made of it."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.bookings.tables import Status
from app.catalog.queries import PREPAID
from app.core import live
from app.core.database import fetch_one
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.core.time import now

# How long a time is kept for who booked it until it is paid.
PAID_WITHIN = timedelta(minutes=15)
# No I, L, O, U, 0 or 1: a code is read out on the phone.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


async def lock_offer(variant: int, customer: int, *, alone: bool = False) -> Any:
    """A variant that can be booked, with its provider's agenda locked and the customer kept.

    alone: nothing else of this customer is held at the same time.

    Raises:
        NotFound: it is not offered (any more), or the customer is leaving.
    """
    offer = await fetch_one(
        f"""
        SELECT v.id AS variant, v.name AS variant_name, v.price, v.duration_minutes,
            s.id AS service, s.name AS service_name, s.provider, a.zone, a.instant,
            a.answer_minutes, a.cancel_free_hours, a.cancel_fee_percent,
            {PREPAID} AS prepaid, c.commission_percent
        FROM service_variant v
        JOIN service s ON s.id = v.service AND s.active
        JOIN category c ON c.id = s.category
        JOIN users p ON p.id = s.provider AND p.active
        JOIN agenda_settings a ON a.provider = s.provider
        JOIN users me ON me.id = $2 AND me.active
        WHERE v.id = $1 AND v.active
        FOR UPDATE OF a FOR {"NO KEY UPDATE" if alone else "KEY SHARE"} OF me
        """,
        variant,
        customer,
    )
    if offer is None:
        raise NotFound
    return offer


def first_status(offer: Any, starts_at: datetime) -> tuple[Status, datetime | None]:
    """What a new booking begins as, and until when it has to be paid or answered."""
    if offer["prepaid"]:
        return Status.HELD, now() + PAID_WITHIN
    return status_when_kept(offer, starts_at)


def status_when_kept(offer: Any, starts_at: datetime) -> tuple[Status, datetime | None]:
    """What becomes of a booking that need not be paid (any more)."""
    if offer["instant"]:
        return Status.CONFIRMED, None
    return Status.PENDING, min(starts_at, now() + timedelta(minutes=offer["answer_minutes"]))


def end_of(offer: Any, starts_at: datetime) -> datetime:
    return starts_at + timedelta(minutes=offer["duration_minutes"])


async def insert_hold(
    offer: Any,
    customer: int,
    slot: int,
    starts_at: datetime,
    held_for: timedelta,
    *,
    actor: int | None,
) -> Any:
    """Keep a taken slot for a customer for a while. Gives id, code and the event's id."""
    until = now() + held_for
    hold = await insert_booking(
        offer, customer, slot, starts_at, Status.HELD, until, uuid4(), actor=actor
    )
    await enqueue(Due("expire_booking", hold["id"], hold["expires_in"]))
    return hold


async def insert_booking(
    offer: Any,
    customer: int,
    slot: int,
    starts_at: datetime,
    status: Status,
    expires_at: datetime | None,
    key: UUID,
    *,
    actor: int | None,
    address: str = "",
    area: str = "",
    note: str = "",
    series: UUID | None = None,
) -> Any:
    """Copy the offer into a booking, with its first event.

    Gives id, code, status, the event's id, and in how long it expires (a timedelta, or null).
    """
    tell_pages(offer["provider"], customer)
    return await fetch_one(
        """
        WITH made AS (
            INSERT INTO booking (code, customer, provider, service, variant, slot, starts_at,
                ends_at, zone, status, service_name, variant_name, price, address, note,
                idempotency_key, expires_at, cancel_free_hours, cancel_fee_percent, series, prepaid,
                commission_percent, area)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19, $20, $22, $23, $24)
            RETURNING id, code, slot, status, expires_at, expires_at - now() AS expires_in
        ), kept AS (
            UPDATE slot SET held_until = made.expires_at, held_by = CASE WHEN $14 = '' THEN $2 END
            FROM made WHERE slot.id = made.slot AND made.status = 'held'
        ), event AS (
            INSERT INTO booking_event (booking, provider, actor, status, starts_at)
            SELECT id, $3, $21, $10, $7 FROM made
            RETURNING id
        )
        SELECT made.id, made.code, made.status, made.expires_in, event.id AS event FROM made, event
        """,
        "".join(secrets.choice(CODE_LETTERS) for _ in range(8)),
        customer,
        offer["provider"],
        offer["service"],
        offer["variant"],
        slot,
        starts_at,
        end_of(offer, starts_at),
        offer["zone"],
        status.value,
        offer["service_name"],
        offer["variant_name"],
        offer["price"],
        address,
        note,
        key,
        expires_at,
        offer["cancel_free_hours"],
        offer["cancel_fee_percent"],
        series,
        actor,
        offer["prepaid"],
        offer["commission_percent"],
        area,
    )


async def enqueue_next(booking: Any) -> None:
    """Have both sides told of a booking's new event, and what it waits for ended in time.

    booking: as insert_booking gives it.
    """
    if booking["status"] != Status.HELD:
        await announce(booking["event"])
    if booking["expires_in"]:
        await enqueue(Due("expire_booking", booking["id"], booking["expires_in"]))


async def announce(event: int) -> None:
    """Have everybody outside of this process hear of a booking's event, once it is committed."""
    await enqueue(Due("tell_move", event), Due("send_webhooks", event))


def tell_pages(provider: int, customer: int) -> None:
    """Have the pages of both sides, and of whoever looks at the provider's times, show it.

    Once the open transaction has committed.
    """
    live.publish_after_commit(f"provider:{provider}", f"user:{customer}")
