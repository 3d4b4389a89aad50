"""The customer's way from a chosen time to a paid booking."""

import re
from datetime import timedelta

import pytest

from app.bookings.actions.book import book_slot
from app.bookings.forms import Rhythm
from app.core.database import fetch, fetch_one
from app.payments.gateways import sandbox
from tests.browsing import signed_in, visitor
from tests.factories import (
    a_booking,
    a_form,
    a_hold,
    a_provider,
    a_user,
    an_offer,
    booking_named,
    forget_limits,
    free_time,
    let_lapse,
)
from tests.payments.paying import (
    NOON,
    Deal,
    a_charge,
    a_deal,
    a_paid_deal,
    do_money_jobs,
    newest_payment,
    pay,
    payments_of,
)

WHERE = {"endereco": "Rua Sete, 1", "onde": "São Carlos, SP"}


async def test_booking_leads_to_paying_and_paying_to_the_booking(app):
    provider = await a_provider(instant=True)
    offer = await an_offer(provider, prepaid_percent=100)
    await free_time(provider, NOON, 4)
    customer = await a_user(language="en")
    browser = await signed_in(app, customer)
    form = await browser.get(f"/contratacoes/nova?variacao={offer.variant}&inicio={_wire(NOON)}")
    assert "Book and pay" in form.text
    (key,) = re.findall(r'name="chave" value="([^"]+)"', form.text)
    sent = {"variacao": offer.variant, "inicio": _wire(NOON), "chave": key}
    answer = await browser.post("/contratacoes", data=sent | WHERE)
    booked = await browser.get(answer.headers["location"])
    pay = booked.headers["location"]
    assert pay.endswith("/pagamento")
    assert re.search(r"R\$.90, and the time is yours", (await browser.get(pay)).text)

    assert (await browser.post(pay, data={"forma": "pix"})).status_code == 303
    await do_money_jobs()
    page = (await browser.get(pay)).text
    (at_bank,) = re.findall(r'href="[^"]*(/sandbox/[0-9a-f]{32})"', page)
    assert "no money moves" in (await browser.get(at_bank)).text
    back = await browser.post(at_bank, data={"paga": "true"})
    assert back.headers["location"].endswith("/pagamento?volta=1")
    await do_money_jobs()
    assert "Your booking is confirmed" in (await browser.get(pay)).text
    assert (await browser.get(pay.removesuffix("/pagamento"))).status_code == 200


def _wire(instant) -> str:
    return instant.isoformat().replace("+00:00", "Z")


async def test_a_hold_becomes_a_booking_that_is_to_be_paid_as_it_was_agreed(app):
    provider = await a_provider(instant=True)
    offer = await an_offer(provider, prepaid_percent=50)
    await free_time(provider, NOON, 4)
    customer = await a_user()
    await a_hold(offer, NOON, customer)
    await fetch("UPDATE service SET prepaid_percent = 0 WHERE id = $1", offer.service)
    booking = await booking_named(await a_booking(offer, NOON, customer))
    assert (booking["status"], booking["prepaid"]) == ("held", 45)
    slot = await fetch_one("SELECT held_until FROM slot WHERE id = $1", booking["slot"])
    assert slot["held_until"] == booking["expires_at"]


async def test_what_waits_to_be_paid_is_not_the_providers_yet(app):
    deal = await a_deal()
    browser = await signed_in(app, deal.offer.provider)
    assert (await browser.get(f"/contratacoes/{deal.code}")).status_code == 404
    assert deal.code not in (await browser.get("/painel")).text


async def test_the_customers_list_leads_to_paying(app):
    deal = await a_deal()
    browser = await signed_in(app, deal.customer)
    assert f"/contratacoes/{deal.code}/pagamento" in (await browser.get("/contratacoes")).text


async def test_choosing_another_time_does_not_give_up_what_is_being_paid(app):
    deal = await a_deal()
    await a_charge(deal)
    later = NOON.replace(hour=NOON.hour + 1)
    await a_hold(deal.offer, later, deal.customer)
    assert (await deal.booking())["status"] == "held"


