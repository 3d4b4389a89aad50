"""A whole payment through a bank's API Pix, also while the bank is slow, away or silent."""

import asyncio

import pytest

from app.bookings.actions.change import cancel_booking
from app.core.database import fetch
from app.payments.actions.charge import create_charge
from app.payments.actions.look import look_at_open_payments, look_at_payment
from app.payments.actions.pay import start_payment
from app.payments.actions.refund import send_refund
from app.payments.gateways.port import GatewayError, Method
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.payments.gateways.psp import KEY, SECRET
from tests.payments.paying import (
    a_charge,
    a_deal,
    balance,
    do_money_jobs,
    events_of,
    newest_payment,
    refunds_of,
)

ADDRESS = f"/pagamentos/avisos/pix/pix?segredo={SECRET}"


@pytest.fixture
def bank(psp, authority, monkeypatch):
    certificate, key = authority.issue("client")
    for name, value in {
        "PIX_API_URL": psp.url,
        "PIX_TOKEN_URL": f"{psp.url}/oauth/token",
        "PIX_CLIENT_ID": "client-id",
        "PIX_CLIENT_SECRET": "client secret: ü",
        "PIX_CERTIFICATE": str(certificate),
        "PIX_CERTIFICATE_KEY": str(key),
        "PIX_WEBHOOK_SECRET": SECRET,
        "PIX_KEY": KEY,
        "PIX_NAME": "Mini Marketplace",
        "PIX_CITY": "São Paulo",
        # Whom this machine trusts.
        "SSL_CERT_FILE": str(authority.file),
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield psp
    monkeypatch.undo()
    settings.cache_clear()


async def test_from_the_code_to_the_booking_and_back(app, bank):
    deal = await a_deal()
    reference = await a_charge(deal)
    payment = await newest_payment(deal)
    assert payment["pix_code"].startswith("000201")
    page = await (await signed_in(app, deal.customer)).get(f"/contratacoes/{deal.code}/pagamento")
    assert payment["pix_code"] in page.text

    bank.pay(reference)
    await told(app, bank, reference)
    assert (await deal.booking())["status"] == "confirmed"

    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    # On its way, and not there yet.
    assert [refund["state"] for refund in await refunds_of(deal)] == ["pending"]
    assert await balance(deal.customer) == 90
    bank.settle(reference)
    await send_refund((await refunds_of(deal))[0]["id"])
    assert await balance(deal.customer) == 0
    assert await events_of(deal) == ["paid", "refunded"]


async def told(app, bank, reference: str) -> None:
    """The bank's webhook comes, and is looked into."""
    answer = await visitor(app).post(ADDRESS, json={"pix": bank.cobs[reference]["pix"]})
    assert answer.status_code == 204
    await do_money_jobs()


async def test_without_the_secret_its_word_is_worth_nothing(app, bank):
    answer = await visitor(app).post("/pagamentos/avisos/pix/pix?segredo=x", json={"pix": []})
    assert answer.status_code == 400


async def test_whoever_knows_the_secret_still_pays_for_nothing(app, bank):
    deal = await a_deal()
    reference = await a_charge(deal)
    made_up = {"pix": [{"endToEndId": "E1", "txid": reference, "valor": "90.00"}]}
    assert (await visitor(app).post(ADDRESS, json=made_up)).status_code == 204
    await do_money_jobs()
    assert (await deal.booking())["status"] == "held"


async def test_what_was_never_told_is_found_by_looking(app, bank):
    deal = await a_deal()
    bank.pay(await a_charge(deal))
    await age_payment(deal)
    await look_at_open_payments()
    assert (await deal.booking())["status"] == "confirmed"


async def test_no_page_waits_for_a_bank_that_does_not_answer(app, bank):
    bank.stalls = True
    deal = await a_deal()
    browser = await signed_in(app, deal.customer)
    page = f"/contratacoes/{deal.code}/pagamento"
    assert (await browser.post(page, data={"forma": "pix"})).status_code == 303
    answer = await browser.get(page)
    assert "Getting your Pix code ready" in answer.text or "Preparando" in answer.text
    assert bank.requests == []


async def test_a_bank_that_is_away_is_asked_again_until_the_time_is_over(app, bank):
    deal = await a_deal()
    bank.fails = [(503, b"")] * 3
    await start_payment(deal.customer, deal.code, Method.PIX)
    with pytest.raises(GatewayError):
        await do_money_jobs()
    payment = await newest_payment(deal)
    assert payment["state"] == "new"
    bank.fails = []
    await create_charge(payment["id"])
    assert (await newest_payment(deal))["pix_code"]


async def test_what_a_bank_said_before_a_refund_failed_gives_nothing_back(app, bank):
    deal = await a_deal()
    reference = await a_charge(deal)
    bank.pay(reference)
    await told(app, bank, reference)
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()

    bank.holds = overtaken = asyncio.Event()
    looking = asyncio.create_task(look_at_payment((await newest_payment(deal))["id"]))
    await bank.held.wait()
    bank.settle(reference, "NAO_REALIZADO")
    await send_refund((await refunds_of(deal))[0]["id"])
    overtaken.set()
    await looking

    assert [refund["state"] for refund in await refunds_of(deal)] == ["failed"]
    assert (await deal.booking())["refunded"] == 0
    assert await balance(deal.customer) == 90


async def test_a_charge_that_could_not_be_made_is_made_as_soon_as_the_bank_is_back(app, bank):
    deal = await a_deal()
    bank.fails = [(503, b"")] * 3
    await start_payment(deal.customer, deal.code, Method.PIX)
    with pytest.raises(GatewayError):
        await do_money_jobs()
    bank.fails = []
    await age_payment(deal)
    await look_at_open_payments()
    assert (await newest_payment(deal))["pix_code"]


async def test_a_bank_that_does_not_answer_is_asked_once_a_round(app, bank):
    deals = [await a_deal() for _ in range(3)]
    for deal in deals:
        await a_charge(deal)
        await age_payment(deal)
    bank.fails = [(503, b"")] * 20
    await look_at_open_payments()
    assert len(bank.fails) == 19


async def age_payment(deal) -> None:
    await fetch(
        "UPDATE payment SET created_at = now() - interval '5 min' WHERE id = $1",
        (await newest_payment(deal))["id"],
    )
