"""A newcomer's first booking, by hand, by thumb and by keyboard."""

import re

from playwright.async_api import expect

from app.bookings.actions.answer import confirm_booking
from tests.factories import PASSWORD, a_booking, a_user, an_offer, email_of, free_time, in_days

NOON = in_days(2, 12)


async def test_a_first_time_customer_has_booked_four_presses_after_the_search(two_servers, window):
    """Typing is not a press; the strip, "create account", its button, and "book" are."""
    offer = await an_offer(name="Conserto de acordeão")
    await free_time(offer.provider, NOON, 4)
    page = await window(two_servers[0])
    await page.goto("/servicos?q=acordeão")
    await page.get_by_role("link", name=re.compile("^09:00 .*book")).first.click()
    await page.get_by_role("main").get_by_role("link", name="Create account").click()
    await page.get_by_label("Name").fill("João Pereira")
    await page.get_by_label("E-mail").fill(email_of(1))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("Your account is ready")).to_be_visible()
    await page.get_by_label("Address").fill("Rua Treze de Maio, 210")
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_text("waiting for an answer")).to_be_visible()


async def test_the_keyboard_alone_books(two_servers, window):
    offer = await an_offer(name="Conserto de cavaquinho")
    await free_time(offer.provider, NOON, 1)
    page = await window(two_servers[0], user=await a_user(language="en"))
    await page.goto("/servicos?q=cavaquinho")
    await press_until(page, re.compile("^09:00 .*book"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Address")).to_be_visible()
    await press_until(page, "Address")
    await page.keyboard.type("Rua Treze de Maio, 210")
    await press_until(page, "Book")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("waiting for an answer")).to_be_visible()


async def press_until(page, name: str | re.Pattern[str]) -> None:
    """Press Tab until what has the focus carries this name; its focus must be seen."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        text = await focused.evaluate(
            "e => (e.ariaLabel ?? e.labels?.[0]?.innerText ?? e.innerText).trim()"
        )
        if text == name or (isinstance(name, re.Pattern) and name.search(text)):
            assert await focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
            return
    raise AssertionError(f"{name} is not reached by Tab")


async def test_cancelling_is_asked_for_and_told(two_servers, window):
    offer, customer = await an_offer(), await a_user(language="en")
    await free_time(offer.provider, NOON, 1)
    code = await a_booking(offer, NOON, customer)
    # Without JavaScript too: the question is the browser's own.
    for javascript in (True, False):
        page = await window(two_servers[0], user=customer, javascript=javascript)
        await page.goto(f"/contratacoes/{code}")
        await page.get_by_role("button", name="Cancel booking").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("button", name="Cancel booking").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel booking").click()
    await expect(page.get_by_text("The time is free for others again")).to_be_visible()
    await expect(page.get_by_text("cancelled", exact=True)).to_be_visible()


async def test_after_an_answer_the_focus_is_on_the_booking_and_the_news_is_told(
    two_servers, window
):
    offer = await an_offer()
    await free_time(offer.provider, NOON, 1)
    await a_booking(offer, NOON, await a_user(name="Benedita Reis"))
    dashboard = await window(two_servers[0], user=offer.provider)
    await dashboard.goto("/painel")
    await dashboard.get_by_role("button", name="Aceitar").press("Enter")
    await expect(dashboard.get_by_role("status").filter(has_text="Aceito")).to_be_visible()
    await expect(dashboard.get_by_role("heading", name="Benedita Reis")).to_be_focused()


async def test_news_never_take_the_focus_from_where_the_reader_left_it(two_servers, window):
    offer = await an_offer()
    await free_time(offer.provider, NOON, 3)
    first = await a_booking(offer, NOON)
    dashboard = await window(two_servers[0], user=offer.provider)
    await dashboard.goto("/painel")
    await expect(dashboard.locator("#vivo.on")).to_be_visible()
    await dashboard.get_by_role("button", name="Aceitar").focus()
    await dashboard.evaluate("document.activeElement.blur()")
    await confirm_booking(offer.provider, first)
    await expect(dashboard.get_by_role("button", name="Aceitar")).to_have_count(0)
    assert await dashboard.evaluate("document.activeElement === document.body")


async def test_where_i_am_fills_in_the_place(two_servers, window):
    page = await window(two_servers[0])
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": -22.017, "longitude": -47.891})
    await page.goto("/")
    await page.get_by_role("button", name="Use my location").click()
    await expect(page.get_by_label("Where?")).to_have_value("São Carlos, SP")
