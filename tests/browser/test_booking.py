"""The main job, as two people do it in two windows."""

import re

from playwright.async_api import expect

from app.bookings.actions.answer import confirm_booking
from app.core.database import fetch, fetch_one
from app.core.sessions import end_sessions_of
from tests.factories import (
    PASSWORD,
    Offer,
    a_booking,
    a_provider,
    a_user,
    a_variant,
    an_offer,
    free_time,
    in_days,
)

NOON = in_days(2, 12)


async def an_offer_at_noon(name: str = "Troca de disjuntor") -> Offer:
    offer = await an_offer(name=name, minutes=60)
    await free_time(offer.provider, NOON, 4)
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", offer.provider)
    return offer


async def test_a_booking_appears_in_the_providers_window_without_a_reload(two_servers, window):
    offer = await an_offer_at_noon()
    dashboard = await window(two_servers[0], user=offer.provider)
    await dashboard.goto("/painel")
    await expect(dashboard.get_by_text("live", exact=True)).to_be_visible()
    await dashboard.evaluate("window.stillTheSamePage = true")

    customer = await window(two_servers[1], user=await a_user(name="João Pereira", language="en"))
    await customer.goto(f"/servicos/{offer.service}")
    await customer.get_by_role("link", name=re.compile("^09:00 .*book")).first.click()
    await customer.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await customer.get_by_role("button", name="Book", exact=True).click()
    await expect(customer.get_by_text("waiting for an answer")).to_be_visible()
    code = customer.url.rsplit("/", 1)[1]

    await expect(dashboard.get_by_text(code)).to_be_visible()
    await expect(dashboard).to_have_title(re.compile(r"^\(1\) "))
    assert await dashboard.evaluate("window.stillTheSamePage")

    await dashboard.get_by_role("button", name="Accept").click()
    await expect(dashboard.locator("#proximas").get_by_text(code)).to_be_visible()
    assert await dashboard.evaluate("window.stillTheSamePage")
    await customer.reload()
    await expect(customer.get_by_text("confirmed", exact=True)).to_be_visible()


async def test_a_visitor_signs_in_on_the_way_and_arrives_where_they_were_going(two_servers, window):
    offer, user = await an_offer_at_noon(), await a_user(language="en")
    email = (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]
    page = await window(two_servers[0])
    await page.goto(f"/servicos/{offer.service}")
    await page.get_by_role("link", name=re.compile("^09:00 .*book")).first.click()
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_label("Address")).to_be_visible()
    assert "/contratacoes/nova" in page.url


async def test_a_double_click_books_once(two_servers, window):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    page = await window(two_servers[0], user=customer)
    await page.goto(f"/contratacoes/nova?servico={offer.service}&inicio={NOON:%Y-%m-%dT%H:%M:%SZ}")
    await page.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await page.get_by_role("button", name="Book", exact=True).dblclick()
    await expect(page.get_by_text("waiting for an answer")).to_be_visible()
    assert len(await fetch("SELECT FROM booking WHERE customer = $1", customer)) == 1


async def test_choosing_another_variant_shows_its_price_and_keeps_what_was_typed(
    two_servers, window
):
    offer = await an_offer_at_noon()
    await a_variant(offer.service, price="250.00", minutes=240)
    page = await window(two_servers[0], user=await a_user(language="en"))
    await page.goto(f"/contratacoes/nova?servico={offer.service}&inicio={NOON:%Y-%m-%dT%H:%M:%SZ}")
    await page.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await expect(page.locator("#escolha .time")).to_have_count(7)

    await page.get_by_role("radio", name=re.compile("250")).check()
    await expect(page.locator("#resumo")).to_contain_text("250")
    await expect(page.locator("#escolha .time")).to_have_count(1)
    await expect(page.get_by_label("Address")).to_have_value("Rua Treze de Maio, 210")
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_text(re.compile("250"))).to_be_visible()


async def test_an_answer_that_comes_too_late_is_told_beside_the_board(two_servers, window):
    offer = await an_offer_at_noon()
    code = await a_booking(offer, NOON)
    dashboard = await window(two_servers[0], user=offer.provider)
    # Without the socket, so that the board stays as it was.
    await dashboard.route_web_socket("**", lambda socket: None)
    await dashboard.goto("/painel")
    await confirm_booking(offer.provider, code)

    await dashboard.get_by_role("button", name="Decline").click()
    await expect(dashboard.locator("#avisos")).to_contain_text("no longer possible")
    await expect(dashboard.locator("#painel").get_by_text(code)).to_be_visible()


async def test_the_dashboard_goes_live_every_time_it_is_opened(two_servers, window):
    """The socket's extension and the page's script must both be there when htmx starts."""
    offer = await an_offer_at_noon()
    dashboard = await window(two_servers[0], user=offer.provider)
    for _ in range(10):
        await dashboard.goto("/painel")
        await expect(dashboard.locator("#vivo.on")).to_be_visible()


async def test_losing_the_race_keeps_what_was_typed_and_offers_other_times(two_servers, window):
    offer = await an_offer_at_noon()
    pages = [await window(server, user=await a_user(language="en")) for server in two_servers]
    for page in pages:
        await page.goto(
            f"/contratacoes/nova?servico={offer.service}&inicio={NOON:%Y-%m-%dT%H:%M:%SZ}"
        )
        await page.get_by_label("Address").fill("Rua Sete de Setembro, 77")
    winner, loser = pages
    await winner.get_by_role("button", name="Book", exact=True).click()
    await expect(winner.get_by_text("waiting for an answer")).to_be_visible()

    await loser.get_by_role("button", name="Book", exact=True).click()
    await expect(loser.get_by_text("That time has just gone")).to_be_visible()
    await expect(loser.get_by_label("Address")).to_have_value("Rua Sete de Setembro, 77")
    await loser.get_by_label(re.compile("10:00")).check()
    await loser.get_by_role("button", name="Book", exact=True).click()
    await expect(loser.get_by_text("waiting for an answer")).to_be_visible()


async def test_it_all_works_without_javascript(two_servers, window):
    offer = await an_offer_at_noon(name="Serviço sem javascript")
    customer = await window(two_servers[0], user=await a_user(language="en"), javascript=False)
    await customer.goto("/")
    await customer.get_by_label("What do you need?").fill("sem javascript")
    await customer.get_by_role("button", name="Search").click()
    await customer.get_by_role("link", name="Serviço sem javascript", exact=True).first.click()
    await customer.get_by_role("link", name=re.compile("^09:00 .*book")).first.click()
    await customer.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await customer.get_by_role("button", name="Book", exact=True).click()
    await expect(customer.get_by_text("waiting for an answer")).to_be_visible()
    code = customer.url.rsplit("/", 1)[1]

    dashboard = await window(two_servers[0], user=offer.provider, javascript=False)
    await dashboard.goto("/painel")
    await dashboard.get_by_role("button", name="Accept").click()
    await expect(dashboard.locator("#proximas").get_by_text(code)).to_be_visible()


async def test_a_dashboard_goes_off_the_screen_when_its_session_ends_elsewhere(two_servers, window):
    provider = await a_provider()
    page = await window(two_servers[0], user=provider)
    await page.goto("/painel")
    await page.locator("#vivo.on").wait_for()
    await end_sessions_of(provider)
    await expect(page).to_have_url(f"{two_servers[0]}/entrar?proximo=/painel")
