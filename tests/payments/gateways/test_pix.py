"""Pix by a bank: its standard, and what banks do besides."""

import time
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import pytest

from app.core.time import format_wire, now
from app.payments.gateways import pix_api
from app.payments.gateways.brcode import read_brcode
from app.payments.gateways.port import (
    SECONDS,
    Created,
    GatewayError,
    Method,
    RefundState,
    Refused,
    Standing,
    State,
)
from tests.payments.gateways.tls import Authority

TEN = Decimal("10.00")
CERTIFICATE_ERRORS = r"Client|Server|SSL|Connection"


async def created(gateway, charge) -> Created:
    return await gateway.create(charge, Method.PIX)


async def paid(gateway, charge, psp) -> str:
    """The reference of a charge that somebody has paid."""
    await created(gateway, charge)
    psp.pay(charge.reference)
    return charge.reference


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
    first = await gateway.refund(reference, refund, TEN)
    assert await gateway.refund(reference, refund, TEN) == first
    psp.tells_refunds = True
    assert (await gateway.look(reference)).refunded == TEN


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


async def test_a_token_is_used_until_shortly_before_its_end(gateway, charge, psp):
    await created(gateway, charge)
    await gateway.look(charge.reference)
    assert psp.requests.count(("POST", "/oauth/token")) == 1


async def test_a_token_of_few_seconds_is_used_once(charge, psp):
    psp.token_seconds = 20
    gateway = psp.gateway()
    await created(gateway, charge)
    assert psp.requests.count(("POST", "/oauth/token")) == 2


async def test_a_token_that_the_bank_has_forgotten_is_renewed(gateway, charge, psp):
    await created(gateway, charge)
    psp.tokens.clear()
    assert (await gateway.look(charge.reference)).state is State.OPEN


async def test_a_wrong_client_secret_may_be_mended(psp, charge):
    with pytest.raises(GatewayError, match="token-http-401"):
        await created(psp.gateway(secret="wrong"), charge)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
async def test_no_token_means_later(psp, gateway, charge, status):
    psp.token_status = status
    with pytest.raises(GatewayError, match=f"token-http-{status}"):
        await created(gateway, charge)


@pytest.mark.parametrize("status", [302, 403, 408, 409, 429, 500, 502, 503, 504])
async def test_what_passes_is_tried_again_later(psp, gateway, charge, status):
    psp.fails = [(status, b"<html>Fulano de Tal</html>")]
    with pytest.raises(GatewayError) as error:
        await created(gateway, charge)
    assert str(error.value) == f"http-{status}"


@pytest.mark.parametrize("status", [400, 404, 410, 422])
async def test_what_will_never_work_is_refused(psp, gateway, charge, status):
    psp.fails = [(status, b"")]
    with pytest.raises(Refused) as error:
        await gateway.look(charge.reference)
    assert str(error.value) == f"http-{status}"


async def test_errors_say_the_kind_and_nothing_personal(psp, gateway, charge):
    with pytest.raises(Refused) as error:
        await gateway.look(charge.reference)
    assert str(error.value) == "CobNaoEncontrado"
    assert error.value.__cause__ is None
    psp.fails = [(400, b'{"type": "https://x/111.444.777-35"}')]
    with pytest.raises(Refused, match=r"^http-400$"):
        await gateway.look(charge.reference)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"status": "ATIVA"}', b"\xff", b'{"x": ' + b"[" * 100_000]
)
async def test_an_answer_that_is_none_may_be_one_later(psp, gateway, charge, body):
    psp.fails = [(200, body)]
    with pytest.raises(GatewayError, match="unreadable"):
        await gateway.look(charge.reference)


async def test_a_bank_that_stalls_is_given_up(psp, gateway, charge, monkeypatch):
    monkeypatch.setattr(pix_api, "SECONDS", 0.3)
    psp.stalls = True
    began = time.monotonic()
    with pytest.raises(GatewayError, match="timeout"):
        await created(gateway, charge)
    assert time.monotonic() - began < 2


def test_nobody_waits_longer_than_a_quarter_of_a_minute():
    assert SECONDS <= 15


async def test_a_bank_that_is_away_is_tried_again_later(psp, charge):
    gateway = psp.gateway(token_url="https://127.0.0.1:9/oauth/token")
    with pytest.raises(GatewayError, match="ClientConnectorError"):
        await created(gateway, charge)


async def test_without_our_certificate_the_bank_lets_nobody_in(psp, charge, authority):
    with pytest.raises(GatewayError, match=CERTIFICATE_ERRORS):
        await created(psp.gateway(tls=authority.client(None)), charge)
    assert psp.requests == []


async def test_with_a_certificate_of_another_authority_the_bank_lets_nobody_in(
    psp, charge, authority, tmp_path
):
    stranger = Authority(tmp_path).issue("client")
    with pytest.raises(GatewayError, match=CERTIFICATE_ERRORS):
        await created(psp.gateway(tls=authority.client(stranger)), charge)
    assert psp.requests == []


async def test_a_server_that_no_known_authority_vouches_for_gets_no_secret(psp, charge, authority):
    trusting_others = pix_api.client_tls(*map(str, authority.issue("client")))
    with pytest.raises(GatewayError, match="ClientConnectorCertificateError"):
        await created(psp.gateway(tls=trusting_others), charge)
    assert psp.requests == []
