"""Booking a time."""

from datetime import timedelta

import asyncpg
import pytest

from app.bookings.actions.book import book_slot
from app.bookings.errors import SlotTaken, TimePassed
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.core.time import now
from tests.factories import a_form, a_user, an_offer, free_time, in_days

NINE = in_days(3, 9)


async def test_a_booking_copies_what_was_agreed():
    offer = await an_offer(name="Corte e barba", price="55.50", minutes=60)
    await free_time(offer.provider, NINE, 3)
    customer = await a_user()

    code = await book_slot(customer, a_form(offer, NINE))
    await fetch("UPDATE service SET name = 'Outro' WHERE id = $1", offer.service)
    await fetch("UPDATE service_variant SET price = 999 WHERE id = $1", offer.variant)

    booking = await fetch_one("SELECT * FROM booking WHERE code = $1", code)
    assert booking["service_name"] == "Corte e barba"
    assert str(booking["price"]) == "55.50"
    assert (booking["starts_at"], booking["ends_at"]) == (NINE, NINE + timedelta(hours=1))
    assert booking["status"] == "pending"
    assert booking["customer"] == customer


async def test_a_booking_is_written_into_its_history():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 1)
    customer = await a_user()
    code = await book_slot(customer, a_form(offer, NINE))

    events = await fetch(
        "SELECT e.status, e.actor FROM booking_event e JOIN booking b ON b.id = e.booking"
        " WHERE b.code = $1",
        code,
    )
    assert [tuple(event) for event in events] == [("pending", customer)]


async def test_a_booking_leaves_a_job_that_gives_it_up_when_nobody_answers():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 1)
    code = await book_slot(await a_user(), a_form(offer, NINE))

    job = await fetch_one(
        "SELECT q.execute_after FROM pgqueuer q JOIN booking b ON q.payload = b.id::text::bytea"
        " WHERE b.code = $1 AND q.entrypoint = 'expire_booking'",
        code,
    )
    assert abs(job["execute_after"] - now() - timedelta(days=1)) < timedelta(seconds=5)


async def test_the_same_key_is_the_same_booking():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)
    customer, form = await a_user(), a_form(offer, NINE)

    codes = {await book_slot(customer, form) for _ in range(3)}
    assert len(codes) == 1
    assert len(await fetch("SELECT FROM booking WHERE customer = $1", customer)) == 1


async def test_a_time_that_is_gone_is_refused():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 2)
    await book_slot(await a_user(), a_form(offer, NINE))

    with pytest.raises(SlotTaken):
        await book_slot(await a_user(), a_form(offer, NINE + timedelta(minutes=30)))


async def test_a_time_that_is_over_is_refused():
    offer = await an_offer()
    await free_time(offer.provider, in_days(-1), 3)

    with pytest.raises(TimePassed):
        await book_slot(await a_user(), a_form(offer, in_days(-1)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE service_variant SET active = false WHERE service = $1",
        "UPDATE service SET active = false WHERE id = $1",
        "UPDATE users SET active = false WHERE id = (SELECT provider FROM service WHERE id = $1)",
    ],
)
async def test_what_is_not_offered_any_more_cannot_be_booked(statement):
    offer = await an_offer()
    await free_time(offer.provider, NINE, 1)
    await fetch(statement, offer.service)

    with pytest.raises(NotFound):
        await book_slot(await a_user(), a_form(offer, NINE))


async def test_the_database_itself_refuses_two_bookings_at_one_time():
    """Even if all of Python forgot to check, on a slot that was conjured up."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 1)
    code = await book_slot(await a_user(), a_form(offer, NINE))
    other_slot = await free_time(offer.provider, in_days(9), 1)

    with pytest.raises(asyncpg.ExclusionViolationError, match="booking_no_overlap"):
        await fetch(
            """
            INSERT INTO booking (code, customer, provider, service, variant, slot, starts_at,
                ends_at, zone, status, service_name, variant_name, price, address,
                idempotency_key, expires_at)
            SELECT 'TWICE222', customer, provider, service, variant, $2, starts_at, ends_at, zone,
                status, service_name, variant_name, price, address, gen_random_uuid(),
                expires_at
            FROM booking WHERE code = $1
            """,
            code,
            other_slot,
        )


async def test_an_active_booking_cannot_be_without_its_slot():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 1)
    code = await book_slot(await a_user(), a_form(offer, NINE))

    with pytest.raises(asyncpg.CheckViolationError, match="booking_active_has_slot"):
        await fetch("UPDATE booking SET slot = NULL WHERE code = $1", code)


async def test_whoever_is_leaving_or_switched_off_books_nothing():
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, NINE, 4)
    await fetch("UPDATE users SET active = false WHERE id = $1", customer)
    with pytest.raises(NotFound):
        await book_slot(customer, a_form(offer, NINE))
