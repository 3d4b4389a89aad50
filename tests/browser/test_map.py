"""The map beside the results, and that of the area served: by hand, by keyboard, and without."""

import re
from collections.abc import AsyncIterator
from math import cos, radians
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from app.core.database import fetch
from tests.browser.tiles import TileServer, tile_server
from tests.factories import a_user, an_offer, free_time, in_days
from tests.servers import free_port, servers

# Out at sea, where nobody else's tests put anything.
LATITUDE, LONGITUDE = -28.0, -42.0
KM_OF_DEGREE = 111.2
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LEAFLET = re.compile(r"leaflet\.(js|css)")


async def services(*km_east: float) -> tuple[str, list[int]]:
    """A word that only these services have, and their ids."""
    word = "mapa" + uuid4().hex[:8]
    made = []
    for km in km_east:
        offer = await an_offer(name=f"{word} a {km}")
        await fetch(
            "UPDATE service SET latitude = $2, longitude = $3 WHERE id = $1",
            offer.service,
            LATITUDE,
            LONGITUDE + km / KM_OF_DEGREE / cos(radians(LATITUDE)),
        )
        made.append(offer.service)
    return word, made


@pytest.fixture
async def tiles() -> AsyncIterator[TileServer]:
    async with tile_server() as server:
        yield server


def asked_for(page: Page) -> list[str]:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


async def test_the_map_follows_the_list(two_servers, window):
    word, _ = await services(0, 3)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.goto(f"/servicos?q={word}")
    marks = page.locator(".tag")
    await expect(marks).to_have_count(2)
    await page.get_by_label("What do you need?").fill(f"{word} a 3")
    await expect(marks).to_have_count(1)
    await expect(marks).to_have_attribute("aria-label", re.compile(f"^{word} a 3, R"))


async def test_posters_and_marks_light_each_other_up(two_servers, window):
    word, ids = await services(0, 3)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.goto(f"/servicos?q={word}")
    poster, other = (page.locator(f"#servico-{number}") for number in ids)
    mark = page.get_by_role("button", name=f"{word} a 0,")
    await expect(mark).to_have_count(1)
    await poster.hover()
    await expect(mark).to_have_class(re.compile(r"\blit\b"))
    await other.get_by_role("link").first.focus()
    await expect(mark).not_to_have_class(re.compile(r"\blit\b"))
    await mark.focus()
    await expect(poster).to_have_class(re.compile(r"\blit\b"))
    await page.keyboard.press("Enter")
    await expect(poster.get_by_role("link", name=f"{word} a 0")).to_be_focused()


async def test_moving_the_map_searches_there_and_back_leads_to_the_page_before(two_servers, window):
    word, _ = await services(0, 300)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.goto("/privacidade")
    await page.goto(f"/servicos?q={word}")
    await expect(page.locator(".tag")).to_have_count(2)
    await page.evaluate("window.stillTheSamePage = true")
    results = page.locator("#resultados")

    # By keyboard: nearer, and to the west.
    await page.locator(".results-map").focus()
    for _ in range(2):
        await page.keyboard.press("+")
        await page.wait_for_timeout(400)
    for _ in range(6):
        await page.keyboard.press("ArrowLeft")
        await page.wait_for_timeout(300)
    await expect(page).to_have_url(re.compile("area=-"))
    await expect(results.get_by_text("1 service in this part of the map")).to_be_visible()
    await expect(page.locator(".tag")).to_have_count(1)
    assert await page.evaluate("window.stillTheSamePage")

    # What narrows the search leaves the map where it is.
    shown = re.search("area=([^&]+)", page.url)[1]
    await page.get_by_label("Order").select_option("preco")
    await expect(page).to_have_url(re.compile("ordem=preco"))
    assert shown in page.url
    await page.reload()
    await expect(results.get_by_text("1 service in this part of the map")).to_be_visible()
    await expect(page.locator(".tag")).to_have_count(1)

    # Another place is another map.
    await page.get_by_label("Where?").fill("Santos, SP")
    await expect(page).not_to_have_url(re.compile("area="))


