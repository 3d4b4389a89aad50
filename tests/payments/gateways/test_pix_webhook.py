"""What banks tell us unasked: only with the secret, and each step once."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.gateways.pix import PixGateway
from app.payments.gateways.pix_api import Client, client_tls
from app.payments.gateways.port import BadWebhook, Notice
from tests.payments.gateways.psp import RECEIVER, SECRET

# As in the standard's example.
PAYMENT = {
    "endToEndId": "E1234567820200909221020200808008",
    "txid": "655dfdb1a4514b8fbb58254b958913fb",
    "valor": "110.00",
    "horario": "2020-09-09T20:15:00.358Z",
    "infoPagador": "0123456789",
}
TXID = PAYMENT["txid"]
RIGHT = {"segredo": SECRET}


def gateway(secret: str = SECRET) -> PixGateway:
    return PixGateway(
        Client("https://x", "https://x", "", "", client_tls("", "")), RECEIVER, secret
    )


GATEWAY = gateway()


def notices(*payments: dict, query: dict[str, str] = RIGHT) -> list[Notice]:
    return gateway().parse_webhook({}, query, json.dumps({"pix": payments}).encode())


def refunded(**states: str) -> dict:
    refunds = [
        {"id": name, "rtrId": "D" * 32, "valor": "10.00", "status": status}
        for name, status in states.items()
    ]
    return {**PAYMENT, "devolucoes": refunds}


def test_a_payment_says_its_charge():
    assert notices(PAYMENT) == [Notice(PAYMENT["endToEndId"], TXID, TXID)]


def test_banks_append_their_part_to_the_address_as_it_is():
    assert notices(PAYMENT, query={"segredo": f"{SECRET}/pix"}) == notices(PAYMENT)


def test_the_same_payment_told_twice_is_the_same_event():
    assert notices(PAYMENT) == notices({**PAYMENT, "chave": "another field"})


def test_every_step_of_a_refund_is_an_event_of_its_own():
    steps = [
        PAYMENT,
        refunded(a="EM_PROCESSAMENTO"),
        refunded(a="DEVOLVIDO"),
        refunded(a="DEVOLVIDO", b="EM_PROCESSAMENTO"),
        refunded(a="DEVOLVIDO", b="NAO_REALIZADO"),
    ]
    events = [notices(step)[0].event for step in steps]
    assert len(set(events)) == len(steps)
    assert all(len(event) < 100 for event in events)
    assert notices(refunded(b="NAO_REALIZADO", a="DEVOLVIDO"))[0].event == events[-1]


def test_several_payments_come_at_once():
    other = {**PAYMENT, "endToEndId": "E2", "txid": "0" * 32}
    assert [notice.gateway_id for notice in notices(PAYMENT, other)] == [TXID, "0" * 32]


@pytest.mark.parametrize("txid", [None, "", "short", "../" * 10, "x" * 36, "é" * 30])
def test_payments_of_no_charge_of_ours_are_passed_over(txid):
    assert notices({**PAYMENT, "txid": txid}, PAYMENT) == notices(PAYMENT)


@pytest.mark.parametrize("body", [b"{}", b'{"evento": "teste_webhook"}', b'{"recs": []}'])
def test_other_news_say_nothing(body):
    assert gateway().parse_webhook({}, RIGHT, body) == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"segredo": ""},
        {"segredo": SECRET[:-1]},
        {"segredo": SECRET + "x"},
        {"segredo": SECRET.upper()},
        {"segredo": "/pix"},
        {"segredo": f"{SECRET}/pix/pix"},
        {"segredo": "é"},
        {"segredo": "\ud800"},
        {"secret": SECRET},
    ],
)
def test_without_the_secret_nothing_is_believed(query):
    with pytest.raises(BadWebhook, match="secret"):
        notices(PAYMENT, query=query)


@pytest.mark.parametrize("query", [{}, {"segredo": ""}, {"segredo": "/pix"}])
def test_no_secret_of_ours_means_no_webhooks(query):
    with pytest.raises(BadWebhook, match="secret"):
        gateway("").parse_webhook({}, query, b"{}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"pix": "x"}',
        b'{"pix": [{}]}',
        b'{"pix": [{"endToEndId": "a b", "valor": "1.00"}]}',
        b'{"pix": [{"endToEndId": "E1", "valor": "much"}]}',
        b'{"pix": ' + b"[" * 100_000,
        b'{"x": ' + b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_refused(body):
    with pytest.raises(BadWebhook, match="unreadable"):
        gateway().parse_webhook({}, RIGHT, body)


@given(st.binary())
def test_any_body_is_read_or_refused(body):
    with suppress(BadWebhook):
        assert GATEWAY.parse_webhook({}, RIGHT, body) == []
