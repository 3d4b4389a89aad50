"""Giving Pix back, which takes banks a while."""

from decimal import Decimal
from secrets import token_hex

import pytest

from app.payments.gateways.port import (
    GatewayError,
    RefundState,
    Refused,
)
from tests.payments.gateways.paying import created, paid

TEN = Decimal("10.00")


async def test_a_refund_is_on_its_way_for_a_while(gateway, charge, psp):
    reference, refund = await paid(gateway, charge, psp), token_hex(16)
    asked = await gateway.refund(reference, refund, TEN)
    assert (asked.state, asked.problem) == (RefundState.PENDING, "")
    assert (await gateway.look(reference)).refunded == TEN
    psp.settle(reference)
    assert await gateway.refund(reference, refund, TEN) == asked._replace(state=RefundState.DONE)
    assert (await gateway.look(reference)).refunded == TEN


@pytest.mark.parametrize("tells", [True, False])
async def test_the_same_refund_twice_is_one(gateway, charge, psp, tells):
    """Also while the bank does not tell it in the charge yet, and then refuses its id."""
    reference, refund = await paid(gateway, charge, psp), token_hex(16)
    psp.tells_refunds = tells
    first = await gateway.refund(reference, refund, charge.amount)
    assert await gateway.refund(reference, refund, charge.amount) == first
    psp.tells_refunds = True
    assert (await gateway.look(reference)).refunded == charge.amount


async def test_a_refund_whose_answer_was_lost_is_one(gateway, charge, psp):
    reference, refund = await paid(gateway, charge, psp), token_hex(16)
    psp.loses_answers = True
    with pytest.raises(GatewayError):
        await gateway.refund(reference, refund, TEN)
    psp.loses_answers = False
    assert (await gateway.refund(reference, refund, TEN)).state is RefundState.PENDING
    assert (await gateway.look(reference)).refunded == TEN


async def test_two_refunds_add_up_and_no_more_than_was_paid_goes_back(gateway, charge, psp):
    reference = await paid(gateway, charge, psp)
    await gateway.refund(reference, token_hex(16), TEN)
    await gateway.refund(reference, token_hex(16), Decimal("80.50"))
    assert (await gateway.look(reference)).refunded == charge.amount
    with pytest.raises(Refused, match="nothing-to-refund"):
        await gateway.refund(reference, token_hex(16), Decimal("0.01"))


async def test_the_bank_has_the_last_word_on_how_much_goes_back(gateway, charge, psp):
    reference = await paid(gateway, charge, psp)
    await gateway.refund(reference, token_hex(16), charge.amount)
    psp.tells_refunds = False
    with pytest.raises(Refused, match="PixDevolucaoInvalida"):
        await gateway.refund(reference, token_hex(16), TEN)


async def test_a_refund_that_did_not_arrive_counts_no_more(gateway, charge, psp):
    reference, refund = await paid(gateway, charge, psp), token_hex(16)
    await gateway.refund(reference, refund, charge.amount)
    psp.settle(reference, "NAO_REALIZADO")
    told = await gateway.refund(reference, refund, charge.amount)
    assert (told.state, told.problem) == (RefundState.FAILED, "NAO_REALIZADO")
    assert (await gateway.look(reference)).refunded == 0
    assert (await gateway.refund(reference, token_hex(16), TEN)).state is RefundState.PENDING


async def test_nothing_is_refunded_before_it_is_paid(gateway, charge):
    await created(gateway, charge)
    with pytest.raises(Refused, match="nothing-to-refund"):
        await gateway.refund(charge.reference, token_hex(16), TEN)
