"""Payments, payouts and commissions as the admin sees to them."""

import csv
import io
import re
from decimal import Decimal

import pytest

from app.accounts.tables import Role
from app.bookings.actions.change import cancel_booking
from app.core.database import fetch, fetch_one
from app.payments.actions.payout import make_payouts
from app.payments.errors import NothingToPayOut
from tests.browsing import signed_in
from tests.factories import a_booking, a_provider, a_user, an_offer, free_time, in_days
from tests.payments.earning import a_provider_to_pay, balance, earn, give_key, payouts_to
from tests.payments.paying import (
    a_paid_deal,
    do_money_jobs,
    newest_payment,
    refunds_of,
)


@pytest.fixture
async def nobody_else_to_pay():
    await fetch("DELETE FROM payout_account")


async def an_admin(app):
    admin = await a_user(Role.ADMIN, language="en")
    return admin, await signed_in(app, admin)


async def a_failed_refund():
    """A deal whose money the gateway refuses to give back."""
    deal = await a_paid_deal()
    payment = await newest_payment(deal)
    # As if it had been given back by hand there.
    await fetch(
        "INSERT INTO sandbox_refund (charge, reference, amount)"
        " SELECT id, 'by-hand-' || id, amount FROM sandbox_charge WHERE reference = $1",
        payment["gateway_id"],
    )
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    return deal


async def test_payments_are_found_by_code_reference_and_state(app):
    deal, other = await a_paid_deal(), await a_paid_deal()
    payment = await newest_payment(deal)
    _, browser = await an_admin(app)
    for words in deal.code, deal.code.lower(), str(payment["reference"]), payment["reference"].hex:
        page = (await browser.get(f"/admin/pagamentos?q={words}")).text
        assert f"q={deal.code}" in page
        assert f"q={other.code}" not in page
    assert f"q={deal.code}" in (await browser.get("/admin/pagamentos?q=paid")).text
    assert f"q={deal.code}" not in (await browser.get("/admin/pagamentos?q=open")).text


async def test_a_payment_shows_what_was_given_back(app):
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    _, browser = await an_admin(app)
    page = (await browser.get(f"/admin/pagamentos?q={deal.code}")).text
    # Above the list stand others' refunds that failed.
    _, _, found = page.partition('id="lista"')
    assert found.count('<td class="price">R$ 90</td>') == 2


async def test_who_looked_at_payments_is_written_down(app):
    admin, browser = await an_admin(app)
    await browser.get("/admin/pagamentos")
    await browser.get("/admin/repasses")
    (row,) = await fetch(
        "SELECT count(*) AS times FROM audit_event"
        " WHERE actor = $1 AND action = 'looked-at-payments'",
        admin,
    )
    assert row["times"] == 2


async def test_a_refund_that_failed_is_on_top_and_can_be_tried_again(app):
    deal = await a_failed_refund()
    (refund,) = await refunds_of(deal)
    assert refund["state"] == "failed"
    _, browser = await an_admin(app)
    again = f"/admin/pagamentos/devolucoes/{refund['id']}/repeticao"
    assert again in (await browser.get("/admin/pagamentos")).text
    await fetch("DELETE FROM sandbox_refund WHERE reference LIKE 'by-hand-%'")
    assert (await browser.post(again)).headers["location"] == "/admin/pagamentos"
    await do_money_jobs()
    (refund,) = await refunds_of(deal)
    assert refund["state"] == "done"
    assert again not in (await browser.get("/admin/pagamentos")).text
    assert (await browser.post(again)).status_code == 404


async def test_balances_are_paid_out_and_taken_to_the_bank(app, nobody_else_to_pay):
    offer = await an_offer(await a_provider(name="=Soma & Filhos"))
    await earn(offer)
    await give_key(offer.provider, "+5516912345678")
    _, browser = await an_admin(app)
    made = await browser.post("/admin/repasses", data={"minimo": "20"})
    batch = made.headers["location"]
    (payout,) = await payouts_to(offer.provider)
    assert batch == f"/admin/repasses/{payout['batch']}"
    page = (await browser.get(batch)).text
    assert "+5516912345678" in page
    assert "=Soma &amp; Filhos" in page
    answer = await browser.get(f"{batch}/arquivo")
    assert answer.headers["content-type"].startswith("text/csv")
    assert list(csv.DictReader(io.StringIO(answer.text))) == [
        {
            "chave_pix": "+5516912345678",
            "nome": "'=Soma & Filhos",
            "valor": "81.00",
            "referencia": f"REPASSE-{payout['id']}",
        }
    ]


