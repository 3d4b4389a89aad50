"""Searching while typing."""

import re

from playwright.async_api import expect

from tests.factories import a_variant, an_offer, free_time, in_days


async def test_typing_swaps_the_results_and_the_address_follows(two_servers, window):
    await an_offer(name="Afinação de piano")
    page = await window(two_servers[0])
    await page.goto("/servicos")
    await page.evaluate("window.stillTheSamePage = true")

    await page.get_by_label("What do you need?").press_sequentially("afinação de pia")
    await expect(page.locator("#resultados").get_by_text("Afinação de piano").first).to_be_visible()
    await expect(page).to_have_url(re.compile("q=afina"))
    assert await page.evaluate("window.stillTheSamePage")


async def test_back_leads_to_the_search_before(two_servers, window):
    await an_offer(name="Conserto de sanfona")
    page = await window(two_servers[0])
    await page.goto("/servicos?q=sanfona")
    await page.get_by_label("What do you need?").fill("piano de cauda")
    await expect(page).to_have_url(re.compile("q=piano"))

    await page.go_back()
    await expect(page).to_have_url(re.compile("q=sanfona"))
    await expect(page.get_by_label("What do you need?")).to_have_value("sanfona")
    await expect(page.locator("#resultados").get_by_text("sanfona").first).to_be_visible()


async def test_a_place_is_completed_while_it_is_typed(two_servers, window):
    page = await window(two_servers[0])
    await page.goto("/")
    await page.get_by_label("Where?").press_sequentially("sao car")
    await expect(page.locator("#lugares option").first).to_have_attribute("value", "São Carlos, SP")


async def test_choosing_another_variant_swaps_the_times(two_servers, window):
    offer = await an_offer(minutes=30)
    await a_variant(offer.service, minutes=240)
    await free_time(offer.provider, in_days(2, 12), 4)
    page = await window(two_servers[0])
    await page.goto(f"/servicos/{offer.service}")
    times = page.locator("#horarios .times a")
    await expect(times).to_have_count(8)

    await page.get_by_role("radio").nth(1).check()
    await expect(times).to_have_count(1)
    await expect(page).to_have_url(re.compile("variacao="))
