"""Paying, as somebody does it with the bank in another window."""

import re

from playwright.async_api import expect

from app.core.database import fetch_one
from app.payments.actions.charge import create_charge
from app.payments.actions.look import look_at_payment
from app.payments.gateways import sandbox
from tests.browser.test_booking import NOON
from tests.factories import a_provider, a_user, an_offer, free_time
from tests.payments.paying import do_money_jobs


async def test_the_page_says_by_itself_that_it_is_paid(two_servers, window):
    provider = await a_provider(instant=True)
    offer = await an_offer(provider, prepaid_percent=100)
    await free_time(provider, NOON, 4)
    customer = await window(two_servers[0], user=await a_user(language="en"))
    await customer.goto(f"/servicos/{offer.service}")
    await expect(customer.get_by_text("paid when booking, by Pix or card")).to_be_visible()
    await customer.get_by_role("link", name=re.compile("^09:00 .*book")).first.click()
    await customer.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await customer.get_by_role("button", name="Book and pay").click()
    await expect(customer.get_by_text("and the time is yours")).to_be_visible()
    await expect(customer.get_by_role("timer")).to_have_text(re.compile(r"^1[45]:\d\d$"))
    await customer.get_by_role("button", name="Pay by Pix").click()
    await expect(customer.get_by_text("Getting your Pix code ready")).to_be_visible()
    await customer.evaluate("window.stillTheSamePage = true")

    payment = await fetch_one("SELECT max(id) AS id FROM payment")
    await create_charge(payment["id"])
    await expect(customer.get_by_role("link", name="Go on to the payment")).to_be_visible()

    row = await fetch_one("SELECT gateway_id FROM payment WHERE id = $1", payment["id"])
    await sandbox.decide(row["gateway_id"], pays=True)
    await look_at_payment(payment["id"])
    await do_money_jobs()
    await expect(customer.get_by_text("Paid. Your booking is confirmed.")).to_be_visible()
    assert await customer.evaluate("window.stillTheSamePage")
    await customer.get_by_role("link", name="See the booking").click()
    await expect(customer.get_by_text("confirmed", exact=True)).to_be_visible()
