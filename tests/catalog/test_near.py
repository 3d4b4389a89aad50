"""Searching around a point, in a town, and in a part of a map."""

from math import cos, radians

import pytest

from app.catalog.forms import SearchForm
from app.catalog.search import search_services
from app.core.cookies import cookie_name
from app.core.database import fetch
from app.places.queries import around_point, find_place
from app.places.remembered import COOKIE
from tests.browsing import visitor
from tests.factories import SAO_CARLOS, an_offer

# Out at sea, so that nobody else's tests find anything here.
LATITUDE, LONGITUDE = -24.0, -40.0
DEGREE_KM = 111.2


async def a_service(name: str, km_east: float, *, radius_km: int = 10) -> int:
    offer = await an_offer(name=name)
    await fetch(
        "UPDATE service SET latitude = $2, longitude = $3, radius_km = $4 WHERE id = $1",
        offer.service,
        LATITUDE,
        LONGITUDE + km_east / DEGREE_KM / cos(radians(LATITUDE)),
        radius_km,
    )
    return offer.service


async def found(form: SearchForm, place=None) -> list[str]:
    place = place or await around_point(LATITUDE, LONGITUDE)
    return [one["name"] for one in (await search_services(form, place, "pt", 500)).services]


async def test_the_nearest_comes_first_with_its_distance():
    for km in (9, 1, 5):
        await a_service(f"Vigia de farol a {km}", km)
    form = SearchForm(words="vigia farol")
    place = await around_point(LATITUDE, LONGITUDE)
    services = (await search_services(form, place, "pt")).services
    assert [one["name"] for one in services] == [f"Vigia de farol a {km}" for km in (1, 5, 9)]
    assert [one["metres"] for one in services] == pytest.approx([1000, 5000, 9000], abs=400)


async def test_who_does_not_come_as_far_as_the_customer_is_not_near():
    await a_service("Regata que vem", 8, radius_km=9)
    await a_service("Regata que não vem", 8, radius_km=7)
    assert await found(SearchForm(words="regata")) == ["Regata que vem"]


async def test_a_town_stands_for_all_of_its_streets_so_everybody_in_it_is_found():
    town = await find_place("São Carlos, SP")
    offer = await an_offer(name="Ourivesaria distante")
    await fetch(
        "UPDATE service SET latitude = latitude + 0.1, radius_km = 1 WHERE id = $1", offer.service
    )
    assert await found(SearchForm(words="ourivesaria distante"), town) == ["Ourivesaria distante"]


async def test_a_part_of_a_map_holds_what_is_pinned_up_there_however_far_they_come():
    await a_service("Mergulho dentro", 1, radius_km=1)
    await a_service("Mergulho fora", 9, radius_km=50)
    form = SearchForm(words="mergulho", edges="-24.05,-40.05,-23.95,-39.95")
    assert await found(form) == ["Mergulho dentro"]
    assert await found(form, await find_place("Santos, SP")) == ["Mergulho dentro"]


async def test_without_a_place_a_part_of_a_map_has_no_distances():
    await a_service("Vela dentro", 1)
    form = SearchForm(words="vela dentro", edges="-24.05,-40.05,-23.95,-39.95")
    (service,) = (await search_services(form, None, "pt")).services
    assert service["metres"] is None


@pytest.mark.parametrize("words", ["pescaria", "pescarja"])
@pytest.mark.parametrize("category", ["", "eletricista"])
@pytest.mark.parametrize("radius_km", [1, 10, 200])
async def test_every_way_to_look_finds_the_same(words, category, radius_km):
    """Some go by the words' index, some by the trade's, some by distance alone."""
    for km in (0.5, 6, 150):
        await a_service(f"Pescaria a {km}", km, radius_km=400)
    form = SearchForm(words=words, category=category, radius_km=radius_km)
    names = [f"Pescaria a {km}" for km in (0.5, 6, 150) if km < radius_km]
    mine = [name for name in await found(form) if name in names]
    assert sorted(set(mine)) == sorted(names)
    assert not {f"Pescaria a {km}" for km in (0.5, 6, 150) if km > radius_km} & set(mine)