async def test_back_from_a_service_finds_the_same_part_of_the_map(two_servers, window):
    word, ids = await services(0, 300)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.goto("/privacidade")
    await page.goto(f"/servicos?q={word}")
    await expect(page.locator(".tag")).to_have_count(2)
    await page.locator(".results-map").focus()
    await page.keyboard.press("+")
    await expect(page).to_have_url(re.compile("area=-"))
    searched = page.url
    await page.goto(f"/servicos/{ids[0]}")
    await page.go_back()
    await expect(page).to_have_url(searched)
    await page.go_back()
    await expect(page).to_have_url(re.compile("/privacidade"))


async def test_near_me_searches_from_the_very_point(two_servers, window):
    word, _ = await services(2)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": LATITUDE + 0.00012, "longitude": LONGITUDE})
    await page.goto("/")
    await page.get_by_label("What do you need?").fill(word)
    await page.get_by_role("button", name="Use my location").click()
    await expect(page.get_by_label("Where?")).not_to_have_value("")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_text("1 service around you")).to_be_visible()
    await expect(page.locator("#resultados")).to_contain_text(re.compile(r"(1\.[5-9]|2(\.\d)?) km"))
    assert "lat=-28.000&lng=-42.000" in page.url
    await expect(page.locator(".here")).to_be_visible()

    # What is typed next is still searched for from there, until another place is.
    await page.get_by_label("What do you need?").fill(f"{word} a")
    await expect(page).to_have_url(re.compile("lat=-28.*lng=-42"))
    await page.get_by_label("Where?").fill("Santos, SP")
    await expect(page).not_to_have_url(re.compile("lat="))


async def test_on_a_phone_the_map_is_loaded_when_it_is_opened(two_servers, window):
    word, _ = await services(0, 3)
    page = await window(two_servers[0])
    requests = asked_for(page)
    await page.goto(f"/servicos?q={word}")
    await expect(page.locator(".poster").first).to_be_visible()
    assert not any(LEAFLET.search(address) for address in requests)

    await page.get_by_role("button", name="Map").click()
    await expect(page.locator(".tag")).to_have_count(2)
    await expect(page.locator(".poster").first).to_be_hidden()
    await page.locator(".tag").first.focus()
    await page.keyboard.press("Enter")
    card = page.get_by_role("link", name=re.compile(f"^{word} a 0"))
    await expect(card).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(card).to_be_hidden()
    await expect(page.locator(".tag").first).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=f"{word} a 0")).to_be_visible()

    await page.go_back()
    await expect(page.locator(".tag")).to_have_count(2)
    await page.get_by_role("button", name="List").click()
    await expect(page.locator(".poster").first).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_the_home_page_loads_nothing_of_maps(two_servers, window, size):
    page = await window(two_servers[0])
    await page.set_viewport_size(size)
    requests = asked_for(page)
    await page.goto("/")
    await page.wait_for_load_state("networkidle")
    assert not [one for one in requests if LEAFLET.search(one) or "/map." in one]


async def test_a_services_page_shows_the_area_when_it_comes_into_view(two_servers, window):
    _, (service,) = await services(0)
    await fetch(
        "UPDATE service SET latitude = -28.00123, longitude = -42.00123 WHERE id = $1", service
    )
    offer = await fetch("SELECT provider FROM service WHERE id = $1", service)
    await free_time(offer[0]["provider"], in_days(1, 8), 8)
    page = await window(two_servers[0])
    requests = asked_for(page)
    await page.goto(f"/servicos/{service}")
    await page.wait_for_load_state("networkidle")
    assert not any(LEAFLET.search(address) for address in requests)
    assert "00123" not in await page.content()
    await page.get_by_role("heading", name="How far they come").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 2000)
    await expect(page.locator(".area-map path")).to_be_visible()
    box = await page.locator(".area-map path").bounding_box()
    assert box["width"] == pytest.approx(box["height"], rel=0.1)


