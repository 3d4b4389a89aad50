"""Charges by card and Pix at Stripe, which answers as its API reference says."""

from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import pytest
import stripe as library

from app.core.time import now
from app.payments.gateways.port import (
    Created,
    GatewayError,
    Method,
    Refused,
    Standing,
    State,
)
from tests.payments.gateways.paying import by_card, by_pix, paid_by_card
from tests.payments.gateways.stripe_server import VERSION

TEN = Decimal("10.00")


@pytest.fixture
def gateway(stripe):
    return stripe.gateway()


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
    identifier = await paid_by_card(gateway, charge._replace(amount=amount), stripe)
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
    identifier = await paid_by_card(gateway, charge, stripe)
    stripe.sessions[identifier]["status"] = status
    assert (await gateway.look(identifier)).state is State.PAID


async def test_paid_by_what_is_not_known_yet_is_asked_again(gateway, charge, stripe):
    identifier = await paid_by_card(gateway, charge, stripe)
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
    identifier = await paid_by_card(gateway, charge, stripe)
    (intent,) = stripe.intents.values()
    intent["latest_charge"]["disputed"] = True
    standing = await gateway.look(identifier)
    assert (standing.state, standing.problem) == (State.PAID, "disputed")