@pytest.mark.parametrize(
    "edges",
    ["-25,-41,-23,-39", "-34,-74,6,-32", "-24.2,-40.3,-23.9,-39.9", "-90,-180,90,180"],
)
async def test_small_and_large_parts_of_a_map_find_it(edges):
    await a_service("Farol por satélite", 2)
    assert "Farol por satélite" in await found(SearchForm(words="farol satélite", edges=edges))


async def test_where_somebody_starts_from_is_told_to_half_a_kilometre():
    service = await a_service("Cartografia discreta", 0)
    for off in (0.0001, 0.002, -0.0024):
        await fetch("UPDATE service SET latitude = $2 WHERE id = $1", service, LATITUDE + off)
        found = await search_services(
            SearchForm(words="cartografia discreta"),
            await around_point(LATITUDE, LONGITUDE + 0.01),
            "pt",
        )
        (one,) = found.services
        assert (one["latitude"], one["longitude"]) == (LATITUDE, LONGITUDE)
        # Nor by its distance, nor by where the next page begins.
        assert one["metres"] == pytest.approx(DEGREE_KM * 10 * cos(radians(LATITUDE)), rel=1e-3)


async def test_the_page_says_near_you_and_measures_from_there(app):
    await an_offer(name="Encerador de assoalho", place=SAO_CARLOS)
    answer = await visitor(app).get("/servicos?q=encerador&lat=-22.0174&lng=-47.8908")
    assert answer.status_code == 200
    assert "service around you" in answer.text
    assert " m</li>" in answer.text


async def test_a_point_goes_into_links_only_to_a_hundred_metres_and_is_kept_nowhere(app):
    browser = visitor(app)
    answer = await browser.get("/servicos?q=x&preco=90&lat=-22.01749&lng=-47.89083")
    assert "lat=-22.017&amp;lng=-47.891" in answer.text
    assert "22.01749" not in answer.text.split("<main")[1].split("</main>")[0]
    assert browser.cookies.get(cookie_name(COOKIE)) == str(SAO_CARLOS)


async def test_a_point_is_taken_off_like_any_filter(app):
    answer = await visitor(app).get("/servicos?q=fio&lat=-22.017&lng=-47.891&onde=São Carlos, SP")
    assert 'href="/servicos?q=fio&amp;onde=S%C3%A3o+Carlos%2C+SP">near where you are' in answer.text


async def test_where_nobody_comes_the_whole_town_is_offered(app):
    answer = await visitor(app).get("/servicos?q=xyzzyx&lat=-22.017&lng=-47.891")
    assert "Nobody says that they come as far as this" in answer.text
    assert 'href="/servicos?q=xyzzyx&amp;onde=S%C3%A3o+Carlos%2C+SP">Look all over' in answer.text


async def test_a_part_of_a_map_is_a_filter_with_its_own_words(app):
    await an_offer(name="Amolador de tesouras")
    answer = await visitor(app).get("/servicos?q=amolador&area=-22.1,-48,-21.9,-47.8")
    assert "1 service in this part of the map" in answer.text
    assert 'href="/servicos?q=amolador">in this part of the map' in answer.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("lat=91&lng=0", "does not look right"),
        ("lat=0&lng=-181", "does not look right"),
        ("lat=nan&lng=0", "does not look right"),
        ("lat=inf&lng=0", "does not look right"),
        ("lat=1e999&lng=0", "does not look right"),
        ("lat=x&lng=y", "does not look right"),
        ("area=1,2,3", "does not look right"),
        ("area=a,b,c,d", "does not look right"),
        ("area=nan,nan,nan,nan", "does not look right"),
        ("area=-22,-48,-23,-47", "no part of a map"),
        ("area=-22,-47,-21,-48", "no part of a map"),
        ("area=-91,-48,-21,-47", "no part of a map"),
        ("area=0,0,0,0", "no part of a map"),
        ("area=170,170,171,999", "no part of a map"),
    ],
)
async def test_a_point_or_a_part_of_no_map(app, query, says):
    answer = await visitor(app).get(f"/servicos?{query}")
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize("query", ["lat=-22", "lng=-47", "lat=&lng=", "area=", "lat=90&lng=180"])
async def test_half_a_point_is_no_point(app, query):
    answer = await visitor(app).get(f"/servicos?{query}")
    assert answer.status_code == 200
