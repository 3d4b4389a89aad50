"""Customers who race for a time, through two server processes and one real database."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import uuid4

import httpx
import pytest

from app.bookings.actions.answer import decline_booking
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.errors import SlotTaken
from app.core.cookies import cookie_name
from app.core.database import fetch, fetch_one
from app.core.sessions import COOKIE
from tests.factories import (
    Offer,
    a_form,
    a_user,
    an_offer,
    forget_limits,
    free_time,
    in_days,
    token_of,
)

CUSTOMERS, ROUNDS, PERIODS = 200, 20, 50
NINE = in_days(3, 9)


@pytest.fixture(scope="session")
async def tokens() -> list[str]:
    return [await token_of(await a_user()) for _ in range(CUSTOMERS)]


async def race(
    servers: list[str], tokens: list[str], offer: Offer, starts: list[datetime]
) -> Counter:
    """Everybody posts at once, each for their own start; how often each status came."""
    await forget_limits()
    limits = httpx.Limits(max_connections=len(tokens))
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def book(number: int) -> int:
            answer = await client.post(
                f"{servers[number % len(servers)]}/contratacoes",
                data={
                    "variacao": offer.variant,
                    "inicio": starts[number].isoformat(),
                    "endereco": "Rua Treze de Maio, 210",
                    "chave": str(uuid4()),
                },
                headers={"Cookie": f"{cookie_name(COOKIE)}={tokens[number]}"},
            )
            return answer.status_code

        return Counter(await asyncio.gather(*(book(n) for n in range(len(tokens)))))


async def bookings_of(offer: Offer) -> list:
    return await fetch(
        "SELECT starts_at, ends_at FROM booking WHERE provider = $1 ORDER BY starts_at",
        offer.provider,
    )


async def test_one_time_goes_to_exactly_one_of_200_customers(two_servers, tokens):
    for _ in range(ROUNDS):
        offer = await an_offer(minutes=60)
        await free_time(offer.provider, NINE, 1)

        answers = await race(two_servers, tokens, offer, [NINE] * CUSTOMERS)
        assert answers == {303: 1, 409: CUSTOMERS - 1}
        assert len(await bookings_of(offer)) == 1


async def test_overlapping_periods_of_one_provider_never_both_succeed(two_servers, tokens):
    for _ in range(ROUNDS):
        offer = await an_offer(minutes=90)
        await free_time(offer.provider, NINE, 12)
        starts = [NINE + timedelta(minutes=30 * (n % 20)) for n in range(PERIODS)]

        answers = await race(two_servers, tokens[:PERIODS], offer, starts)
        assert set(answers) == {303, 409}
        booked = await bookings_of(offer)
        assert len(booked) == answers[303]
        for earlier, later in pairwise(booked):
            assert earlier["ends_at"] <= later["starts_at"]
        assert await agenda_is_whole(offer)


async def test_booking_and_cancelling_side_by_side_leave_the_agenda_whole():
    """Without the agenda's lock, two cancellations side by side leave two halves unmerged."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 12)
    chance = Random(1)

    async def come_and_go(customer: int) -> None:
        for _ in range(6):
            start = NINE + timedelta(minutes=30 * chance.randrange(23))
            try:
                code = await book_slot(customer, a_form(offer, start))
            except SlotTaken:
                continue
            if chance.random() < 0.7:
                await cancel_booking(customer, code)
            else:
                await decline_booking(offer.provider, code)

    await asyncio.gather(*[come_and_go(await a_user()) for _ in range(30)])
    assert await agenda_is_whole(offer)
    rows = await fetch(
        "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1", offer.provider
    )
    assert [tuple(row) for row in rows] == [(NINE, NINE + timedelta(hours=12), False)]
    tried = await fetch("SELECT FROM booking WHERE provider = $1", offer.provider)
    assert len(tried) > 20


async def agenda_is_whole(offer: Offer) -> bool:
    """Free and taken slots together are still the twelve hours, none touching free one another."""
    row = await fetch_one(
        """
        SELECT range_agg(tstzrange(starts_at, ends_at)) = tstzmultirange(tstzrange($2, $3))
                AS whole,
            (SELECT count(*) FROM slot a JOIN slot b ON a.ends_at = b.starts_at
                AND a.provider = b.provider AND NOT a.taken AND NOT b.taken
                WHERE a.provider = $1) AS unmerged
        FROM slot WHERE provider = $1
        """,
        offer.provider,
        NINE,
        NINE + timedelta(hours=12),
    )
    return row["whole"] and row["unmerged"] == 0


async def test_a_double_click_books_once(two_servers, tokens):
    await forget_limits()
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 4)
    form = {
        "variacao": offer.variant,
        "inicio": NINE.isoformat(),
        "endereco": "Rua Treze de Maio, 210",
        "chave": str(uuid4()),
    }
    async with httpx.AsyncClient(timeout=60) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    f"{two_servers[n % 2]}/contratacoes",
                    data=form,
                    headers={"Cookie": f"{cookie_name(COOKIE)}={tokens[0]}"},
                )
                for n in range(10)
            )
        )
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await bookings_of(offer)) == 1