async def test_tiles_come_from_the_server_that_is_set(window, tiles):
    word, _ = await services(0)
    address = f"{tiles.address}/{{z}}/{{x}}/{{y}}.png"
    attribution = '© <a href="https://tile.example">Tile example</a>'
    with servers(1, TILE_URL=address, TILE_ATTRIBUTION=attribution) as (server,):
        page = await window(server)
        await page.set_viewport_size(WIDE)
        await page.goto(f"/servicos?q={word}")
        await expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
        await expect(page.get_by_role("link", name="Tile example")).to_be_visible()
    # Of our pages they learn only the origin.
    assert {referrer for _, referrer in tiles.asked} == {f"{server}/"}


async def test_without_tiles_the_marks_hang_on_a_plain_background_with_names(window):
    word, _ = await services(0)
    nowhere = f"http://127.0.0.1:{free_port()}/{{z}}/{{x}}/{{y}}.png"
    await fetch(
        "UPDATE service SET latitude = -22.0174, longitude = -47.8908 WHERE name LIKE $1",
        f"{word}%",
    )
    with servers(1, TILE_URL=nowhere) as (server,):
        page = await window(server)
        await page.set_viewport_size(WIDE)
        await page.goto(f"/servicos?q={word}")
        await expect(page.locator(".tag span")).to_be_visible()
        await expect(page.locator(".plain-tile").first).to_be_visible()
        await expect(page.locator(".town").get_by_text("São Carlos")).to_be_attached()


async def test_without_javascript_there_is_no_map_and_nothing_is_missed(two_servers, window):
    word, (service,) = await services(0)
    page = await window(two_servers[0], javascript=False)
    for size in (WIDE, PHONE):
        await page.set_viewport_size(size)
        await page.goto(f"/servicos?q={word}")
        await expect(page.locator(".poster")).to_be_visible()
        await expect(page.locator(".map")).to_be_hidden()
        await expect(page.locator(".map-switch")).to_be_hidden()
        await page.goto(f"/servicos/{service}")
        await expect(page.get_by_text("Up to 10 km from this part of São Carlos")).to_be_visible()
        await expect(page.locator(".area-map")).to_be_hidden()


async def test_the_city_of_an_address_is_completed_while_it_is_typed(two_servers, window):
    offer = await an_offer()
    await free_time(offer.provider, in_days(2, 12), 4)
    page = await window(two_servers[0], user=await a_user(language="en"))
    await page.goto(f"/contratacoes/nova?servico={offer.service}")
    await expect(page.get_by_label("City")).to_have_value("São Carlos, SP")
    await page.get_by_label("City").fill("")
    await page.get_by_label("City").press_sequentially("campin")
    await expect(page.locator("#lugares option").first).to_have_attribute("value", "Campinas, SP")


async def test_back_to_another_search_shows_its_map(two_servers, window):
    word, _ = await services(0, 3)
    page = await window(two_servers[0])
    await page.set_viewport_size(WIDE)
    await page.goto(f"/servicos?q={word}")
    await expect(page.locator(".tag")).to_have_count(2)
    await page.get_by_label("What do you need?").fill(f"{word} a 3")
    await expect(page.locator(".tag")).to_have_count(1)
    await page.go_back()
    await expect(page.get_by_label("What do you need?")).to_have_value(word)
    await expect(page.locator(".tag")).to_have_count(2)


async def test_a_search_says_whether_somebody_still_types(two_servers, window):
    page = await window(two_servers[0])
    typing: list[str | None] = []
    page.on(
        "request",
        lambda request: (
            typing.append(request.headers.get("x-typing")) if "servicos?" in request.url else None
        ),
    )
    await page.goto("/servicos")
    await page.get_by_label("Where?").fill("Campinas")
    await expect(page).to_have_url(re.compile("onde=Campinas"))
    await page.get_by_label("Where?").press("Enter")
    await expect(page.locator("#resultados")).to_contain_text("Campinas")
    await page.wait_for_timeout(500)
    assert typing[0] == "true"
    assert typing[-1] is None
