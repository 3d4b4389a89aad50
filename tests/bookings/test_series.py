"""The same time week after week: all of them, or a clear list of those that can't be had."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.bookings.actions.book import book_slot, starts_of
from app.bookings.errors import SomeTaken
from app.bookings.forms import Rhythm
from app.core.database import fetch
from tests.browsing import signed_in
from tests.factories import (
    a_booking,
    a_form,
    a_hold,
    a_provider,
    a_user,
    an_offer,
    free_time,
    in_days,
)

NOON = in_days(4, 15)
WEEK = timedelta(weeks=1)


async def an_offer_every_week(weeks: int, zone: str = "America/Sao_Paulo"):
    offer = await an_offer(await a_provider(zone=zone), minutes=60)
    for number in range(weeks):
        await free_time(offer.provider, NOON + number * WEEK, 1)
    return offer


def a_series(offer, times: int, rhythm: Rhythm = Rhythm.WEEKLY):
    form = a_form(offer, NOON)
    form.rhythm, form.times = rhythm, times
    return form


async def bookings_of(customer: int) -> list:
    return await fetch(
        "SELECT * FROM booking WHERE customer = $1 AND status = 'pending' ORDER BY starts_at",
        customer,
    )


@pytest.mark.parametrize(("rhythm", "weeks"), [(Rhythm.WEEKLY, 1), (Rhythm.FORTNIGHTLY, 2)])
async def test_all_of_them_are_booked_together(rhythm, weeks):
    offer, customer = await an_offer_every_week(8), await a_user()
    code = await book_slot(customer, a_series(offer, 4, rhythm))

    bookings = await bookings_of(customer)
    assert [row["starts_at"] for row in bookings] == [NOON + n * weeks * WEEK for n in range(4)]
    assert bookings[0]["code"] == code
    assert len({row["series"] for row in bookings}) == 1


async def test_if_some_cannot_be_had_nothing_is_booked_and_those_are_named():
    offer, customer = await an_offer_every_week(4), await a_user()
    await a_booking(offer, NOON + WEEK)
    with pytest.raises(SomeTaken) as refused:
        await book_slot(customer, a_series(offer, 5))

    assert refused.value.missing == [NOON + WEEK, NOON + 4 * WEEK]
    assert await bookings_of(customer) == []


async def test_sending_it_twice_books_once():
    offer, customer = await an_offer_every_week(4), await a_user()
    form = a_series(offer, 4)
    assert await book_slot(customer, form) == await book_slot(customer, form)
    assert len(await bookings_of(customer)) == 4


async def test_the_first_may_be_what_is_held():
    offer, customer = await an_offer_every_week(3), await a_user()
    form = a_series(offer, 3)
    form.hold = await a_hold(offer, NOON, customer)
    assert await book_slot(customer, form) == form.hold
    assert len(await bookings_of(customer)) == 3


async def test_the_hour_is_that_of_the_wall_clock_across_a_clock_change():
    """By form alone, since no clock change lies within every horizon."""
    there = ZoneInfo("America/New_York")
    offer = await an_offer()
    form = a_series(offer, 3)
    form.starts_at = NOON.replace(year=2027, month=3, day=7, hour=15)
    hours = {start.astimezone(there).hour for start in starts_of(form, there.key)}
    assert hours == {10}


async def test_the_page_names_what_cannot_be_had_and_keeps_what_was_typed(app):
    offer, customer = await an_offer_every_week(2), await a_user(language="en")
    browser = await signed_in(app, customer)
    form = a_series(offer, 3)
    answer = await browser.post(
        "/contratacoes",
        data={
            "variacao": form.variant,
            "inicio": form.starts_at.isoformat(),
            "endereco": "Rua das Flores, 12",
            "onde": "São Carlos, SP",
            "chave": str(form.key),
            "repeticao": "semanal",
            "vezes": "3",
        },
    )
    assert answer.status_code == 409
    assert "These can't be had" in answer.text
    assert "Rua das Flores, 12" in answer.text
    assert '<option value="semanal" selected>' in answer.text
