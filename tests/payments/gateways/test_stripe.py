"""Cards and Pix by Stripe, against a server that answers as its API reference says."""

import json
import time
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import pytest
import stripe as library

from app.core.time import now
from app.payments.gateways import stripe as adapter
from app.payments.gateways.port import (
    Created,
    GatewayError,
    Method,
    RefundState,
    Refused,
    Standing,
    State,
)
from tests.payments.gateways import stripe_shapes as shapes
from tests.payments.gateways.stripe_server import VERSION, stripe_server

TEN = Decimal("10.00")


@pytest.fixture
async def stripe():
    async with stripe_server() as server:
        yield server


@pytest.fixture
def gateway(stripe):
    return stripe.gateway()


async def by_card(gateway, charge, reserve: bool = False) -> Created:
    return await gateway.create(charge._replace(reserve=reserve), Method.CARD)


async def by_pix(gateway, charge) -> Created:
    return await gateway.create(charge, Method.PIX)


async def paid(gateway, charge, stripe) -> str:
    made = await by_card(gateway, charge)
    stripe.pay_session(made.gateway_id)
    return made.gateway_id


async def reserved(gateway, charge, stripe) -> str:
    made = await by_card(gateway, charge, reserve=True)
    stripe.pay_session(made.gateway_id)
    return made.gateway_id


def test_the_library_speaks_the_version_that_the_tests_answer():
    assert library.api_version in (None, VERSION)
    assert library.StripeClient("sk")._requestor._options.stripe_version == VERSION


def test_the_library_tells_nothing_about_this_machine():
    assert library.enable_telemetry is False


