"""What goes wrong on the way to Stripe."""

import json
import time

import pytest

from app.payments.gateways import stripe as adapter
from app.payments.gateways.port import (
    GatewayError,
    Method,
    Refused,
)
from tests.payments.gateways import stripe_shapes as shapes
from tests.payments.gateways.paying import by_card


@pytest.fixture
def gateway(stripe):
    return stripe.gateway()


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
