"""Who waits for a day is offered what becomes free, in turn."""

import asyncio
from datetime import timedelta

import pytest

from app.agenda.actions.time_off import add_extra_hours
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.hold import hold_slot
from app.bookings.actions.lapse import expire_booking
from app.bookings.actions.waitlist import (
    MOST_WAITING,
    stop_waiting,
    wait_for_time,
)
from app.bookings.errors import SlotTaken, SomethingFree
from app.bookings.forms import HoldForm, WaitForm
from app.core.database import fetch_one
from app.core.errors import NotFound
from app.core.time import now
from tests.bookings.waiting import DAY, NOON, fully_booked, offer_to, waiting
from tests.browsing import signed_in
from tests.factories import (
    a_form,
    a_hold,
    a_user,
    a_variant,
    an_offer,
    booking_named,
    free_time,
    in_days,
    let_lapse,
)
from tests.jobs import do_jobs
from tests.letters import newest_letter


async def test_a_cancellation_holds_the_time_for_the_first_for_half_an_hour():
    offer, customer, code = await fully_booked()
    first, second = await waiting(offer), await waiting(offer)
    await cancel_booking(customer, code)

    held = await offer_to(first)
    assert held["starts_at"] == NOON
    assert timedelta(minutes=29) < held["expires_at"] - now() <= timedelta(minutes=30)
    assert await offer_to(second) is None
    with pytest.raises(SlotTaken):
        await book_slot(await a_user(), a_form(offer, NOON))
    await do_jobs("tell_move")
    letter = await newest_letter(first)
    assert letter["subject"] == "A time has become free, for you first"
    assert f"/contratacoes/nova?reserva={held['code']}" in letter["text"]


async def test_when_the_first_lets_it_lapse_it_is_the_next_ones():
    offer, customer, code = await fully_booked()
    first, second = await waiting(offer), await waiting(offer)
    await cancel_booking(customer, code)
    held = await offer_to(first)
    await let_lapse(held["code"])
    await expire_booking(held["id"])

    assert await offer_to(first) is None
    assert (await offer_to(second))["starts_at"] == NOON


async def test_who_is_offered_a_time_books_it_from_its_page(app):
    offer, customer, code = await fully_booked()
    first = await waiting(offer)
    await cancel_booking(customer, code)
    held = await offer_to(first)
    browser = await signed_in(app, first)

    page = await browser.get(f"/contratacoes/nova?reserva={held['code']}")
    assert page.status_code == 200
    assert "countdown" in page.text
    form = a_form(offer, NOON)
    form.hold = held["code"]
    assert await book_slot(first, form) == held["code"]


async def test_extra_hours_are_offered_too():
    offer, *_ = await fully_booked()
    customer = await waiting(offer)
    await add_extra_hours(offer.provider, NOON + timedelta(hours=2), NOON + timedelta(hours=3))
    await do_jobs("offer_freed_times")
    assert (await offer_to(customer))["starts_at"] == NOON + timedelta(hours=2)


async def test_nobody_waits_for_a_day_with_free_times_or_one_that_is_over():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NOON, 2)
    customer = await a_user()
    with pytest.raises(SomethingFree):
        await wait_for_time(customer, WaitForm(variant=offer.variant, day=DAY))
    with pytest.raises(NotFound):
        await wait_for_time(customer, WaitForm(variant=offer.variant, day=in_days(-3).date()))


async def test_who_stops_waiting_is_not_offered_anything():
    offer, customer, code = await fully_booked()
    first, second = await waiting(offer), await waiting(offer)
    entry = await fetch_one("SELECT id FROM waitlist_entry WHERE customer = $1", first)
    with pytest.raises(NotFound):
        await stop_waiting(second, entry["id"])
    await stop_waiting(first, entry["id"])
    await cancel_booking(customer, code)

    assert await offer_to(first) is None
    assert await offer_to(second)


async def test_who_changes_what_they_hold_does_not_lose_it_to_who_waits():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NOON, 1.5)
    customer = await a_user()
    hold = await a_hold(offer, NOON, customer)
    other = await waiting(offer)
    longer = await a_variant(offer.service, minutes=90)

    form = HoldForm(variant=longer, starts_at=NOON, replaces=hold)
    assert (await booking_named(await hold_slot(customer, form)))["status"] == "held"
    await do_jobs("offer_freed_times")
    assert await offer_to(other) is None


async def test_an_offer_does_not_count_among_the_two_that_one_may_hold():
    offer, customer, code = await fully_booked()
    first = await waiting(offer)
    await cancel_booking(customer, code)
    for _ in range(2):
        another = await an_offer()
        await free_time(another.provider, NOON, 2)
        await a_hold(another, NOON, first)
    assert (await booking_named((await offer_to(first))["code"]))["status"] == "held"


async def test_who_let_an_offer_go_and_asks_again_stands_at_the_end_of_the_line():
    offer, customer, code = await fully_booked()
    first, second, third = await waiting(offer), await waiting(offer), await waiting(offer)
    await cancel_booking(customer, code)
    for number, holder in enumerate((first, second, third, first)):
        held = await offer_to(holder)
        assert held, f"the offer number {number} went to somebody else"
        await let_lapse(held["code"])
        await expire_booking(held["id"])
        if number == 0:
            await wait_for_time(first, WaitForm(variant=offer.variant, day=DAY))


@pytest.mark.parametrize("round_", range(10))
async def test_a_time_that_is_freed_while_somebody_asks_is_not_lost_to_them(round_):
    offer, customer, code = await fully_booked()
    asking = await a_user()
    form = WaitForm(variant=offer.variant, day=DAY)
    asked, _ = await asyncio.gather(
        wait_for_time(asking, form), cancel_booking(customer, code), return_exceptions=True
    )
    # They are in the line when it is freed and are offered it, or they see that it is free.
    assert await offer_to(asking) or isinstance(asked, SomethingFree)


async def test_more_days_than_one_may_wait_for_are_not_promised(app):
    offer, *_ = await fully_booked()
    customer = await a_user(language="en")
    browser = await signed_in(app, customer)
    for days in range(1, MOST_WAITING + 1):
        wait = {"variacao": offer.variant, "dia": str(DAY + timedelta(days=days))}
        assert (await browser.post("/espera", data=wait)).status_code == 303
    # The same once more is no other day.
    assert (await browser.post("/espera", data=wait)).status_code == 303
    refused = await browser.post("/espera", data={"variacao": offer.variant, "dia": str(DAY)})
    assert refused.status_code == 409
    assert "twenty days" in refused.text
