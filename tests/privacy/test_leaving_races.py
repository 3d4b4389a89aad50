"""Who leaves while something else is going on."""

import asyncio
from datetime import timedelta

from app.accounts.forms import Proof
from app.bookings.actions.book import book_slot
from app.core.database import fetch
from app.privacy.actions.deletion import delete_account
from tests.factories import PASSWORD, a_form, a_user, an_offer, free_time, in_days

NINE = in_days(3, 9)


async def test_a_booking_made_while_its_customer_leaves_never_stays_open():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 8)
    for hour in range(8):
        customer = await a_user()
        await asyncio.gather(
            book_slot(customer, a_form(offer, NINE + timedelta(hours=hour))),
            delete_account(customer, Proof(PASSWORD)),
            return_exceptions=True,
        )
        (left,) = await fetch(
            "SELECT (SELECT count(*) FROM booking WHERE customer = $1 AND status = 'pending')"
            " AS open, deleted_at FROM users WHERE id = $1",
            customer,
        )
        assert left["deleted_at"]
        assert left["open"] == 0
