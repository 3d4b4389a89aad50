"""When what is free is offered to who waits, and who hears of it."""

from datetime import timedelta

from app.accounts.forms import Proof
from app.agenda.jobs import roll_horizon
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.waitlist import (
    offer_all_freed_times,
    wait_for_time,
)
from app.bookings.forms import WaitForm
from app.core import live
from app.core.cache import redis
from app.core.database import fetch
from app.privacy.actions.deletion import delete_account
from tests.bookings.waiting import DAY, NOON, fully_booked, offer_to, waiting
from tests.factories import (
    PASSWORD,
    a_form,
    a_user,
    an_offer,
    free_time,
    in_days,
)
from tests.jobs import do_jobs
from tests.letters import letters_to


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
