"""Stripe's webhooks: signed, fresh, untouched, and about a charge of ours."""

import json
import time
from contextlib import suppress

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from app.payments.gateways.port import BadWebhook, Notice
from app.payments.gateways.stripe import StripeGateway
from tests.payments.gateways import stripe_shapes as shapes
from tests.payments.gateways.stripe_server import BOTH, SECRET

REFERENCE = "9" * 32
GATEWAY = StripeGateway("sk_test", SECRET, BOTH)
INTENT = shapes.intent(9050, "card", {"reference": REFERENCE})
INTENT["latest_charge"] = shapes.charge(INTENT, captured=True)
EVENT = shapes.event("payment_intent.succeeded", INTENT)
BODY = json.dumps(EVENT).encode()


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers under which Stripe would have sent it, at that time."""
    seconds = int(time.time() if at is None else at)
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, seconds)
    return {"stripe-signature": header}


def notices(kind: str, subject: dict) -> list[Notice]:
    body = json.dumps(shapes.event(kind, subject)).encode()
    return [notice._replace(event="") for notice in GATEWAY.parse_webhook(signed(body), {}, body)]


def is_refused(headers: dict[str, str], body: bytes, why: str = "signature") -> None:
    with pytest.raises(BadWebhook, match=f"^{why}$"):
        GATEWAY.parse_webhook(headers, {}, body)


def test_an_event_about_an_intent_says_its_charge():
    told = GATEWAY.parse_webhook(signed(BODY), {}, BODY)
    assert told == [Notice(EVENT["id"], INTENT["id"], REFERENCE)]


def test_the_same_event_again_is_the_same():
    headers = signed(BODY)
    first = GATEWAY.parse_webhook(headers, {}, BODY)
    assert GATEWAY.parse_webhook(headers, {}, BODY) == first
    later = signed(BODY, at=time.time() - 100)
    assert GATEWAY.parse_webhook(later, {}, BODY) == first


@pytest.mark.parametrize(
    "kind", ["succeeded", "payment_failed", "canceled", "amount_capturable_updated", "processing"]
)
def test_every_event_about_an_intent_counts(kind):
    assert notices(f"payment_intent.{kind}", INTENT) == [Notice("", INTENT["id"], REFERENCE)]


@pytest.mark.parametrize("kind", ["completed", "expired", "async_payment_failed"])
def test_events_about_a_session_say_its_id_and_the_charge(kind):
    asked = {
        "client_reference_id": REFERENCE,
        "mode": "payment",
        "line_items": {"0": {"quantity": "1", "price_data": {"unit_amount": 1, "currency": "brl"}}},
        "success_url": "",
        "cancel_url": "",
    }
    session = shapes.session(asked)
    expected = Notice("", session["id"], REFERENCE)
    assert notices(f"checkout.session.{kind}", session) == [expected]


@pytest.mark.parametrize("kind", ["charge.refunded", "charge.updated"])
def test_events_about_a_charge_say_its_intent(kind):
    assert notices(kind, INTENT["latest_charge"]) == [Notice("", INTENT["id"], REFERENCE)]


@pytest.mark.parametrize("kind", ["refund.updated", "refund.failed", "charge.refund.updated"])
def test_events_about_a_refund_say_the_charge_and_not_the_refund(kind):
    told = {"reference": "1" * 32, "charge": REFERENCE}
    refund = shapes.refund(INTENT, 1000, told, "pending")
    assert notices(kind, refund) == [Notice("", INTENT["id"], REFERENCE)]


@pytest.mark.parametrize("kind", ["created", "closed", "funds_withdrawn"])
def test_events_about_a_dispute_say_the_intent_alone(kind):
    assert notices(f"charge.dispute.{kind}", shapes.dispute(INTENT)) == [Notice("", INTENT["id"])]


def test_events_about_other_things_say_nothing():
    assert notices("payout.paid", {"id": "po_1", "object": "payout", "amount": 1}) == []
    assert notices("charge.succeeded", {**INTENT["latest_charge"], "payment_intent": None}) == []


def test_a_charge_of_another_program_has_no_reference_of_ours():
    assert notices("payment_intent.created", {**INTENT, "metadata": {}}) == [
        Notice("", INTENT["id"])
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"stripe-signature": ""},
        {"stripe-signature": "x"},
        {"stripe-signature": "t=,v1="},
        {"stripe-signature": f"t={int(time.time())}"},
        {"stripe-signature": f"t={int(time.time())},v1=é"},
        {"stripe-signature": f"t={int(time.time())},v1={'0' * 64}"},
        {"stripe-signature": signed(BODY)["stripe-signature"].replace("v1=", "v0=")},
        signed(BODY, "whsec_another"),
    ],
)
def test_without_a_true_signature_nothing_is_believed(headers):
    is_refused(headers, BODY)


@pytest.mark.parametrize("seconds", [301, 3600, 10**9])
def test_an_old_one_may_be_replayed_and_is_refused(seconds):
    is_refused(signed(BODY, at=time.time() - seconds), BODY)


def test_a_fresh_time_on_an_old_signature_is_refused():
    old = signed(BODY, at=time.time() - 3600)["stripe-signature"].partition(",")[2]
    is_refused({"stripe-signature": f"t={int(time.time())},{old}"}, BODY)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place, change):
    changed = bytearray(BODY)
    changed[place] ^= change
    is_refused(signed(BODY), bytes(changed))


@pytest.mark.parametrize("changed", [BODY + b" ", BODY[:-1], b"", b"\xff\xfe"])
def test_a_body_that_is_longer_or_shorter_is_refused(changed):
    is_refused(signed(BODY), changed)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'{"id": 1, "data": {}}', b'{"x": ' + b"[" * 100_000]
)
def test_what_is_signed_and_cannot_be_read_is_refused(body):
    is_refused(signed(body), body, "unreadable")


@given(st.text())
def test_any_signature_is_refused_without_an_accident(header):
    is_refused({"stripe-signature": header}, BODY)


@given(st.text())
def test_any_signed_body_is_read_or_refused(text):
    with suppress(UnicodeEncodeError, BadWebhook):
        body = text.encode()
        assert GATEWAY.parse_webhook(signed(body), {}, body) == []


def test_no_secret_of_ours_means_no_webhooks():
    without = StripeGateway("sk_test", "", BOTH)
    with pytest.raises(BadWebhook, match="signature"):
        without.parse_webhook(signed(BODY, ""), {}, BODY)
