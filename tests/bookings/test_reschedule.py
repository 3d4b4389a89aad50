"""Another time for a booking: the old one is given up only for the new one."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.bookings.actions.answer import complete_booking, confirm_booking, report_no_show
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.bookings.actions.lapse import complete_past_bookings
from app.bookings.errors import SlotTaken, TimePassed, TooEarly, TooLate
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.core.time import now
from tests.factories import a_booking, a_hold, a_user, an_offer, booking_named, free_time, in_days
from tests.jobs import do_jobs
from tests.letters import newest_letter

NINE = in_days(3, 9)
HOUR = timedelta(hours=1)


async def booked(hours: float = 4, *, confirmed: bool = True, percent: int = 50):
    offer, customer = await an_offer(minutes=60), await a_user(language="en")
    await fetch(
        "UPDATE agenda_settings SET cancel_fee_percent = $2 WHERE provider = $1",
        offer.provider,
        percent,
    )
    await free_time(offer.provider, NINE, hours)
    code = await a_booking(offer, NINE, customer)
    if confirmed:
        await confirm_booking(offer.provider, code)
    return offer, customer, code


async def free_of(offer) -> list[tuple[float, float]]:
    rows = await fetch(
        "SELECT starts_at, ends_at FROM slot WHERE provider = $1 AND NOT taken ORDER BY 1",
        offer.provider,
    )
    return [((row[0] - NINE) / HOUR, (row[1] - NINE) / HOUR) for row in rows]


async def begins(code: str, hours_from_now: float) -> None:
    """As if the booking began so many hours from now."""
    await fetch(
        """
        UPDATE booking SET starts_at = $2::timestamptz,
            ends_at = $2::timestamptz + (ends_at - starts_at) WHERE code = $1
        """,
        code,
        now() + timedelta(hours=hours_from_now),
    )


async def test_the_new_time_is_taken_and_the_old_one_free():
    offer, customer, code = await booked()
    await reschedule_booking(customer, code, NINE + 2 * HOUR)

    booking = await booking_named(code)
    assert (booking["starts_at"], booking["status"]) == (NINE + 2 * HOUR, "confirmed")
    assert await free_of(offer) == [(0, 2), (3, 4)]
    events = await fetch(
        "SELECT status, starts_at FROM booking_event WHERE booking = $1 ORDER BY id", booking["id"]
    )
    assert [tuple(event) for event in events] == [
        ("pending", NINE),
        ("confirmed", NINE),
        ("confirmed", NINE + 2 * HOUR),
    ]


async def test_a_booking_can_move_over_its_own_old_place():
    offer, customer, code = await booked(2)
    await reschedule_booking(customer, code, NINE + HOUR / 2)
    assert await free_of(offer) == [(0, 0.5), (1.5, 2)]


async def test_the_old_time_is_kept_when_the_new_one_is_gone():
    offer, customer, code = await booked(3)
    await a_booking(offer, NINE + HOUR)

    with pytest.raises(SlotTaken):
        await reschedule_booking(customer, code, NINE + HOUR)
    assert (await booking_named(code))["starts_at"] == NINE
    assert await free_of(offer) == [(2, 3)]


async def test_a_time_that_somebody_holds_is_gone_for_a_move_too():
    offer, customer, code = await booked(3)
    await a_hold(offer, NINE + HOUR)
    with pytest.raises(SlotTaken):
        await reschedule_booking(customer, code, NINE + HOUR)


async def test_both_sides_are_told_with_the_old_and_the_new_time():
    offer, customer, code = await booked()
    await do_jobs("tell_move")
    await reschedule_booking(offer.provider, code, NINE + 2 * HOUR)
    await do_jobs("tell_move")

    letter = await newest_letter(customer)
    assert letter["subject"] == "Your booking has another time"
    assert "Before: " in letter["text"]
    # Who did it too, for their calendar.
    own = await newest_letter(offer.provider)
    assert own["subject"] == "Uma contratação mudou de horário"
    assert "Antes: " in own["text"]


async def test_what_the_provider_moved_may_be_cancelled_for_nothing():
    offer, customer, code = await booked()
    await reschedule_booking(offer.provider, code, NINE + 2 * HOUR)
    await begins(code, 1)
    await cancel_booking(customer, code)
    assert (await booking_named(code))["fee"] == 0


async def test_neither_strangers_nor_what_is_over_can_be_moved():
    _, customer, code = await booked()
    with pytest.raises(NotFound):
        await reschedule_booking(await a_user(), code, NINE + HOUR)
    with pytest.raises(TimePassed):
        await reschedule_booking(customer, code, in_days(-1))
    await cancel_booking(customer, code)
    with pytest.raises(TooLate):
        await reschedule_booking(customer, code, NINE + HOUR)


@pytest.mark.parametrize(
    ("hours", "confirmed", "fee"), [(25, True, 0), (23, True, 45), (23, False, 0)]
)
async def test_cancelling_is_free_until_the_agreed_hour_and_before_anybody_accepted(
    hours, confirmed, fee
):
    _, customer, code = await booked(confirmed=confirmed)
    await begins(code, hours)
    await cancel_booking(customer, code)
    booking = await booking_named(code)
    assert (booking["status"], booking["fee"]) == ("cancelled", Decimal(fee))


async def test_a_provider_who_cancels_late_costs_the_customer_nothing():
    offer, _, code = await booked()
    await begins(code, 1)
    await cancel_booking(offer.provider, code)
    assert (await booking_named(code))["fee"] == 0


async def test_the_rules_are_those_of_the_day_when_it_was_booked():
    offer, customer, code = await booked(percent=10)
    await fetch(
        "UPDATE agenda_settings SET cancel_fee_percent = 100 WHERE provider = $1", offer.provider
    )
    await begins(code, 1)
    await cancel_booking(customer, code)
    assert (await booking_named(code))["fee"] == Decimal("9.00")


async def test_moving_late_costs_the_fee_too_and_all_together_never_more_than_the_price():
    _, customer, code = await booked(percent=80)
    await fetch("UPDATE booking SET cancel_free_hours = 720 WHERE code = $1 RETURNING id", code)
    await reschedule_booking(customer, code, NINE + HOUR)
    assert (await booking_named(code))["fee"] == 72
    await reschedule_booking(customer, code, NINE + 2 * HOUR)
    assert (await booking_named(code))["fee"] == 90


async def test_done_and_missed_can_be_said_once_it_has_begun():
    offer, _, code = await booked()
    for say in (complete_booking, report_no_show):
        with pytest.raises(TooEarly):
            await say(offer.provider, code)

    await begins(code, -0.5)
    await report_no_show(offer.provider, code)
    booking = await booking_named(code)
    assert (booking["status"], booking["fee"]) == ("no_show", 45)
    with pytest.raises(TooLate):
        await complete_booking(offer.provider, code)


async def test_a_booking_is_done_two_hours_after_its_end_if_nobody_says_otherwise():
    _, _, early = await booked()
    _, _, late = await booked()
    await begins(early, -2.5)
    await begins(late, -3.5)
    await complete_past_bookings()
    await complete_past_bookings()
    assert (await booking_named(early))["status"] == "confirmed"
    done = await booking_named(late)
    assert done["status"] == "completed"
    event = await fetch_one(
        "SELECT actor FROM booking_event WHERE booking = $1 AND status = 'completed'", done["id"]
    )
    assert event["actor"] is None


async def test_an_agenda_that_confirms_at_once_needs_no_answer():
    offer, customer = await an_offer(), await a_user(language="en")
    await fetch("UPDATE agenda_settings SET instant = true WHERE provider = $1", offer.provider)
    await free_time(offer.provider, NINE, 2)
    code = await a_booking(offer, NINE, customer)
    booking = await booking_named(code)
    assert (booking["status"], booking["expires_at"]) == ("confirmed", None)
    await do_jobs("tell_move")
    assert (await newest_letter(customer))["subject"] == "Your booking is confirmed"
    assert (await newest_letter(offer.provider))["subject"] == "Uma nova contratação"


async def test_each_letter_tells_only_what_its_own_move_costs():
    offer, customer, code = await booked(percent=20)
    await fetch("UPDATE booking SET cancel_free_hours = 720 WHERE code = $1", code)
    await reschedule_booking(customer, code, NINE + HOUR)
    await do_jobs("tell_move")
    assert "As agreed, this costs" in (await newest_letter(customer))["text"]
    await cancel_booking(offer.provider, code)
    await do_jobs("tell_move")
    assert "As agreed" not in (await newest_letter(customer))["text"]


async def test_a_move_by_the_provider_waives_the_fee_for_changes_but_not_for_staying_away():
    offer, _, code = await booked(percent=20)
    await reschedule_booking(offer.provider, code, NINE + HOUR)
    await begins(code, -0.5)
    await report_no_show(offer.provider, code)
    assert (await booking_named(code))["fee"] == 18


async def test_once_the_customer_has_chosen_the_time_themselves_the_fee_is_as_agreed():
    offer, customer, code = await booked(percent=20)
    await reschedule_booking(offer.provider, code, NINE + HOUR)
    await reschedule_booking(customer, code, NINE + 2 * HOUR)
    await begins(code, 1)
    await cancel_booking(customer, code)
    assert (await booking_named(code))["fee"] == 18


async def test_what_the_customer_holds_elsewhere_stays_held():
    offer, customer, code = await booked(8)
    hold = await a_hold(offer, NINE + 5 * HOUR, customer)
    await reschedule_booking(customer, code, NINE + 2 * HOUR)
    assert (await booking_named(hold))["status"] == "held"
    # What they hold at that very time gives way.
    await reschedule_booking(customer, code, NINE + 5 * HOUR)
    assert (await booking_named(hold))["status"] == "cancelled"


async def test_a_confirmed_booking_that_the_customer_moves_stays_confirmed():
    _, customer, code = await booked()
    await reschedule_booking(customer, code, NINE + HOUR)
    assert (await booking_named(code))["status"] == "confirmed"
