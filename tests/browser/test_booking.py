"""The main job, as two people do it in two windows."""

import re
from datetime import timedelta

from playwright.async_api import expect

from app.bookings.actions.answer import confirm_booking
from app.bookings.actions.change import cancel_booking
from app.core.database import fetch, fetch_one
from app.core.sessions import end_sessions_of
from app.core.time import format_wire
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


async def test_a_chosen_time_is_held_with_a_countdown_and_gone_for_others(two_servers, window):
    offer = await an_offer_at_noon()
    address = f"/servicos/{offer.service}?semana={NOON:%Y-%m-%d}"
    customer, onlooker = [
        await window(server, user=await a_user(language="en")) for server in two_servers
    ]
    await onlooker.goto(address)
    strip = onlooker.get_by_role("link", name=re.compile("^09:00 .*book"))
    await expect(strip).to_be_visible()
    await customer.goto(address)
    await customer.get_by_role("link", name=re.compile("^09:00 .*book")).click()
    await expect(customer.locator("#resumo time")).to_have_text(re.compile("^4:5"))
    await expect(strip).to_be_hidden()
    await expect(onlooker.locator(".times .gone").first).to_be_visible()

    await customer.reload()
    await expect(customer.locator("#resumo time")).to_have_text(re.compile("^4:"))
    await customer.get_by_label(re.compile("10:00")).check()
    await expect(customer.get_by_role("heading", name=re.compile("10:00"))).to_be_visible()
    await expect(strip).to_be_visible()
    held = await fetch(
        "SELECT starts_at FROM booking WHERE provider = $1 AND status = 'held'", offer.provider
    )
    assert [row["starts_at"] for row in held] == [NOON + timedelta(hours=1)]

    await customer.goto("/contratacoes")
    await customer.get_by_role("button", name="Give up").click()
    await expect(customer.get_by_text("free for others again")).to_be_visible()
    await expect(onlooker.get_by_role("link", name=re.compile("^10:00 .*book"))).to_be_visible()


async def test_a_lost_time_offers_others_and_keeps_what_was_typed(two_servers, window):
    offer = await an_offer(category="mudanca", minutes=60)
    await free_time(offer.provider, NOON, 4)
    other = await an_offer(name="Outra mudança", category="mudanca", minutes=60)
    await free_time(other.provider, NOON, 2)
    page = await window(two_servers[0], user=await a_user(language="en"), javascript=False)
    await page.goto(f"/contratacoes/nova?servico={offer.service}&inicio={format_wire(NOON)}")
    await page.get_by_label("Address").fill("Rua das Flores, 12")
    await a_booking(offer, NOON)
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_text("That time has just gone")).to_be_visible()
    assert await page.locator(".times .time").count() <= 3

    await page.get_by_role("button", name=re.compile("Outra mudança")).first.click()
    await expect(page.get_by_text("waiting for an answer")).to_be_visible()
    await expect(page.get_by_text("Rua das Flores, 12")).to_be_visible()


async def test_booking_again_takes_two_clicks(two_servers, window):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    await a_booking(offer, NOON, customer)
    code = (await fetch("SELECT code FROM booking WHERE customer = $1", customer))[0]["code"]
    await cancel_booking(customer, code)
    page = await window(two_servers[0], user=customer)
    await page.goto("/contratacoes")
    await page.get_by_role("link", name=re.compile("Book again")).click()
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_text("waiting for an answer")).to_be_visible()
