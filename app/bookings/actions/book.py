"""Booking a time, or the same time week after week."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import asyncpg
from msgspec.structs import replace

from app.agenda.carving import take_time
from app.bookings.actions.hold import release_holds
from app.bookings.actions.making import (
    PAID_WITHIN,
    end_of,
    enqueue_next,
    first_status,
    insert_booking,
    lock_offer,
    status_when_kept,
    tell_pages,
)
from app.bookings.errors import SlotTaken, SomeTaken, TimePassed
from app.bookings.forms import BookingForm
from app.core import limits
from app.core.database import fetch_one, retried, transaction
from app.core.time import now
from app.places.queries import place_named

# How the database says that somebody was faster.
TAKEN = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError)


async def book_slot(customer: int, form: BookingForm) -> str:
    """Book a variant at a time and give the booking's code.

    What is to be paid beforehand stays held until it is, see paid.py.

    The same key of the same customer gives the same booking, however often it is sent. Of bookings
    that are made week after week this is the first; all of them are made or none.

    Raises:
        NotFound: the variant is not offered (any more), or the customer is leaving.
        UnknownPlace: nobody knows the city, or which of several is meant.
        TimePassed: the time is over.
        SlotTaken: somebody was faster, or the provider does not work then.
        SomeTaken: as much is true of some of several times.
        TooMany: this customer tries all too often.
    """
    await limits.take(limits.BOOKING, str(customer))
    if form.starts_at <= now():
        raise TimePassed
    form = replace(form, place=(await place_named(form.place))["label"])
    try:
        return await _book(customer, form)
    except (*TAKEN, SlotTaken, SomeTaken) as error:
        booked = await fetch_one(
            "SELECT code FROM booking WHERE customer = $1 AND idempotency_key = $2",
            customer,
            form.key,
        )
        if booked:
            return str(booked["code"])
        if isinstance(error, TAKEN):
            raise SlotTaken from error
        raise


@retried
async def _book(customer: int, form: BookingForm) -> str:
    async with transaction():
        offer = await lock_offer(form.variant, customer)
        starts = starts_of(form, offer["zone"])
        made = await _from_hold(customer, form, offer) if form.hold else None
        missing = []
        for number, starts_at in enumerate(starts):
            if number == 0 and made:
                continue
            booking = await _make(customer, form, offer, starts_at, number)
            if booking is None:
                missing.append(starts_at)
            made = made or booking
        if missing and len(starts) == 1:
            raise SlotTaken
        if missing:
            raise SomeTaken(missing)
    assert made is not None
    return str(made["code"])


def starts_of(form: BookingForm, zone: str) -> list[datetime]:
    """When each of the bookings begins: at the same time on the provider's wall clock."""
    there = ZoneInfo(zone)
    first = form.starts_at.astimezone(there)
    return [first + timedelta(weeks=form.weeks * number) for number in range(form.repetitions)]


async def _make(
    customer: int, form: BookingForm, offer: Any, starts_at: datetime, number: int
) -> Any | None:
    """One of the bookings; None if its time can't be had."""
    ends_at = end_of(offer, starts_at)
    slot = await take_time(offer["service"], starts_at, ends_at)
    if slot is None:
        # From another tab, or sent before the page knew of its hold.
        held = await _from_hold(customer, form, offer) if number == 0 else None
        if held or not await release_holds(offer["provider"], customer, starts_at, ends_at):
            return held
        slot = await take_time(offer["service"], starts_at, ends_at)
    if slot is None:
        return None
    status, expires_at = first_status(offer, starts_at)
    booking = await insert_booking(
        offer,
        customer,
        slot,
        starts_at,
        status,
        expires_at,
        uuid5(form.key, str(number)) if number else form.key,
        actor=customer,
        address=form.whole_address,
        area=form.area,
        note=form.note,
        series=_series(form),
    )
    await enqueue_next(booking)
    return booking


async def _from_hold(customer: int, form: BookingForm, offer: Any) -> Any | None:
    """Make the booking of what the customer holds, if it is this and still theirs."""
    status, expires_at = status_when_kept(offer, form.starts_at)
    booking = await fetch_one(
        """
        WITH made AS (
            -- As agreed when it was held, whatever the service asks for by now.
            UPDATE booking SET status = CASE WHEN prepaid > 0 THEN 'held' ELSE $4 END,
                expires_at = CASE WHEN prepaid > 0 THEN $10 ELSE $5::timestamptz END,
                address = $6, note = $7, idempotency_key = $8, series = $9, area = $11,
                revision = revision + 1
            WHERE customer = $1 AND variant = $2 AND starts_at = $3 AND status = 'held'
                AND address = ''
            RETURNING id, code, slot, provider, starts_at, status, expires_at,
                expires_at - now() AS expires_in
        ), kept AS (
            UPDATE slot SET held_by = NULL,
                held_until = CASE WHEN made.status = 'held' THEN made.expires_at END
            FROM made WHERE slot.id = made.slot
        ), event AS (
            INSERT INTO booking_event (booking, provider, actor, status, starts_at)
            SELECT id, provider, $1, status, starts_at FROM made
            RETURNING id
        )
        SELECT made.id, made.code, made.status, made.expires_in, event.id AS event
        FROM made, event
        """,
        customer,
        form.variant,
        form.starts_at,
        status.value,
        expires_at,
        form.whole_address,
        form.note,
        form.key,
        _series(form),
        now() + PAID_WITHIN,
        form.area,
    )
    if booking:
        tell_pages(offer["provider"], customer)
        await enqueue_next(booking)
    return booking


def _series(form: BookingForm) -> UUID | None:
    return form.key if form.repetitions > 1 else None
