"""A time is kept for a customer while they fill in the form."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest

from app.agenda.actions.hours import set_weekly_hours
from app.agenda.carving import lock_agenda
from app.agenda.queries import free_starts
from app.bookings.actions.book import book_slot
from app.bookings.actions.hold import give_up_hold, hold_slot
from app.bookings.actions.lapse import expire_booking, expire_overdue_bookings
from app.bookings.errors import SlotTaken, TooManyHolds
from app.bookings.forms import HoldForm
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.time import now
from tests.browsing import signed_in
from tests.factories import (
    a_booking,
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

NINE = in_days(3, 9)
HOUR = timedelta(hours=1)


async def an_offer_at_nine(hours: float = 3):
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, hours)
    return offer


async def starts_for(offer, holder: int | None = None) -> list[float]:
    """What can be booked, as hours after nine."""
    starts = await free_starts(offer.service, 60, NINE - HOUR, NINE + 9 * HOUR, holder=holder)
    return [(start - NINE) / HOUR for start in starts]


async def test_a_held_time_is_hidden_from_everyone_but_its_holder():
    offer, customer = await an_offer_at_nine(2), await a_user()
    await a_hold(offer, NINE, customer)

    assert await starts_for(offer) == [1]
    assert await starts_for(offer, holder=await a_user()) == [1]
    assert await starts_for(offer, holder=customer) == [0, 0.5, 1]


async def test_it_is_hidden_on_every_service_of_that_provider():
    offer = await an_offer_at_nine(1)
    other = await an_offer(offer.provider)
    await a_hold(offer, NINE)

    assert await starts_for(other) == []


async def test_a_hold_lasts_for_five_minutes_however_often_it_is_asked_for():
    offer, customer = await an_offer_at_nine(), await a_user()
    first = await a_hold(offer, NINE, customer)
    until = (await booking_named(first))["expires_at"]

    assert await a_hold(offer, NINE, customer) == first
    hold = await booking_named(first)
    assert hold["expires_at"] == until
    assert timedelta(minutes=4, seconds=50) < until - now() <= timedelta(minutes=5)


async def test_a_held_time_cannot_be_booked_or_held_by_somebody_else():
    offer = await an_offer_at_nine(1)
    await a_hold(offer, NINE)

    with pytest.raises(SlotTaken):
        await book_slot(await a_user(), a_form(offer, NINE))
    with pytest.raises(SlotTaken):
        await a_hold(offer, NINE)


async def test_booking_what_is_held_makes_the_hold_a_booking():
    offer, customer = await an_offer_at_nine(), await a_user()
    hold = await a_hold(offer, NINE, customer)
    form = a_form(offer, NINE)
    form.hold = hold

    assert await book_slot(customer, form) == hold
    booking = await booking_named(hold)
    assert (booking["status"], booking["address"]) == ("pending", form.address)
    slot = (await fetch("SELECT * FROM slot WHERE id = $1", booking["slot"]))[0]
    assert slot["taken"]
    assert slot["held_until"] is None
    events = await fetch("SELECT status FROM booking_event WHERE booking = $1", booking["id"])
    assert [event["status"] for event in events] == ["held", "pending"]


async def test_a_price_that_changes_meanwhile_does_not_change_what_is_held():
    offer, customer = await an_offer_at_nine(), await a_user()
    hold = await a_hold(offer, NINE, customer)
    await fetch("UPDATE service_variant SET price = 500 WHERE id = $1", offer.variant)
    form = a_form(offer, NINE)
    form.hold = hold

    await book_slot(customer, form)
    assert (await booking_named(hold))["price"] == 90


async def test_the_holder_books_without_saying_so():
    """As without JavaScript, or from another tab."""
    offer, customer = await an_offer_at_nine(1), await a_user()
    hold = await a_hold(offer, NINE, customer)

    assert await book_slot(customer, a_form(offer, NINE)) == hold
    assert (await booking_named(hold))["status"] == "pending"


async def test_what_was_held_before_the_hours_changed_can_still_be_booked():
    offer, customer = await an_offer_at_nine(1), await a_user()
    hold = await a_hold(offer, NINE, customer)
    await set_weekly_hours(offer.provider, [])
    await fetch("DELETE FROM extra_hours WHERE provider = $1", offer.provider)

    assert await book_slot(customer, a_form(offer, NINE)) == hold


async def test_choosing_another_time_gives_the_first_one_back():
    offer, customer = await an_offer_at_nine(2), await a_user()
    first = await a_hold(offer, NINE, customer)
    longer = await a_variant(offer.service, minutes=90)

    form = HoldForm(variant=longer, starts_at=NINE + HOUR / 2, replaces=first)
    second = await hold_slot(customer, form)
    assert (await booking_named(first))["status"] == "cancelled"
    assert (await booking_named(second))["status"] == "held"
    assert await starts_for(offer) == []


async def test_when_the_other_time_is_gone_the_first_one_stays_held():
    offer, customer = await an_offer_at_nine(2), await a_user()
    first = await a_hold(offer, NINE, customer)
    await a_hold(offer, NINE + HOUR)

    with pytest.raises(SlotTaken):
        await hold_slot(
            customer,
            HoldForm(variant=offer.variant, starts_at=NINE + HOUR, replaces=first),
        )
    assert (await booking_named(first))["status"] == "held"


async def test_one_customer_holds_at_most_two_times():
    customer = await a_user()
    for _ in range(2):
        await a_hold(await an_offer_at_nine(), NINE, customer)

    with pytest.raises(TooManyHolds):
        await a_hold(await an_offer_at_nine(), NINE, customer)


async def test_not_even_with_everything_at_once():
    customer = await a_user()
    offers = [await an_offer_at_nine() for _ in range(8)]

    await asyncio.gather(
        *(a_hold(offer, NINE, customer) for offer in offers), return_exceptions=True
    )
    held = await fetch("SELECT FROM booking WHERE customer = $1 AND status = 'held'", customer)
    assert len(held) == 2


async def test_a_lapsed_hold_counts_no_more_for_readers_and_bookers_before_any_job_ran():
    offer, customer = await an_offer_at_nine(1), await a_user()
    hold = await a_hold(offer, NINE, customer)
    await let_lapse(hold)

    assert await starts_for(offer) == [0]
    code = await book_slot(await a_user(), a_form(offer, NINE))
    assert (await booking_named(code))["status"] == "pending"
    assert (await booking_named(hold))["status"] == "expired"


async def test_who_comes_a_moment_too_late_still_gets_what_nobody_else_took():
    offer, customer = await an_offer_at_nine(1), await a_user()
    form = a_form(offer, NINE)
    form.hold = await a_hold(offer, NINE, customer)
    await let_lapse(form.hold)

    assert await book_slot(customer, form) == form.hold


async def test_the_job_gives_a_lapsed_hold_back_and_no_other():
    offer = await an_offer_at_nine(1)
    hold = await a_hold(offer, NINE)
    booking = (await booking_named(hold))["id"]
    await expire_booking(booking)
    assert (await booking_named(hold))["status"] == "held"

    await let_lapse(hold)
    await expire_booking(booking)
    await expire_booking(booking)
    assert (await booking_named(hold))["status"] == "expired"
    free = await fetch("SELECT taken FROM slot WHERE provider = $1", offer.provider)
    assert [slot["taken"] for slot in free] == [False]


async def test_a_hold_can_be_given_up():
    offer, customer = await an_offer_at_nine(1), await a_user()
    hold = await a_hold(offer, NINE, customer)
    with pytest.raises(NotFound):
        await give_up_hold(await a_user(), hold)
    assert (await booking_named(hold))["status"] == "held"

    await give_up_hold(customer, hold)
    assert await starts_for(offer) == [0]


async def test_the_page_holds_shows_until_when_and_survives_a_reload(app):
    offer, customer = await an_offer_at_nine(), await a_user(language="en")
    browser = await signed_in(app, customer)
    chosen = {"variacao": offer.variant, "inicio": NINE.isoformat()}

    held = await browser.post(
        "/reservas", data=chosen, headers={"HX-Request-Type": "partial", "HX-Request": "true"}
    )
    assert held.status_code == 200
    assert "countdown" in held.text
    page = await browser.get("/contratacoes/nova", params=chosen)
    assert "countdown" in page.text
    assert 'hx-trigger="load"' not in page.text
    other = await signed_in(app, await a_user(language="en"))
    assert (await other.get("/contratacoes/nova", params=chosen)).status_code == 409


async def test_the_page_of_the_older_of_two_holds_shows_it_and_asks_for_no_other(app):
    offer, customer = await an_offer_at_nine(), await a_user(language="en")
    browser = await signed_in(app, customer)
    older = await a_hold(offer, NINE, customer)
    await a_hold(offer, NINE + 2 * HOUR, customer)

    page = await browser.get(f"/contratacoes/nova?reserva={older}")
    assert f"contagem-{older}" in page.text
    assert 'hx-trigger="load"' not in page.text


async def test_only_a_whole_page_asks_for_a_hold_by_itself_so_that_no_answer_leads_to_another(app):
    offer = await an_offer_at_nine()
    browser = await signed_in(app, await a_user(language="en"))
    chosen = {"variacao": offer.variant, "inicio": NINE.isoformat()}
    partial = {"HX-Request-Type": "partial", "HX-Request": "true"}

    whole = await browser.get("/contratacoes/nova", params=chosen)
    assert 'hx-trigger="load"' in whole.text
    part = await browser.get("/contratacoes/nova", params=chosen, headers=partial)
    assert 'id="escolha"' in part.text
    assert 'hx-trigger="load"' not in part.text


async def test_the_job_that_ends_a_hold_comes_after_its_end_however_long_the_agenda_was_locked():
    offer = await an_offer_at_nine()
    async with transaction():
        await lock_agenda(offer.provider)
        holding = asyncio.create_task(a_hold(offer, NINE), context=Context())
        await asyncio.sleep(0.5)
    hold = await booking_named(await holding)
    job = await fetch_one(
        "SELECT execute_after FROM pgqueuer WHERE entrypoint = 'expire_booking' AND payload = $1",
        str(hold["id"]).encode(),
    )
    assert job["execute_after"] == hold["expires_at"]


async def test_what_its_job_has_missed_is_given_up_all_the_same():
    offer = await an_offer_at_nine(1)
    held, asked = await a_hold(offer, NINE), await a_booking(await an_offer_at_nine(), NINE)
    for code in (held, asked):
        await let_lapse(code, seconds=11)
    await expire_overdue_bookings()
    await expire_overdue_bookings()
    assert [(await booking_named(code))["status"] for code in (held, asked)] == ["expired"] * 2
