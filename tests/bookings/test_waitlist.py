"""Who waits for a day is offered what becomes free, in turn."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest

from app.accounts.forms import Proof
from app.agenda.actions.time_off import add_extra_hours
from app.agenda.carving import lock_agenda
from app.agenda.jobs import roll_horizon
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.hold import hold_slot
from app.bookings.actions.lapse import expire_booking
from app.bookings.actions.waitlist import (
    MOST_WAITING,
    offer_all_freed_times,
    stop_waiting,
    wait_for_time,
)
from app.bookings.errors import SlotTaken, SomethingFree
from app.bookings.forms import HoldForm, WaitForm
from app.core import live
from app.core.cache import redis
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.time import now
from app.privacy.actions.deletion import delete_account
from tests.browsing import signed_in
from tests.factories import (
    PASSWORD,
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
from tests.jobs import do_jobs
from tests.letters import letters_to, newest_letter

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
    for holder in (first, second):
        held = await offer_to(holder)
        await wait_for_time(first, WaitForm(variant=offer.variant, day=DAY))
        await let_lapse(held["code"])
        await expire_booking(held["id"])
        await wait_for_time(first, WaitForm(variant=offer.variant, day=DAY))
    assert await offer_to(first) is None
    assert await offer_to(third)


async def test_a_time_that_is_freed_while_somebody_asks_is_offered_to_them():
    offer, customer, code = await fully_booked()
    asking = await a_user()
    async with transaction():
        await lock_agenda(offer.provider)
        cancelling = asyncio.create_task(cancel_booking(customer, code), context=Context())
        waits = asyncio.create_task(
            wait_for_time(asking, WaitForm(variant=offer.variant, day=DAY)), context=Context()
        )
        await asyncio.sleep(0.2)
        assert not waits.done()
    # Either they are in the line when it is freed, or they are told that it is free.
    _, told = await asyncio.gather(cancelling, waits, return_exceptions=True)
    assert await offer_to(asking) or isinstance(told, SomethingFree)


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


async def test_a_day_for_which_the_agenda_is_opened_is_offered():
    offer = await an_offer(minutes=60)
    await fetch(
        """
        INSERT INTO weekly_hours (provider, weekday, opens, closes)
        SELECT $1, day, '09:00', '17:00' FROM generate_series(1, 7) day
        """,
        offer.provider,
    )
    horizon = "UPDATE agenda_settings SET horizon_days = $2 WHERE provider = $1"
    await fetch(horizon, offer.provider, 5)
    await roll_horizon()
    customer = await a_user()
    day = in_days(10).date()
    await wait_for_time(customer, WaitForm(variant=offer.variant, day=day))
    await offer_all_freed_times()
    assert await offer_to(customer) is None

    await fetch(horizon, offer.provider, 15)
    await roll_horizon()
    await offer_all_freed_times()
    await offer_all_freed_times()
    assert await offer_to(customer)


async def test_only_waits_for_the_days_around_are_looked_at_when_a_time_is_freed():
    offer, customer, code = await fully_booked()
    far = await a_user()
    await wait_for_time(far, WaitForm(variant=offer.variant, day=DAY + timedelta(days=3)))
    await free_time(offer.provider, NOON + timedelta(days=3), 1)
    near = await waiting(offer)
    await cancel_booking(customer, code)
    assert await offer_to(near)
    assert await offer_to(far) is None
    await do_jobs("offer_freed_times")
    await offer_all_freed_times()
    assert await offer_to(far)


async def test_an_offer_that_is_booked_at_once_needs_no_letter_about_the_offer():
    offer, customer, code = await fully_booked()
    first = await waiting(offer)
    await fetch("UPDATE agenda_settings SET instant = true WHERE provider = $1", offer.provider)
    await cancel_booking(customer, code)
    await book_slot(first, a_form(offer, NOON))
    await do_jobs("tell_move")
    subjects = [letter["subject"] for letter in await letters_to(first)]
    assert subjects == ["Your booking is confirmed"]


async def test_what_is_offered_to_somebody_is_nobody_elses_business():
    offer, customer, code = await fully_booked()
    await waiting(offer)
    await do_jobs("tell_move")
    before = len(await letters_to(offer.provider))
    await cancel_booking(customer, code)
    await do_jobs("tell_move")
    # The cancellation, and nothing about who comes next.
    assert len(await letters_to(offer.provider)) == before + 1


async def test_the_page_of_who_is_offered_a_time_shows_it_at_once():
    offer, customer, code = await fully_booked()
    first = await waiting(offer)
    topic = f"{live.PREFIX}user:{first}"
    async with redis().pubsub() as news:
        await news.subscribe(topic)
        assert (await news.get_message(timeout=5))["type"] == "subscribe"
        await cancel_booking(customer, code)
        told = await news.get_message(timeout=5)
    assert (told["type"], told["channel"].decode()) == ("message", topic)


async def test_who_deletes_their_account_is_offered_nothing_any_more():
    offer, customer, _ = await fully_booked()
    await wait_for_time(customer, WaitForm(variant=offer.variant, day=DAY))
    other = await waiting(offer)
    await delete_account(customer, Proof(password=PASSWORD))
    await do_jobs("offer_freed_times")
    assert await offer_to(customer) is None
    assert (await offer_to(other))["starts_at"] == NOON


async def test_nothing_is_offered_of_a_provider_who_deletes_their_account():
    offer, *_ = await fully_booked()
    other = await waiting(offer)
    await delete_account(offer.provider, Proof(password=PASSWORD))
    await do_jobs("offer_freed_times")
    assert await offer_to(other) is None
    left = await fetch("SELECT FROM waitlist_entry WHERE customer = $1", other)
    assert left == []
