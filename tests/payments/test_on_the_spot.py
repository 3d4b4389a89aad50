"""Paying the provider at the door, by Pix from bank to bank."""

import html
import re
from decimal import Decimal

from app.bookings.actions.answer import confirm_booking
from app.payments.gateways.brcode import read_brcode
from tests.browsing import signed_in
from tests.factories import a_booking, a_provider, a_user, an_offer, free_time
from tests.payments.earning import give_key
from tests.payments.paying import NOON, a_paid_deal


async def a_confirmed_booking(**provider) -> tuple[int, int, str]:
    """Provider, customer, and the booking's code."""
    offer = await an_offer(await a_provider(**provider))
    await free_time(offer.provider, NOON, 4)
    customer = await a_user()
    code = await a_booking(offer, NOON, customer)
    await confirm_booking(offer.provider, code)
    return offer.provider, customer, code


def code_on(page):
    (written,) = re.findall(r'id="pix"[^>]* value="([^"]+)"', page.text)
    return read_brcode(html.unescape(written))


async def test_both_sides_see_a_code_for_what_is_left_to_pay(app):
    provider, customer, code = await a_confirmed_booking(name="Conceição Ávila de Albuquerque Lima")
    await give_key(provider)
    for user in (provider, customer):
        page = await (await signed_in(app, user)).get(f"/contratacoes/{code}/pix")
        read = code_on(page)
        assert (read.amount, read.txid) == (Decimal("90.00"), code)
        assert (read.name, read.city) == ("Conceicao Avila de Albuqu", "Sao Carlos")


async def test_of_a_deposit_only_the_rest_is_left(app):
    deal = await a_paid_deal(prepaid_percent=30)
    await give_key(deal.offer.provider)
    page = await (await signed_in(app, deal.customer)).get(f"/contratacoes/{deal.code}/pix")
    assert code_on(page).amount == 63


async def test_without_a_key_each_side_is_told_what_to_do(app):
    provider, customer, code = await a_confirmed_booking()
    page = await (await signed_in(app, provider)).get(f"/contratacoes/{code}/pix")
    assert "/painel/recebimento" in page.text
    page = await (await signed_in(app, customer)).get(f"/contratacoes/{code}/pix")
    assert "não recebe por Pix" in page.text


async def test_where_nothing_is_left_to_pay_it_leads_back(app):
    deal = await a_paid_deal()
    answer = await (await signed_in(app, deal.customer)).get(f"/contratacoes/{deal.code}/pix")
    assert answer.headers["location"] == f"/contratacoes/{deal.code}"


async def test_a_request_shows_no_key_yet(app):
    offer = await an_offer()
    await give_key(offer.provider)
    await free_time(offer.provider, NOON, 4)
    customer = await a_user()
    code = await a_booking(offer, NOON, customer)
    page = await (await signed_in(app, customer)).get(f"/contratacoes/{code}/pix")
    assert 'id="pix"' not in page.text
