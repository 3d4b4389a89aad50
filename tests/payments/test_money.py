"""Whose money it is, whatever becomes of a booking."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.bookings.actions.answer import (
    complete_booking,
    confirm_booking,
    decline_booking,
    report_no_show,
)
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.lapse import expire_booking
from app.core.database import fetch, fetch_one
from app.core.time import now
from app.payments.actions.look import look_at_payment
from app.payments.actions.settle import settle_booking
from app.payments.gateways.port import Method
from tests.factories import a_booking, an_offer, free_time, let_lapse
from tests.payments.paying import (
    NOON,
    a_charge,
    a_deal,
    a_paid_deal,
    balance,
    do_money_jobs,
    events_of,
    newest_payment,
    pay,
    payments_of,
    refunds_of,
)

# Less than a day from now.
SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=5)


async def let_begin(code: str) -> None:
    await fetch(
        "UPDATE booking SET starts_at = now() - interval '1 h', ends_at = now() WHERE code = $1",
        code,
    )


async def test_what_is_to_be_paid_is_held_until_it_is(app):
    deal = await a_deal()
    assert (await deal.booking())["status"] == "held"
    await pay(await a_charge(deal))
    booking = await deal.booking()
    assert (booking["status"], booking["paid"]) == ("confirmed", Decimal("90.00"))
    assert await balance(deal.customer) == 90
    assert await events_of(deal) == ["paid"]


async def test_a_paid_request_still_waits_for_its_answer(app):
    deal = await a_paid_deal(instant=False)
    assert (await deal.booking())["status"] == "pending"


async def test_a_deposit_is_a_part_of_the_price(app):
    deal = await a_paid_deal(prepaid_percent=30, price="99.99")
    assert (await deal.booking())["paid"] == Decimal("30.00")


async def test_a_refused_card_can_be_tried_again(app):
    deal = await a_deal()
    await pay(await a_charge(deal, Method.CARD), pays=False)
    assert (await deal.booking())["status"] == "held"
    assert await events_of(deal) == ["failed"]
    await pay(await a_charge(deal, Method.CARD))
    assert (await deal.booking())["status"] == "confirmed"


async def test_asking_twice_to_pay_is_one_charge(app):
    deal = await a_deal()
    await a_charge(deal)
    await a_charge(deal)
    assert len(await payments_of(deal)) == 1


async def test_who_pays_in_two_ways_gets_one_back(app):
    deal = await a_deal()
    by_pix, by_card = await a_charge(deal), await a_charge(deal, Method.CARD)
    # Both at once, before either is known of.
    await pay(by_pix)
    await fetch("UPDATE sandbox_charge SET state = 'paid' WHERE reference = $1", by_card)
    await fetch("UPDATE payment SET state = 'open' WHERE gateway_id = $1", by_card)
    await look_at_payment((await payments_of(deal))[1]["id"])
    await do_money_jobs()
    assert [refund["amount"] for refund in await refunds_of(deal)] == [90]
    assert await balance(deal.customer) == 90
    assert await events_of(deal) == ["paid", "twice", "refunded"]


async def test_when_it_is_paid_the_other_charge_is_closed(app):
    deal = await a_deal()
    by_pix, _ = await a_charge(deal), await a_charge(deal, Method.CARD)
    await pay(by_pix)
    assert {payment["state"] for payment in await payments_of(deal)} == {"paid", "closed"}


async def test_a_time_that_is_not_paid_is_given_back_and_its_charge_closed(app):
    deal = await a_deal()
    await a_charge(deal)
    await let_lapse(deal.code)
    await expire_booking((await deal.booking())["id"])
    await do_money_jobs()
    assert (await deal.booking())["status"] == "expired"
    assert (await newest_payment(deal))["state"] == "closed"


async def test_a_late_payment_never_takes_the_time_from_who_has_it_and_is_given_back(app):
    deal = await a_deal()
    reference = await a_charge(deal)
    await let_lapse(deal.code)
    # The other pays on the spot.
    await fetch("UPDATE service SET prepaid_percent = 0 WHERE id = $1", deal.offer.service)
    other = await a_booking(deal.offer, NOON)
    await fetch("UPDATE sandbox_charge SET state = 'open' WHERE reference = $1", reference)
    await pay(reference)
    booking = await deal.booking()
    assert (booking["status"], booking["paid"], booking["refunded"]) == ("expired", 90, 90)
    assert (await fetch_one("SELECT status FROM booking WHERE code = $1", other))[
        "status"
    ] == "confirmed"
    assert await balance(deal.customer) == 0
    assert await events_of(deal) == ["late", "refunded"]


async def test_a_late_payment_still_has_the_time_that_nobody_took(app):
    deal = await a_deal()
    reference = await a_charge(deal)
    await let_lapse(deal.code)
    await pay(reference)
    assert (await deal.booking())["status"] == "confirmed"


async def test_done_work_is_the_providers_less_the_commission(app):
    deal = await a_paid_deal()
    await let_begin(deal.code)
    await complete_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert await balance(deal.customer) == 0
    assert await balance(deal.offer.provider) == 81


async def test_who_has_left_when_it_is_done_still_owes_nothing_and_the_provider_is_paid(app):
    deal = await a_paid_deal()
    await let_begin(deal.code)
    # As deleting an account does.
    await fetch("UPDATE booking SET address = '', note = '' WHERE code = $1", deal.code)
    await complete_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert await balance(deal.customer) == 0
    assert await balance(deal.offer.provider) == 81


async def test_of_what_is_paid_on_the_spot_the_provider_owes_the_commission(app):
    offer = await an_offer()
    await free_time(offer.provider, NOON, 4)
    code = await a_booking(offer, NOON)
    await confirm_booking(offer.provider, code)
    await let_begin(code)
    await complete_booking(offer.provider, code)
    await do_money_jobs()
    assert await balance(offer.provider) == -9


@pytest.mark.parametrize("method", Method)
async def test_a_declined_request_is_given_back_whole(app, method):
    deal = await a_paid_deal(method, instant=False)
    await decline_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    booking = await deal.booking()
    assert booking["paid"] == booking["refunded"]
    assert await balance(deal.customer) == await balance(deal.offer.provider) == 0


async def test_a_card_is_only_charged_when_the_provider_accepts(app):
    deal = await a_paid_deal(Method.CARD, instant=False)
    assert (await deal.booking())["paid"] == 0
    assert (await newest_payment(deal))["state"] == "reserved"
    await confirm_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["paid"] == 90
    assert await balance(deal.customer) == 90


async def test_cancelled_in_time_all_is_given_back(app):
    deal = await a_paid_deal(cancel_fee_percent=50)
    await cancel_booking(deal.customer, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["refunded"] == 90


async def test_cancelled_late_the_fee_is_kept_and_earned(app):
    deal = await a_paid_deal(cancel_fee_percent=50, starts_at=SOON)
    await cancel_booking(deal.customer, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["refunded"] == 45
    assert await balance(deal.customer) == 0
    assert await balance(deal.offer.provider) == Decimal("40.50")


async def test_cancelled_by_the_provider_all_is_given_back(app):
    deal = await a_paid_deal(cancel_fee_percent=50)
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["refunded"] == 90


async def test_who_stays_away_pays_the_fee(app):
    deal = await a_paid_deal(cancel_fee_percent=50)
    await let_begin(deal.code)
    await report_no_show(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["refunded"] == 45
    assert await balance(deal.offer.provider) == Decimal("40.50")


async def test_the_ledger_never_changes_and_always_balances(app):
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    row = await fetch_one("SELECT coalesce(sum(amount), 0) AS total FROM ledger_entry")
    assert row["total"] == 0


async def test_what_is_done_again_changes_nothing(app):
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    booking = (await deal.booking())["id"]
    for _ in range(3):
        await settle_booking(booking)
        await do_money_jobs()
    assert len(await refunds_of(deal)) == 1
