"""Who leaves while something else is going on."""

import asyncio
import os
from collections.abc import Awaitable
from datetime import timedelta
from random import Random
from typing import Any

import asyncpg

from app.accounts.forms import Proof
from app.bookings.actions.book import book_slot
from app.bookings.actions.hold import hold_slot
from app.bookings.forms import HoldForm
from app.core.database import fetch
from app.privacy.actions.deletion import delete_account
from tests.factories import (
    PASSWORD,
    a_booking,
    a_form,
    a_user,
    an_offer,
    forget_limits,
    free_time,
    in_days,
)

NINE, HOUR = in_days(3, 9), timedelta(hours=1)
ROUNDS = int(os.environ.get("CAMPAIGN_ROUNDS", 20))
# Seconds between the first and the last who begin.
SPREAD = 0.03


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


async def test_who_leaves_while_they_book_here_and_there_meets_no_deadlock():
    """Leaving locks many agendas and one person; booking locks one of each."""
    chance = Random(3)
    for _ in range(ROUNDS):
        await forget_limits()
        offers, customer, other = (
            [await an_offer() for _ in range(3)],
            await a_user(),
            await a_user(),
        )
        for offer in offers:
            await free_time(offer.provider, NINE, 8)
        for offer in offers[:2]:
            await a_booking(offer, NINE, customer)
        doing = [delete_account(customer, Proof(PASSWORD))]
        for offer in offers:
            doing += [
                book_slot(customer, a_form(offer, NINE + 1 * HOUR)),
                book_slot(customer, a_form(offer, NINE + 2 * HOUR)),
                hold_slot(customer, HoldForm(variant=offer.variant, starts_at=NINE + 5 * HOUR)),
                book_slot(other, a_form(offer, NINE + 6 * HOUR)),
            ]
        ends = await asyncio.gather(
            *(later(chance.random() * SPREAD, one) for one in doing), return_exceptions=True
        )
        assert [end for end in ends if isinstance(end, asyncpg.PostgresError)] == []


async def later(seconds: float, doing: Awaitable[Any]) -> Any:
    await asyncio.sleep(seconds)
    return await doing
