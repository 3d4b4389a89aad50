"""Getting at a bank: tokens, certificates, and what goes wrong on the way."""

import time

import pytest

from app.payments.gateways import pix_api
from app.payments.gateways.port import (
    SECONDS,
    GatewayError,
    Refused,
    State,
)
from tests.payments.gateways.paying import created
from tests.payments.gateways.tls import Authority

CERTIFICATE_ERRORS = r"Client|Server|SSL|Connection"


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
