"""Taking what is reserved, letting it go, and giving it back."""

import json
from decimal import Decimal
from secrets import token_hex

import pytest

from app.payments.gateways.port import (
    RefundState,
    Refused,
    Standing,
    State,
)
from tests.payments.gateways.paying import by_card, by_pix, paid_by_card, reserved

TEN = Decimal("10.00")


@pytest.fixture
def gateway(stripe):
    return stripe.gateway()


async def test_what_is_reserved_is_taken_once(gateway, charge, stripe):
    identifier = await reserved(gateway, charge, stripe)
    assert await gateway.look(identifier) == Standing(State.RESERVED, reference=charge.reference)
    await gateway.capture(identifier)
    await gateway.capture(identifier)
    assert (await gateway.look(identifier)).paid == charge.amount


async def test_a_capture_whose_answer_was_lost_is_one(gateway, charge, stripe):
    identifier = await reserved(gateway, charge, stripe)
    (intent,) = stripe.intents
    stripe.capture(intent)
    await gateway.capture(identifier)
    assert (await gateway.look(identifier)).paid == charge.amount


async def test_what_another_worker_takes_in_between_is_taken(gateway, charge, stripe):
    identifier = await reserved(gateway, charge, stripe)
    intent = next(iter(stripe.intents.values()))
    before = {"id": identifier, "object": "checkout.session", "status": "complete",
              "payment_intent": json.loads(json.dumps(intent))}  # fmt: skip
    stripe.capture(intent["id"])
    stripe.fails = [(200, json.dumps(before).encode())]
    await gateway.capture(identifier)
    assert (await gateway.look(identifier)).paid == charge.amount


async def test_nothing_is_taken_that_is_not_reserved(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    with pytest.raises(Refused, match="not-reserved"):
        await gateway.capture(made.gateway_id)
    identifier = await reserved(gateway, charge._replace(reference=token_hex(16)), stripe)
    await gateway.close(identifier)
    with pytest.raises(Refused, match="not-reserved"):
        await gateway.capture(identifier)


async def test_what_is_reserved_is_let_go_and_nothing_counts_as_refunded(gateway, charge, stripe):
    identifier = await reserved(gateway, charge, stripe)
    await gateway.close(identifier)
    await gateway.close(identifier)
    assert await gateway.look(identifier) == Standing(State.CLOSED, reference=charge.reference)


async def test_nobody_can_pay_on_a_page_that_is_closed(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    stripe.refuse_card(made.gateway_id)
    await gateway.close(made.gateway_id)
    await gateway.close(made.gateway_id)
    assert (await gateway.look(made.gateway_id)).state is State.CLOSED


async def test_nobody_can_pay_pix_that_is_closed(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    await gateway.close(made.gateway_id)
    await gateway.close(made.gateway_id)
    assert (await gateway.look(made.gateway_id)).state is State.CLOSED


async def test_what_was_paid_stays_so_when_it_is_closed(gateway, charge, stripe):
    identifier = await paid_by_card(gateway, charge, stripe)
    await gateway.close(identifier)
    assert await gateway.look(identifier) == Standing(
        State.PAID, charge.amount, reference=charge.reference
    )


async def test_what_is_paid_in_the_moment_of_closing_stays_paid(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    before = dict(stripe.sessions[made.gateway_id])
    stripe.pay_session(made.gateway_id)
    stripe.fails = [(200, json.dumps(before).encode())]
    await gateway.close(made.gateway_id)
    assert (await gateway.look(made.gateway_id)).state is State.PAID


async def test_a_refund_is_done(gateway, charge, stripe):
    identifier, reference = await paid_by_card(gateway, charge, stripe), token_hex(16)
    told = await gateway.refund(identifier, reference, TEN)
    assert (told.state, told.gateway_id) == (RefundState.DONE, stripe.refunds[0]["id"])
    assert stripe.refunds[0]["metadata"] == {"reference": reference, "charge": charge.reference}
    assert (await gateway.look(identifier)).refunded == TEN


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", RefundState.PENDING),
        ("requires_action", RefundState.PENDING),
        ("succeeded", RefundState.DONE),
        ("failed", RefundState.FAILED),
        ("canceled", RefundState.FAILED),
    ],
)
async def test_an_earlier_refund_tells_how_it_stands(gateway, charge, stripe, status, state):
    identifier, reference = await paid_by_card(gateway, charge, stripe), token_hex(16)
    stripe.refund_status = "pending"
    await gateway.refund(identifier, reference, TEN)
    stripe.refunds[0]["status"] = status
    told = await gateway.refund(identifier, reference, TEN)
    assert told.state is state
    assert told.problem == (status if state is RefundState.FAILED else "")
    assert len(stripe.refunds) == 1


async def test_why_a_refund_failed_is_told(gateway, charge, stripe):
    identifier, reference = await paid_by_card(gateway, charge, stripe), token_hex(16)
    await gateway.refund(identifier, reference, TEN)
    stripe.refunds[0] |= {"status": "failed", "failure_reason": "insufficient_funds"}
    assert (await gateway.refund(identifier, reference, TEN)).problem == "insufficient_funds"


async def test_an_old_refund_among_many_is_found(gateway, charge, stripe):
    identifier = await paid_by_card(gateway, charge, stripe)
    references = [token_hex(16) for _ in range(5)]
    told = [await gateway.refund(identifier, reference, TEN) for reference in references]
    again = [await gateway.refund(identifier, reference, TEN) for reference in references]
    assert again == told
    assert (await gateway.look(identifier)).refunded == 5 * TEN


async def test_a_refund_whose_answer_was_lost_is_one(gateway, charge, stripe):
    identifier, reference = await paid_by_card(gateway, charge, stripe), token_hex(16)
    intent = next(iter(stripe.intents.values()))
    told = {"reference": reference, "charge": charge.reference}
    stripe.refund({"payment_intent": intent["id"], "amount": "1000", "metadata": told})
    await gateway.refund(identifier, reference, TEN)
    assert (await gateway.look(identifier)).refunded == TEN


async def test_two_workers_with_one_refund_make_one(gateway, charge, stripe):
    """Neither finds it in the list, and the key makes them one."""
    identifier, reference = await paid_by_card(gateway, charge, stripe), token_hex(16)
    first = await gateway.refund(identifier, reference, TEN)
    hidden, stripe.refunds = stripe.refunds, []
    assert await gateway.refund(identifier, reference, TEN) == first
    assert stripe.refunds == []
    assert len(hidden) == 1


async def test_no_more_than_was_paid_goes_back(gateway, charge, stripe):
    identifier = await paid_by_card(gateway, charge, stripe)
    await gateway.refund(identifier, token_hex(16), charge.amount)
    with pytest.raises(Refused, match="charge_already_refunded"):
        await gateway.refund(identifier, token_hex(16), TEN)


async def test_nothing_is_refunded_before_it_is_paid(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    with pytest.raises(Refused, match="nothing-to-refund"):
        await gateway.refund(made.gateway_id, token_hex(16), TEN)
    identifier = await reserved(gateway, charge._replace(reference=token_hex(16)), stripe)
    with pytest.raises(Refused, match="charge_not_refundable"):
        await gateway.refund(identifier, token_hex(16), TEN)
