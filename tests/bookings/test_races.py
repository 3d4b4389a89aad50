"""Customers who race for a time, through two server processes and one real database.

Every race has a control: with the locks and the constraints taken away it finds what it is there
to find, so it would notice if they were missing.
"""

import asyncio
from datetime import timedelta
from functools import partial
from random import Random
from uuid import uuid4

import pytest

from app.bookings.actions.answer import decline_booking
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.errors import SlotTaken
from app.core.database import fetch
from tests.bookings.racing import (
    DOUBLED,
    NINE,
    ROUNDS,
    TOO_MANY,
    UNMERGED,
    Field,
    Sent,
    active_bookings,
    broken,
    doubled,
    form,
    send_at_once,
    unmerged,
)
from tests.factories import a_form, a_user, an_offer, free_time, token_of

FEW, PERIODS = 8, 50
# So often a control may miss.
TRIES = 40


async def race_for_one_time(field: Field, path: str = "/contratacoes") -> list[str]:
    """Two hundred customers, one hour."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 1)
    answers = await send_at_once(
        field.servers, [Sent(token, path, form(offer, NINE, uuid4())) for token in field.tokens]
    )
    given = [answer for answer in answers if answer.status_code in (200, 303)]
    problems = await doubled(offer.provider) + broken(answers, (200, 303, 409))
    if len(given) != 1 and not problems:
        problems.append(f"{len(given)} were told that it is theirs")
    return problems


async def race_for_overlapping_periods(field: Field) -> list[str]:
    offer = await an_offer(minutes=90)
    await free_time(offer.provider, NINE, 12)
    starts = [NINE + timedelta(minutes=30 * (n % 20)) for n in range(PERIODS)]
    answers = await send_at_once(
        field.servers,
        [
            Sent(token, "/contratacoes", form(offer, start, uuid4()))
            for token, start in zip(field.tokens, starts, strict=False)
        ],
    )
    given = [answer for answer in answers if answer.status_code == 303]
    problems = await doubled(offer.provider) + broken(answers) + await unmerged(offer.provider, 12)
    booked = await active_bookings(offer.provider)
    if len(booked) != len(given):
        problems.append(f"{len(given)} were told that they booked, {len(booked)} did")
    return problems


async def race_of_bookings_and_cancellations(seed: int) -> list[str]:
    """Without the agenda's lock, two cancellations side by side leave two halves unmerged."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 12)
    chance = Random(seed)

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

    ends = await asyncio.gather(
        *[come_and_go(await a_user()) for _ in range(30)], return_exceptions=True
    )
    problems = [f"{type(end).__name__} was raised" for end in ends if end is not None]
    slots = await fetch(
        "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1", offer.provider
    )
    whole = [(NINE, NINE + timedelta(hours=12), False)]
    tried = await fetch("SELECT id FROM booking WHERE provider = $1", offer.provider)
    if len(tried) <= 20:
        problems.append("hardly anything was booked")
    return problems + ([] if [tuple(slot) for slot in slots] == whole else [UNMERGED])


async def race_of_clicks(field: Field) -> list[str]:
    """One form, sent ten times."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 4)
    sent = Sent(field.tokens[0], "/contratacoes", form(offer, NINE, uuid4()))
    answers = await send_at_once(field.servers, [sent] * 10)
    problems = broken(answers, [303])
    if len({answer.headers.get("location") for answer in answers}) != 1:
        problems.append("led to different bookings")
    return await doubled(offer.provider) + problems


async def race_of_holds(field: Field) -> list[str]:
    """One customer wants to hold ten times."""
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 10)
    token = await token_of(await a_user())
    starts = [NINE + timedelta(hours=n) for n in range(10)]
    answers = await send_at_once(
        field.servers, [Sent(token, "/reservas", form(offer, start, uuid4())) for start in starts]
    )
    held = await active_bookings(offer.provider)
    return broken(answers, (200, 409)) + ([] if len(held) == 2 else [TOO_MANY])


async def test_one_time_goes_to_exactly_one_of_200_customers(field):
    for _ in range(ROUNDS // 10 or FEW):
        assert await race_for_one_time(field) == []


async def test_one_time_is_held_for_exactly_one_of_200_customers(field):
    for _ in range(ROUNDS // 10 or 3):
        assert await race_for_one_time(field, "/reservas") == []


async def test_overlapping_periods_of_one_provider_never_both_succeed(field):
    for _ in range(ROUNDS or FEW):
        assert await race_for_overlapping_periods(field) == []


async def test_booking_and_cancelling_side_by_side_leave_the_agenda_whole():
    for seed in range(ROUNDS // 10 or 1):
        assert await race_of_bookings_and_cancellations(seed) == []


async def test_a_double_click_books_once(field):
    for _ in range(ROUNDS // 10 or 2):
        assert await race_of_clicks(field) == []


async def test_nobody_holds_more_than_two_times(field):
    for _ in range(ROUNDS // 10 or 3):
        assert await race_of_holds(field) == []


CONTROLS = {
    "one time": (race_for_one_time, DOUBLED),
    "one time to hold": (partial(race_for_one_time, path="/reservas"), DOUBLED),
    "overlapping periods": (race_for_overlapping_periods, DOUBLED),
    "bookings and cancellations": (lambda _: race_of_bookings_and_cancellations(1), UNMERGED),
    "clicks": (race_of_clicks, DOUBLED),
    "holds": (race_of_holds, TOO_MANY),
}


@pytest.mark.parametrize("name", CONTROLS)
async def test_control_without_locks_and_constraints_the_race_finds_it(unguarded_field, name):
    race, what = CONTROLS[name]
    for _ in range(TRIES):
        if what in await race(unguarded_field):
            return
    pytest.fail("The race would not notice.")
