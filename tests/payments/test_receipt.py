"""A receipt: for both sides, as soon as something was paid."""

import re

import pytest

from app.accounts.tables import Role
from app.bookings.actions.answer import complete_booking
from app.bookings.actions.change import cancel_booking
from app.payments.actions.settle import settle_booking
from app.payments.gateways.port import Method
from tests.browsing import signed_in, visitor
from tests.factories import a_user
from tests.payments.paying import a_deal, a_paid_deal, do_money_jobs
from tests.payments.test_money import let_begin


async def receipt(app, user: int, code: str) -> str:
    answer = await (await signed_in(app, user)).get(f"/contratacoes/{code}/recibo")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def test_both_sides_see_what_was_paid_by_what_and_when(app):
    deal = await a_paid_deal(Method.CARD, prepaid_percent=30)
    for user in deal.customer, deal.offer.provider:
        shown = await receipt(app, user, deal.code)
        for words in (
            f"Código {deal.code}",
            "Cliente Ana Lima",
            "Prestador Marlene Souza",
            "Preço R$ 90",
            "Pago R$ 27 por cartão",
            "Restante, a pagar na hora R$ 63",
            "não é um documento fiscal (nota fiscal)",
            "nenhum dinheiro de verdade",
        ):
            assert words in shown
        assert "Devolvido" not in shown


async def test_when_it_is_done_the_rest_was_paid_on_the_spot(app):
    deal = await a_paid_deal(prepaid_percent=30)
    await let_begin(deal.code)
    await complete_booking(deal.offer.provider, deal.code)
    assert "Restante, pago na hora R$ 63" in await receipt(app, deal.customer, deal.code)


async def test_when_all_was_paid_there_is_no_rest(app):
    deal = await a_paid_deal()
    assert "Restante" not in await receipt(app, deal.customer, deal.code)


async def test_what_is_given_back_is_on_its_way_and_then_done(app):
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    await settle_booking((await deal.booking())["id"])
    assert "Devolvido R$ 90 a caminho" in await receipt(app, deal.customer, deal.code)
    await do_money_jobs()
    shown = await receipt(app, deal.customer, deal.code)
    assert re.search(r"Devolvido R\$ 90 \d", shown)
    assert "Restante" not in shown


async def test_nothing_paid_is_no_receipt(app):
    deal = await a_deal()
    browser = await signed_in(app, deal.customer)
    assert (await browser.get(f"/contratacoes/{deal.code}/recibo")).status_code == 404


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_else_sees_a_receipt(app, role):
    deal = await a_paid_deal()
    browser = await signed_in(app, await a_user(role))
    assert (await browser.get(f"/contratacoes/{deal.code}/recibo")).status_code == 404


async def test_a_visitor_is_asked_to_sign_in(app):
    deal = await a_paid_deal()
    answer = await visitor(app).get(f"/contratacoes/{deal.code}/recibo")
    assert answer.headers["location"].startswith("/entrar")
