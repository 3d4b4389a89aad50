"""Charges at a bank: by its standard, and by what banks do besides."""

from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import pytest

from app.core.time import format_wire, now
from app.payments.gateways.brcode import read_brcode
from app.payments.gateways.port import (
    Created,
    GatewayError,
    Refused,
    Standing,
    State,
)
from tests.payments.gateways.paying import created, paid

TEN = Decimal("10.00")


async def test_a_charge_is_written_as_the_standard_has_it(gateway, charge, psp):
    made = await created(gateway, charge)
    cob = psp.cobs[charge.reference]
    assert made == Created(charge.reference, pix_code=cob["pixCopiaECola"])
    assert cob["valor"] == {"original": "90.50"}
    assert cob["solicitacaoPagador"] == charge.description
    assert 1190 <= cob["calendario"]["expiracao"] <= 1200


async def test_the_same_charge_twice_is_one_that_does_not_end_earlier(gateway, charge, psp):
    made = await created(gateway, charge)
    cob = dict(psp.cobs[charge.reference])
    assert await created(gateway, charge) == made
    assert psp.cobs[charge.reference] == cob
    assert [method for method, path in psp.requests if path.startswith("/v2")] == [
        *["GET", "PUT"],
        "GET",
    ]


async def test_a_charge_whose_answer_was_lost_is_found_again(gateway, charge, psp):
    psp.loses_answers = True
    with pytest.raises(GatewayError):
        await created(gateway, charge)
    psp.loses_answers = False
    made = await created(gateway, charge)
    assert len(psp.cobs) == 1
    assert made.pix_code == psp.cobs[charge.reference]["pixCopiaECola"]


@pytest.mark.parametrize("refuses", [True, False])
async def test_a_charge_that_another_worker_writes_meanwhile_is_one(
    psp, charge, gateway, monkeypatch, refuses
):
    """By the standard it may be written again; some banks refuse that."""
    psp.refuses_known = refuses
    await created(psp.gateway(), charge)
    found = gateway._find
    looks = []

    async def blind_at_first(reference):
        looks.append(reference)
        return await found(reference) if len(looks) > 1 else None

    monkeypatch.setattr(gateway, "_find", blind_at_first)
    assert (await created(gateway, charge)).gateway_id == charge.reference
    assert len(psp.cobs) == 1


async def test_another_amount_under_the_same_reference_is_refused(gateway, charge):
    await created(gateway, charge)
    with pytest.raises(Refused, match="other-amount"):
        await created(gateway, charge._replace(amount=TEN))


async def test_a_charge_that_has_ended_is_not_written(gateway, charge, psp):
    with pytest.raises(Refused, match="expired"):
        await created(gateway, charge._replace(expires_at=now()))
    assert psp.cobs == {}


async def test_a_long_description_is_cut_to_what_banks_take(gateway, charge, psp):
    await created(gateway, charge._replace(description="ç" * 200))
    assert psp.cobs[charge.reference]["solicitacaoPagador"] == "ç" * 140


async def test_a_bank_that_writes_no_code_leaves_it_to_us(gateway, charge, psp):
    psp.writes_codes = False
    code = read_brcode((await created(gateway, charge)).pix_code)
    assert code.location == psp.cobs[charge.reference]["location"]
    assert (code.name, code.city) == ("Mini Marketplace", "Sao Paulo")


async def test_a_location_may_stand_one_level_deeper(gateway, charge, psp):
    psp.writes_codes = False
    await created(gateway, charge)
    location = psp.cobs[charge.reference].pop("location")
    assert read_brcode((await created(gateway, charge)).pix_code).location == location


async def test_a_code_for_our_amount_is_taken_and_for_another_is_not(gateway, charge, psp):
    psp.code_amount = charge.amount
    assert read_brcode((await created(gateway, charge)).pix_code).amount == charge.amount
    psp.cobs.clear()
    psp.code_amount = charge.amount + 1
    with pytest.raises(Refused, match="brcode-amount"):
        await created(gateway, charge)


async def test_a_code_with_a_changed_character_is_not_shown(gateway, charge, psp):
    await created(gateway, charge)
    cob = psp.cobs[charge.reference]
    cob["pixCopiaECola"] = cob["pixCopiaECola"].replace("MINI", "MAXI")
    with pytest.raises(Refused, match="brcode-crc"):
        await created(gateway, charge)


async def test_a_charge_is_open_until_it_is_paid(gateway, charge, psp):
    await created(gateway, charge)
    assert (await gateway.look(charge.reference)).state is State.OPEN
    psp.pay(charge.reference)
    assert await gateway.look(charge.reference) == Standing(
        State.PAID, charge.amount, reference=charge.reference
    )


async def test_a_charge_that_ended_unpaid_is_closed_and_a_late_payment_counts(gateway, charge, psp):
    await created(gateway, charge)
    long_ago = now() - timedelta(hours=1)
    psp.cobs[charge.reference]["calendario"]["criacao"] = format_wire(long_ago)
    assert (await gateway.look(charge.reference)).state is State.CLOSED
    psp.pay(charge.reference)
    assert (await gateway.look(charge.reference)).state is State.PAID


async def test_more_was_paid_than_asked(gateway, charge, psp):
    await created(gateway, charge)
    psp.pay(charge.reference, "100.00")
    assert (await gateway.look(charge.reference)).paid == Decimal("100.00")


async def test_paid_by_what_is_not_known_yet_is_asked_again(gateway, charge, psp):
    await created(gateway, charge)
    psp.cobs[charge.reference]["status"] = "CONCLUIDA"
    with pytest.raises(GatewayError, match="no-payment-yet"):
        await gateway.look(charge.reference)
    with pytest.raises(GatewayError, match="no-payment-yet"):
        await gateway.refund(charge.reference, token_hex(16), TEN)


async def test_a_charge_that_the_bank_has_forgotten_is_unknown(gateway, charge, psp):
    await created(gateway, charge)
    psp.cobs.clear()
    with pytest.raises(Refused, match="CobNaoEncontrado"):
        await gateway.look(charge.reference)


async def test_nobody_can_pay_what_is_closed(gateway, charge, psp):
    await created(gateway, charge)
    await gateway.close(charge.reference)
    await gateway.close(charge.reference)
    assert psp.cobs[charge.reference]["status"] == "REMOVIDA_PELO_USUARIO_RECEBEDOR"
    assert (await gateway.look(charge.reference)).state is State.CLOSED


async def test_what_was_paid_stays_so_when_it_is_closed(gateway, charge, psp):
    reference = await paid(gateway, charge, psp)
    await gateway.close(reference)
    standing = await gateway.look(reference)
    assert (standing.state, standing.refunded) == (State.PAID, 0)


async def test_what_was_never_written_is_closed(gateway, charge):
    await gateway.close(charge.reference)


async def test_a_bank_that_does_not_close_says_so(gateway, charge, psp):
    await created(gateway, charge)
    psp.fails = [(400, b"")]
    with pytest.raises(Refused, match="http-400"):
        await gateway.close(charge.reference)


async def test_there_is_nothing_to_capture(gateway, charge, psp):
    await gateway.capture(charge.reference)
    assert psp.requests == []
