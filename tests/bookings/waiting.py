"""Customers who wait for a day on which nothing is free."""

from app.bookings.actions.waitlist import (
    wait_for_time,
)
from app.bookings.forms import WaitForm
from app.core.database import fetch_one
from tests.factories import (
    a_booking,
    a_user,
    an_offer,
    free_time,
    in_days,
)

NOON = in_days(4, 15)
DAY = NOON.date()


async def fully_booked():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NOON, 1)
    customer = await a_user()
    return offer, customer, await a_booking(offer, NOON, customer)


async def waiting(offer, language: str = "en") -> int:
    customer = await a_user(language=language)
    await wait_for_time(customer, WaitForm(variant=offer.variant, day=DAY))
    return customer


async def offer_to(customer: int):
    return await fetch_one(
        "SELECT * FROM booking WHERE customer = $1 AND status = 'held'", customer
    )
