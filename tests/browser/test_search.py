"""Searching while typing."""

import re

from playwright.async_api import expect

from tests.factories import a_booking, a_variant, an_offer, free_time, in_days


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


async def test_a_strip_that_somebody_else_tears_off_is_gone_from_the_page(two_servers, window):
    offer = await an_offer(name="Conserto de gaita", minutes=60)
    await free_time(offer.provider, in_days(2, 12), 6)
    page = await window(two_servers[0])
    await page.goto("/servicos?q=sanfona")
    # The posters were swapped in; their socket must come with them.
    await page.get_by_label("What do you need?").fill("gaita")
    strips = page.locator(f"#tiras-{offer.service}")
    await expect(strips.locator("a")).to_have_count(6)
    await page.evaluate("window.stillTheSamePage = true")
    await a_booking(offer, in_days(2, 12))
    await expect(strips.locator(".gone")).to_have_count(2)
    await expect(strips.locator("a")).to_have_count(4)
    await expect(page.get_by_role("status").filter(has_text="has just gone")).to_be_attached()
    assert await page.evaluate("window.stillTheSamePage")
