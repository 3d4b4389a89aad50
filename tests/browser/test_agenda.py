"""The week on the wall: dragged over, moved through with the keys, and live."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.core.database import fetch
from app.core.time import today_in
from tests.factories import a_booking, a_user, an_offer

ZONE = "America/Sao_Paulo"


def a_monday() -> date:
    today = today_in(ZONE)
    return today + timedelta(days=14 - today.weekday())


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(a_monday(), time(hour, minute), ZoneInfo(ZONE))


async def an_offer_on_mondays():
    offer = await an_offer(minutes=60)
    await set_weekly_hours(offer.provider, [Stretch(1, time(8), time(12))])
    return offer


async def the_week(window, server: str, offer, **kind):
    page = await window(server, user=offer.provider, **kind)
    await page.set_viewport_size({"width": 1280, "height": 1000})
    await page.goto(f"/painel/agenda?semana={a_monday()}")
    return page


async def exceptions_of(table: str, provider: int) -> list[tuple[datetime, datetime]]:
    rows = await fetch(f"SELECT starts_at, ends_at FROM {table} WHERE provider = $1", provider)
    return [(row["starts_at"], row["ends_at"]) for row in rows]


async def test_dragging_over_a_stretch_takes_it_off(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    column = page.locator(f'.blocks[data-day="{a_monday()}"]')
    await column.scroll_into_view_if_needed()
    box = await column.bounding_box()
    hour = box["height"] / 10
    await page.mouse.move(box["x"] + 20, box["y"] + hour + 5)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20, box["y"] + 3 * hour - 5, steps=5)
    await page.mouse.up()
    await page.keyboard.press("Enter")
    await expect(page.locator(".block.off")).to_be_visible()
    assert await exceptions_of("time_off", offer.provider) == [(at(9), at(11))]


async def test_the_arrow_keys_choose_a_stretch_and_enter_leads_to_what_to_do(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await page.locator(".wall-of-week").focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown", "ArrowRight", "ArrowLeft"):
        await page.keyboard.press(key)
    await expect(page.locator("#agenda-escolha")).to_contain_text("09:00 – 10:00")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Abrir horário extra").click()
    await page.wait_for_url("**/painel/agenda?**")
    assert await exceptions_of("extra_hours", offer.provider) == [(at(9), at(10))]


async def test_a_booking_made_elsewhere_appears_on_the_wall(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await expect(page.locator("#vivo.on")).to_be_visible()
    await a_booking(offer, at(10), await a_user(name="Rosa Prado"))
    await expect(page.get_by_role("link", name="Rosa Prado")).to_be_visible()


async def test_hours_and_time_off_work_without_javascript(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await window(two_servers[0], user=offer.provider, javascript=False)
    await page.goto("/painel/agenda/horarios")
    await page.locator("#abre-2-0").fill("14:00")
    await page.locator("#fecha-2-0").fill("16:00")
    await page.get_by_role("button", name="Salvar horários").click()
    await page.goto(f"/painel/agenda?semana={a_monday()}")
    await page.get_by_label("Dia", exact=True).fill(str(a_monday()))
    await page.get_by_role("button", name="Tirar folga").click()
    await expect(page.locator(".block.off")).to_be_visible()
    assert await exceptions_of("time_off", offer.provider) == [(at(0), at(0) + timedelta(days=1))]


async def test_a_phone_shows_one_day_and_leads_to_the_others(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator(".column:visible")).to_have_count(1)
    await page.locator(".day-strip a").nth(2).click()
    wednesday = a_monday() + timedelta(days=2)
    await expect(page.locator(f'.blocks[data-day="{wednesday}"]')).to_be_visible()