async def test_payouts_are_noted_one_by_one_or_all_together(app, nobody_else_to_pay):
    providers = [await a_provider_to_pay() for _ in range(4)]
    admin, browser = await an_admin(app)
    batch = await make_payouts(admin, Decimal(20))
    paid, failed = [(await payouts_to(one))[0]["id"] for one in providers[:2]]
    for payout, state in (paid, "paga"), (failed, "devolvida"):
        answer = await browser.post(
            f"/admin/repasses/itens/{payout}/situacao", data={"situacao": state}
        )
        assert answer.headers["location"] == f"/admin/repasses/{batch}"
    await browser.post(f"/admin/repasses/{batch}/pagamento")
    states = [(await payouts_to(one))[0]["state"] for one in providers]
    assert states == ["paid", "failed", "paid", "paid"]
    assert [await balance(one) for one in providers] == [0, 81, 0, 0]
    # All that was to be taken to the bank has been.
    file = (await browser.get(f"/admin/repasses/{batch}/arquivo")).text
    assert file == "chave_pix,nome,valor,referencia\r\n"
    again = await browser.post(
        f"/admin/repasses/itens/{paid}/situacao", data={"situacao": "devolvida"}
    )
    assert again.status_code == 409


async def test_batches_are_found_by_who_is_paid_in_them(app, nobody_else_to_pay):
    offer = await an_offer(await a_provider(name="Rara Gumercinda"))
    await earn(offer)
    await give_key(offer.provider)
    admin, browser = await an_admin(app)
    batch = await make_payouts(admin, Decimal(20))
    link = f'href="/admin/repasses/{batch}"'
    assert link in (await browser.get("/admin/repasses?q=gumercinda")).text
    assert link not in (await browser.get("/admin/repasses?q=%25umercinda")).text


@pytest.mark.parametrize("least", ["", "0", "-5", "1e9", "many", "20,50"])
async def test_a_minimum_that_cannot_be(app, least):
    provider = await a_provider_to_pay()
    _, browser = await an_admin(app)
    answer = await browser.post("/admin/repasses", data={"minimo": least})
    assert answer.status_code == 422
    assert f'value="{least}"' in answer.text
    assert await payouts_to(provider) == []


async def test_nothing_to_pay_out_is_said(app, nobody_else_to_pay):
    _, browser = await an_admin(app)
    answer = await browser.post("/admin/repasses", data={"minimo": "20"})
    assert answer.status_code == 409
    assert NothingToPayOut.message.text in answer.text


async def test_a_batch_that_is_not_there(app):
    _, browser = await an_admin(app)
    for path in f"/admin/repasses/{2**62}", f"/admin/repasses/{2**62}/arquivo":
        assert (await browser.get(path)).status_code == 404
    answer = await browser.post(f"/admin/repasses/itens/{2**62}/situacao", data={"situacao": "x"})
    assert answer.status_code == 400


async def commissions(browser) -> dict[str, str]:
    """All that the form has, by the categories' slugs."""
    page = (await browser.get("/admin/comissoes")).text
    return dict(re.findall(r'<input id="([a-z-]+)" name="\1" type="text"\s+value="([^"]*)"', page))


async def percent_of(slug: str) -> Decimal:
    row = await fetch_one("SELECT commission_percent FROM category WHERE slug = $1", slug)
    return Decimal(row["commission_percent"])


@pytest.fixture
async def commissions_again():
    """As they were, after the test."""
    yield
    await fetch("UPDATE category SET commission_percent = 10")


async def test_a_commission_is_for_what_is_booked_from_now_on(app, commissions_again):
    offer, (admin, browser) = await an_offer(), await an_admin(app)
    await free_time(offer.provider, in_days(3), 4)
    before = await a_booking(offer, in_days(3))
    form = await commissions(browser)
    assert form["eletricista"] == "10"
    answer = await browser.post("/admin/comissoes", data={**form, "eletricista": "12,5"})
    assert answer.headers["location"] == "/admin/comissoes"
    assert (await commissions(browser))["eletricista"] == "12.5"
    after = await a_booking(offer, in_days(3, 13))
    rows = await fetch(
        "SELECT commission_percent AS percent FROM booking WHERE code = ANY($1) ORDER BY id",
        [before, after],
    )
    assert [row["percent"] for row in rows] == [10, Decimal("12.5")]
    # Only what has changed is written down.
    (event,) = await fetch(
        "SELECT detail::text AS detail FROM audit_event"
        " WHERE actor = $1 AND action = 'commission-changed'",
        admin,
    )
    assert "eletricista" in event["detail"]
    assert "12.5" in event["detail"]


@pytest.mark.parametrize("percent", ["", "-1", "50.01", "51", "1.234", "ten", "NaN", "1e1"])
async def test_a_commission_that_cannot_be(app, percent):
    _, browser = await an_admin(app)
    form = await commissions(browser)
    answer = await browser.post(
        "/admin/comissoes", data={**form, "faxina": "20", "eletricista": percent}
    )
    assert answer.status_code == 422
    assert f'value="{percent}"' in answer.text
    assert await percent_of("eletricista") == await percent_of("faxina") == 10


@pytest.mark.parametrize("percent", ["0", "50", "50.00", "9,99"])
async def test_a_commission_at_its_limits(app, percent, commissions_again):
    _, browser = await an_admin(app)
    form = await commissions(browser)
    await browser.post("/admin/comissoes", data={**form, "faxina": percent})
    assert await percent_of("faxina") == Decimal(percent.replace(",", "."))
