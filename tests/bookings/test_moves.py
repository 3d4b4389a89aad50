"""What happens to a booking after it is made."""

import pytest

from app.agenda.queries import free_starts
from app.bookings.actions.answer import confirm_booking, decline_booking
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.lapse import expire_booking
from app.bookings.errors import TooLate
from app.bookings.tables import MOVES, Status
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from tests.factories import Offer, a_booking, a_provider, a_user, an_offer, free_time, in_days

NINE = in_days(3, 9)


async def an_offer_at_nine() -> Offer:
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 1)
    return offer


async def status_of(code: str) -> str:
    return (await fetch_one("SELECT status FROM booking WHERE code = $1", code))["status"]


async def is_free(offer: Offer) -> bool:
    return NINE in await free_starts(offer.service, 60, NINE, NINE)


async def test_the_provider_accepts():
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)

    await confirm_booking(offer.provider, code)
    assert await status_of(code) == "confirmed"
    assert not await is_free(offer)


async def test_a_declined_time_is_free_again():
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)

    await decline_booking(offer.provider, code)
    assert await status_of(code) == "declined"
    assert await is_free(offer)
    assert await a_booking(offer, NINE)


async def test_a_cancelled_time_is_free_again():
    offer, customer = await an_offer_at_nine(), await a_user()
    code = await a_booking(offer, NINE, customer)
    await confirm_booking(offer.provider, code)

    await cancel_booking(customer, code)
    assert await status_of(code) == "cancelled"
    assert await is_free(offer)


async def test_a_booking_that_has_begun_cannot_be_cancelled():
    offer, customer = await an_offer_at_nine(), await a_user()
    code = await a_booking(offer, NINE, customer)
    await fetch("UPDATE booking SET starts_at = now() - interval '1 hour' WHERE code = $1", code)

    with pytest.raises(TooLate):
        await cancel_booking(customer, code)


async def test_an_answer_cannot_be_given_twice():
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)
    await decline_booking(offer.provider, code)

    with pytest.raises(TooLate):
        await confirm_booking(offer.provider, code)


async def test_nobody_answers_somebody_elses_booking():
    code = await a_booking(await an_offer_at_nine(), NINE)

    with pytest.raises(NotFound):
        await confirm_booking(await a_provider(), code)
    with pytest.raises(NotFound):
        await cancel_booking(await a_user(), code)


async def test_an_unanswered_booking_expires_and_gives_its_time_back():
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)
    booking = (await fetch_one("SELECT id FROM booking WHERE code = $1", code))["id"]

    await expire_booking(booking)
    assert await status_of(code) == "pending"

    await fetch("UPDATE booking SET expires_at = now() WHERE id = $1", booking)
    await expire_booking(booking)
    await expire_booking(booking)
    assert await status_of(code) == "expired"
    assert await is_free(offer)
    events = await fetch("SELECT status FROM booking_event WHERE booking = $1", booking)
    assert [event["status"] for event in events] == ["pending", "expired"]


async def test_an_answered_booking_does_not_expire():
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)
    await confirm_booking(offer.provider, code)
    booking = (await fetch_one("SELECT id FROM booking WHERE code = $1", code))["id"]

    await expire_booking(booking)
    assert await status_of(code) == "confirmed"


def test_every_status_has_its_moves_and_ended_ones_have_none():
    assert set(MOVES) == set(Status)
    ended = {Status.COMPLETED, Status.NO_SHOW, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}
    assert {status for status, moves in MOVES.items() if not moves} == ended
