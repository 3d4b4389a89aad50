"""The week on the wall: dragged over, moved through with the keys, and live."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.core.cookies import cookie_name
from app.core.database import fetch
from app.core.sessions import COOKIE
from app.core.time import today_in
from tests.factories import a_booking, a_user, an_offer, token_of

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


async def drag(page, first: float, last: float) -> None:
    """From one hour of the Monday to another; ten hours are shown."""
    column = page.locator(f'.blocks[data-day="{a_monday()}"]')
    await column.scroll_into_view_if_needed()
    box = await column.bounding_box()
    hour = box["height"] / 10
    await page.mouse.move(box["x"] + 20, box["y"] + (first - 8) * hour + 5)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20, box["y"] + (last - 8) * hour - 5, steps=5)
    await page.mouse.up()


async def test_dragging_over_a_stretch_takes_it_off(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await drag(page, 9, 11)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Começa às")).to_have_value("09:00")
    await expect(dialog.get_by_label("Termina às")).to_have_value("11:00")
    await page.keyboard.press("Enter")
    await expect(page.locator(".block.off")).to_be_visible()
    assert await exceptions_of("time_off", offer.provider) == [(at(9), at(11))]

    await page.get_by_role("button", name="Remover: folga").click()
    await expect(page.locator(".block.off")).to_have_count(0)
    assert await exceptions_of("time_off", offer.provider) == []


async def test_outside_of_the_hours_dragging_offers_to_work_extra(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await drag(page, 14, 16)
    await expect(page.get_by_role("dialog").get_by_label("Dia", exact=True)).to_have_value(
        str(a_monday())
    )
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Remover: horário extra")).to_be_visible()
    assert await exceptions_of("extra_hours", offer.provider) == [(at(14), at(16))]


async def test_escape_leaves_everything_as_it_is(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await drag(page, 9, 11)
    await expect(page.locator(".selection")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.locator(".selection")).to_have_count(0)
    assert await exceptions_of("time_off", offer.provider) == []


async def test_a_tap_chooses_an_hour_and_does_nothing_else(two_servers, browser):
    offer = await an_offer_on_mondays()
    context = await browser.new_context(
        base_url=two_servers[0], viewport={"width": 390, "height": 844}, has_touch=True
    )
    cookie = {"name": cookie_name(COOKIE), "value": await token_of(offer.provider)}
    await context.add_cookies([cookie | {"url": two_servers[0]}])
    page = await context.new_page()
    await page.goto(f"/painel/agenda?semana={a_monday()}")
    await page.locator("#agenda-trecho").focus()
    await page.locator(".block.free").tap()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(page.locator("#trecho-dia")).to_have_value(str(a_monday()))
    assert await exceptions_of("time_off", offer.provider) == []
    await context.close()


async def test_where_24_hours_are_shown_the_day_begins_when_work_does(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await page.locator("a[href*=diaInteiro]").last.click()
    await expect(page.locator(".clock li")).to_have_count(24)
    await expect(page.locator(".clock .h8")).to_be_in_viewport()
    top = await page.locator(".clock .h8").bounding_box()
    wall = await page.locator(".wall-of-week").bounding_box()
    assert 0 < top["y"] - wall["y"] < 60


async def test_the_arrow_keys_choose_a_stretch_and_enter_leads_to_what_to_do(two_servers, window):
    offer = await an_offer_on_mondays()
    page = await the_week(window, two_servers[0], offer)
    await page.locator("#agenda-trecho").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Shift+ArrowDown", "ArrowRight"):
        await page.keyboard.press(key)
    await expect(page.locator("#agenda-escolha")).to_contain_text("09:00 – 10:00")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Abrir horário extra").click()
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
    await page.locator("#dia").fill(str(a_monday()))
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


async def test_more_stretches_come_at_once_and_say_that_they_end_on_the_next_day(
    two_servers, window
):
    offer = await an_offer_on_mondays()
    page = await window(two_servers[0], user=offer.provider)
    await page.goto("/painel/agenda/horarios")
    await expect(page.locator("#abre-1-1")).to_be_hidden()
    await page.locator(".more-stretches").first.click()
    await expect(page.locator("#abre-1-1")).to_be_focused()
    await page.locator("#abre-1-1").fill("20:00")
    await page.locator("#fecha-1-1").fill("02:00")
    await expect(page.locator("output[for='abre-1-1 fecha-1-1']")).to_contain_text("02:00")
    await page.get_by_role("button", name="Salvar horários").click()
    await page.goto(f"/painel/agenda?semana={a_monday()}")
    await expect(page.locator(".clock li")).to_have_count(24)
