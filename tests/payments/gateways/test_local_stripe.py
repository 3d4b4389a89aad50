"""Against localstripe, which somebody else has written: intents, manual capture, refunds."""

import subprocess
import sys
from decimal import Decimal
from secrets import token_hex

import httpx
import pytest

from app.payments.gateways.port import GatewayError, RefundState, Refused, Standing, State
from app.payments.gateways.stripe import StripeGateway
from tests.payments.gateways.stripe_server import BOTH, SECRET
from tests.servers import free_port, wait_for

REFERENCE = "9" * 32
TEN = Decimal("10.00")
KEY = "sk_test_12345"
GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000341"


@pytest.fixture(scope="module")
def address():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.gateways.local_stripe", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", "/js.stripe.com/v3/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def gateway(address) -> StripeGateway:
    return StripeGateway(KEY, SECRET, BOTH, address)


@pytest.fixture
def ask(address):
    with httpx.Client(base_url=f"{address}/v1", auth=(KEY, "")) as client:
        yield lambda path, **form: client.post(path, data=form).json()


def paid_by(ask, number: str = GOOD_CARD, **more: str) -> str:
    """An intent that a payer with this card has confirmed."""
    card = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    method = ask(
        "/payment_methods", type="card", **{f"card[{name}]": text for name, text in card.items()}
    )
    customer = ask("/customers", email="fulano@example.com")
    ask(f"/payment_methods/{method['id']}/attach", customer=customer["id"])
    form = {"amount": "9050", "currency": "brl", "customer": customer["id"]}
    form |= {"payment_method": method["id"], "metadata[reference]": REFERENCE, **more}
    made = ask("/payment_intents", **form)
    ask(f"/payment_intents/{made['id']}/confirm")
    return made["id"]


async def test_an_intent_for_pix_is_there_and_unpaid_until_it_is_closed(gateway, ask):
    form = {"payment_method_types[]": "pix", "metadata[reference]": REFERENCE}
    made = ask("/payment_intents", amount="9050", currency="brl", **form)
    assert (await gateway.look(made["id"])).reference == REFERENCE
    await gateway.close(made["id"])
    await gateway.close(made["id"])
    assert await gateway.look(made["id"]) == Standing(State.CLOSED, reference=REFERENCE)


async def test_what_a_card_has_paid_is_paid(gateway, ask):
    assert await gateway.look(paid_by(ask)) == Standing(
        State.PAID, Decimal("90.50"), reference=REFERENCE
    )


async def test_what_is_reserved_is_taken_once(gateway, ask):
    identifier = paid_by(ask, capture_method="manual")
    assert (await gateway.look(identifier)).state is State.RESERVED
    await gateway.capture(identifier)
    await gateway.capture(identifier)
    assert (await gateway.look(identifier)).paid == Decimal("90.50")


async def test_what_is_reserved_is_let_go(gateway, ask):
    identifier = paid_by(ask, capture_method="manual")
    await gateway.close(identifier)
    assert (await gateway.look(identifier)).state is State.CLOSED
    with pytest.raises(Refused):
        await gateway.capture(identifier)


async def test_a_declined_card_says_why(gateway, ask):
    standing = await gateway.look(paid_by(ask, DECLINED_CARD))
    assert (standing.state, standing.problem) == (State.FAILED, "card_declined")


async def test_what_was_paid_stays_so_when_it_is_closed(gateway, ask):
    identifier = paid_by(ask)
    await gateway.close(identifier)
    assert (await gateway.look(identifier)).state is State.PAID


async def test_refunds_add_up_and_the_same_twice_is_one(gateway, ask):
    """Without idempotency keys, which localstripe does not have: by looking first."""
    identifier, references = paid_by(ask), [token_hex(16) for _ in range(12)]
    told = [await gateway.refund(identifier, reference, Decimal(5)) for reference in references]
    again = [await gateway.refund(identifier, reference, Decimal(5)) for reference in references]
    assert again == told
    assert {refund.state for refund in told} == {RefundState.DONE}
    assert (await gateway.look(identifier)).refunded == Decimal(60)


async def test_nothing_is_refunded_of_a_declined_card(gateway, ask):
    with pytest.raises((Refused, GatewayError)):
        await gateway.refund(paid_by(ask, DECLINED_CARD), token_hex(16), TEN)


async def test_what_it_does_not_know_is_refused(gateway):
    with pytest.raises(Refused):
        await gateway.look("pi_unknown")