async def test_all_of_a_series_is_paid_at_once(app):
    provider = await a_provider(instant=True)
    offer = await an_offer(provider, prepaid_percent=100)
    for week in range(3):
        await free_time(provider, NOON + timedelta(weeks=week), 4)
    customer = await a_user()
    weekly = a_form(offer, NOON)
    weekly.rhythm, weekly.times = Rhythm.WEEKLY, 3
    deal = Deal(offer, customer, await book_slot(customer, weekly))
    reference = await a_charge(deal)
    assert (await newest_payment(deal))["amount"] == 270
    await pay(reference)
    rows = await fetch("SELECT status, paid FROM booking WHERE customer = $1", customer)
    assert [(row["status"], row["paid"]) for row in rows] == [("confirmed", 90)] * 3


@pytest.mark.parametrize("method", ["", "boleto", "x" * 300])
async def test_another_way_to_pay_is_refused_where_it_was_asked_for(app, method):
    deal = await a_deal()
    browser = await signed_in(app, deal.customer)
    answer = await browser.post(f"/contratacoes/{deal.code}/pagamento", data={"forma": method})
    assert answer.status_code == 422
    assert await payments_of(deal) == []


async def test_what_has_lapsed_is_not_paid(app):
    deal = await a_deal()
    await let_lapse(deal.code)
    browser = await signed_in(app, deal.customer)
    answer = await browser.post(f"/contratacoes/{deal.code}/pagamento", data={"forma": "pix"})
    assert answer.status_code == 409
    assert await payments_of(deal) == []


async def test_what_needs_no_payment_leads_to_its_booking(app):
    offer = await an_offer()
    await free_time(offer.provider, NOON, 4)
    customer = await a_user()
    code = await a_booking(offer, NOON, customer)
    browser = await signed_in(app, customer)
    answer = await browser.get(f"/contratacoes/{code}/pagamento")
    assert answer.headers["location"] == f"/contratacoes/{code}"


async def test_giving_up_closes_the_charge(app):
    deal = await a_deal()
    await a_charge(deal)
    browser = await signed_in(app, deal.customer)
    await browser.post(f"/reservas/{deal.code}/desistencia")
    await do_money_jobs()
    assert (await newest_payment(deal))["state"] == "closed"
    page = await browser.get(f"/contratacoes/{deal.code}/pagamento")
    assert "Nada foi cobrado" in page.text


async def test_coming_back_from_the_bank_has_it_asked(app):
    deal = await a_deal()
    reference = await a_charge(deal)
    # Its webhook never comes.
    await sandbox.decide(reference, pays=True)
    browser = await signed_in(app, deal.customer)
    await browser.get(f"/contratacoes/{deal.code}/pagamento?volta=1")
    await do_money_jobs()
    assert (await deal.booking())["status"] == "confirmed"


async def test_the_sandbox_can_be_paid_once_only(app):
    deal = await a_paid_deal()
    address = f"/sandbox/{(await newest_payment(deal))['gateway_id']}"
    browser = visitor(app)
    assert "Paid." in (await browser.get(address)).text
    assert (await browser.post(address, data={"paga": "false"})).status_code == 303
    assert (await newest_payment(deal))["state"] == "paid"


async def test_asking_all_too_often_is_refused(app):
    deal = await a_deal()
    browser = await signed_in(app, deal.customer)
    answers = [
        await browser.post(f"/contratacoes/{deal.code}/pagamento", data={"forma": "pix"})
        for _ in range(21)
    ]
    assert answers[-1].status_code == 429
    page = await browser.get(f"/contratacoes/{deal.code}/pagamento?volta=1")
    assert page.status_code == 200
    assert len(await payments_of(deal)) == 1
    await forget_limits()


async def test_the_provider_sees_what_is_paid_already(app):
    deal = await a_paid_deal(instant=False, prepaid_percent=50)
    page = await (await signed_in(app, deal.offer.provider)).get("/painel")
    assert re.search(r"R\$.45 já pagos", page.text)