async def test_a_card_is_entered_on_a_page_of_stripes(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    (asked,) = stripe.asked
    assert made.pay_url == stripe.sessions[made.gateway_id]["url"]
    assert made.pix_code == ""
    assert asked["allowed_payment_method_types"] == {"0": "card"}
    assert asked["client_reference_id"] == charge.reference
    assert asked["payment_intent_data"] == {"metadata": {"reference": charge.reference}}
    assert asked["success_url"] == asked["cancel_url"] == charge.return_url
    price = asked["line_items"]["0"]["price_data"]
    assert (price["currency"], price["unit_amount"]) == ("brl", "9050")
    assert price["product_data"] == {"name": charge.description}


@pytest.mark.parametrize("minutes", [1, 20, 60, 23 * 60])
async def test_a_page_lives_as_long_as_stripe_wants_it_to(gateway, charge, minutes, stripe):
    expires_at = now() + timedelta(minutes=minutes)
    made = await by_card(gateway, charge._replace(expires_at=expires_at))
    ends = stripe.sessions[made.gateway_id]["expires_at"]
    assert ends == int((expires_at + timedelta(minutes=31)).timestamp())


async def test_a_page_for_longer_than_a_day_ends_after_a_day(gateway, charge, stripe):
    made = await by_card(gateway, charge._replace(expires_at=now() + timedelta(days=3)))
    assert "expires_at" not in stripe.asked[0]
    assert stripe.sessions[made.gateway_id]["status"] == "open"


async def test_pix_is_paid_by_a_code(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    intent = stripe.intents[made.gateway_id]
    code = intent["next_action"]["pix_display_qr_code"]
    assert made == Created(intent["id"], pix_code=code["data"])
    assert code["expires_at"] == int(charge.expires_at.timestamp())
    assert (intent["amount"], intent["currency"]) == (9050, "brl")
    assert intent["metadata"] == {"reference": charge.reference}


@pytest.mark.parametrize("method", list(Method))
async def test_the_same_charge_twice_is_one(gateway, charge, stripe, method):
    made = await gateway.create(charge, method)
    assert await gateway.create(charge, method) == made
    assert len(stripe.sessions) + len(stripe.intents) == 1


@pytest.mark.parametrize("method", list(Method))
async def test_a_charge_whose_answer_was_lost_is_found_again(gateway, charge, stripe, method):
    stripe.loses_answers = True
    with pytest.raises(GatewayError):
        await gateway.create(charge, method)
    stripe.loses_answers = False
    made = await gateway.create(charge, method)
    assert [made.gateway_id] == [*stripe.sessions, *stripe.intents]


async def test_another_amount_under_the_same_reference_is_refused(gateway, charge):
    await by_card(gateway, charge)
    with pytest.raises(Refused, match="IdempotencyError"):
        await by_card(gateway, charge._replace(amount=TEN))


@pytest.mark.parametrize("method", list(Method))
async def test_a_charge_that_has_ended_is_not_made(gateway, charge, stripe, method):
    with pytest.raises(Refused, match="expired"):
        await gateway.create(charge._replace(expires_at=now()), method)
    assert stripe.requests == []


async def test_pix_without_a_code_is_of_no_use(gateway, charge, stripe):
    stripe.writes_codes = False
    with pytest.raises(Refused, match="no-pix-code"):
        await by_pix(gateway, charge)


@pytest.mark.parametrize("amount", ["0.50", "19.99", "1.15", "2.30", "99999.99"])
async def test_no_centavo_is_lost(gateway, charge, stripe, amount):
    amount = Decimal(amount)
    identifier = await paid(gateway, charge._replace(amount=amount), stripe)
    assert (await gateway.look(identifier)).paid == amount
    await gateway.refund(identifier, token_hex(16), amount)
    assert (await gateway.look(identifier)).refunded == amount


async def test_a_page_is_open_until_its_card_is_charged(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    assert await gateway.look(made.gateway_id) == Standing(State.OPEN, reference=charge.reference)
    stripe.pay_session(made.gateway_id)
    assert await gateway.look(made.gateway_id) == Standing(
        State.PAID, charge.amount, reference=charge.reference
    )


async def test_a_declined_card_may_be_followed_by_another(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    stripe.refuse_card(made.gateway_id)
    assert (await gateway.look(made.gateway_id)).state is State.OPEN


async def test_a_page_that_has_ended_is_closed(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    stripe.refuse_card(made.gateway_id)
    stripe.sessions[made.gateway_id]["status"] = "expired"
    assert await gateway.look(made.gateway_id) == Standing(State.CLOSED, reference=charge.reference)


@pytest.mark.parametrize("status", ["open", "expired"])
async def test_money_counts_whatever_its_page_still_says(gateway, charge, stripe, status):
    identifier = await paid(gateway, charge, stripe)
    stripe.sessions[identifier]["status"] = status
    assert (await gateway.look(identifier)).state is State.PAID


async def test_paid_by_what_is_not_known_yet_is_asked_again(gateway, charge, stripe):
    identifier = await paid(gateway, charge, stripe)
    next(iter(stripe.intents.values()))["latest_charge"] = None
    with pytest.raises(GatewayError, match="no-charge-yet"):
        await gateway.look(identifier)


async def test_pix_is_open_until_it_is_paid(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    assert (await gateway.look(made.gateway_id)).state is State.OPEN
    stripe.pay_pix(made.gateway_id)
    assert await gateway.look(made.gateway_id) == Standing(
        State.PAID, charge.amount, reference=charge.reference
    )


async def test_pix_that_nobody_paid_in_time_is_closed(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    stripe.fail_pix(made.gateway_id, "payment_intent_payment_attempt_expired")
    assert (await gateway.look(made.gateway_id)).state is State.CLOSED


async def test_pix_that_failed_says_why(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    stripe.fail_pix(made.gateway_id, "payment_method_provider_decline")
    standing = await gateway.look(made.gateway_id)
    assert (standing.state, standing.problem) == (State.FAILED, "payment_method_provider_decline")


async def test_an_intent_in_a_state_that_is_not_known_yet_is_open(gateway, charge, stripe):
    made = await by_pix(gateway, charge)
    stripe.intents[made.gateway_id]["status"] = "processing"
    assert (await gateway.look(made.gateway_id)).state is State.OPEN


async def test_a_charge_that_stripe_does_not_know_is_refused(gateway):
    for identifier in ("pi_unknown", "cs_unknown"):
        with pytest.raises(Refused, match="resource_missing"):
            await gateway.look(identifier)


async def test_a_notice_by_its_intent_leads_to_the_charge_of_a_session(gateway, charge, stripe):
    made = await by_card(gateway, charge)
    intent = stripe.pay_session(made.gateway_id)
    assert (await gateway.look(intent["id"])).reference == charge.reference


async def test_a_payer_who_wants_money_back_from_the_bank_is_told(gateway, charge, stripe):
    identifier = await paid(gateway, charge, stripe)
    (intent,) = stripe.intents.values()
    intent["latest_charge"]["disputed"] = True
    standing = await gateway.look(identifier)
    assert (standing.state, standing.problem) == (State.PAID, "disputed")


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
    identifier = await paid(gateway, charge, stripe)
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
    identifier, reference = await paid(gateway, charge, stripe), token_hex(16)
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
    identifier, reference = await paid(gateway, charge, stripe), token_hex(16)
    stripe.refund_status = "pending"
    await gateway.refund(identifier, reference, TEN)
    stripe.refunds[0]["status"] = status
    told = await gateway.refund(identifier, reference, TEN)
    assert told.state is state
    assert told.problem == (status if state is RefundState.FAILED else "")
    assert len(stripe.refunds) == 1


async def test_why_a_refund_failed_is_told(gateway, charge, stripe):
    identifier, reference = await paid(gateway, charge, stripe), token_hex(16)
    await gateway.refund(identifier, reference, TEN)
    stripe.refunds[0] |= {"status": "failed", "failure_reason": "insufficient_funds"}
    assert (await gateway.refund(identifier, reference, TEN)).problem == "insufficient_funds"


async def test_an_old_refund_among_many_is_found(gateway, charge, stripe):
    identifier, references = await paid(gateway, charge, stripe), [token_hex(16) for _ in range(5)]
    told = [await gateway.refund(identifier, reference, TEN) for reference in references]
    again = [await gateway.refund(identifier, reference, TEN) for reference in references]
    assert again == told
    assert (await gateway.look(identifier)).refunded == 5 * TEN


async def test_a_refund_whose_answer_was_lost_is_one(gateway, charge, stripe):
    identifier, reference = await paid(gateway, charge, stripe), token_hex(16)
    intent = next(iter(stripe.intents.values()))
    asked = {"payment_intent": intent["id"], "amount": "1000",
             "metadata": {"reference": reference, "charge": charge.reference}}  # fmt: skip
    stripe.refund(asked)
    await gateway.refund(identifier, reference, TEN)
    assert (await gateway.look(identifier)).refunded == TEN


async def test_two_workers_with_one_refund_make_one(gateway, charge, stripe):
    """Neither finds it in the list, and the key makes them one."""
    identifier, reference = await paid(gateway, charge, stripe), token_hex(16)
    first = await gateway.refund(identifier, reference, TEN)
    hidden, stripe.refunds = stripe.refunds, []
    assert await gateway.refund(identifier, reference, TEN) == first
    assert stripe.refunds == []
    assert len(hidden) == 1


async def test_no_more_than_was_paid_goes_back(gateway, charge, stripe):
    identifier = await paid(gateway, charge, stripe)
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


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 502, 503])
@pytest.mark.parametrize("body", [b"", b"<html>", json.dumps(shapes.error("api_error")).encode()])
async def test_what_passes_is_tried_again_later(gateway, charge, stripe, status, body):
    stripe.fails = [(status, body)]
    with pytest.raises(GatewayError):
        await by_card(gateway, charge)
    # The queue tries again, nobody else.
    assert len(stripe.requests) == 1


@pytest.mark.parametrize(("status", "code"), [(400, "amount_too_small"), (402, "card_declined")])
async def test_what_will_never_work_says_the_code_and_nothing_personal(
    gateway, charge, stripe, status, code
):
    stripe.fails = [(status, json.dumps(shapes.error("card_error", code)).encode())]
    with pytest.raises(Refused) as refused:
        await by_card(gateway, charge)
    assert str(refused.value) == code
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


async def test_a_wrong_key_may_be_mended(charge, stripe):
    with pytest.raises(GatewayError, match="AuthenticationError"):
        await by_card(stripe.gateway("sk_test_wrong"), charge)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
async def test_an_answer_that_is_none_may_be_one_later(gateway, charge, stripe, body):
    stripe.fails = [(200, body)]
    with pytest.raises(GatewayError):
        await by_card(gateway, charge)


async def test_a_stripe_that_stalls_is_given_up(gateway, charge, stripe, monkeypatch):
    monkeypatch.setattr(adapter, "SECONDS", 0.3)
    stripe.stalls = True
    began = time.monotonic()
    with pytest.raises(GatewayError, match="timeout"):
        await by_card(gateway, charge)
    assert time.monotonic() - began < 2


async def test_a_stripe_that_is_away_is_tried_again_later(charge):
    away = adapter.StripeGateway("sk", "whsec", frozenset(Method), "http://127.0.0.1:9")
    with pytest.raises(GatewayError, match="ClientConnectorError"):
        await by_card(away, charge)
