"""What a search finds, and in which order."""

from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from uuid import uuid4

import pytest

from app.catalog.forms import Order, SearchForm
from app.catalog.search import search_services
from app.core.database import fetch
from app.places.queries import find_place
from tests.browsing import visitor
from tests.factories import a_provider, an_offer, free_time, in_days


def haversine(one, other) -> float:
    """Metres along the globe, by the textbook."""
    south, west, north, east = map(
        radians, (one["latitude"], one["longitude"], other["latitude"], other["longitude"])
    )
    a = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(a))


async def names(form: SearchForm, most: int = 20) -> list[str]:
    place = await find_place(form.place) if form.place else None
    return [
        service["name"] for service in (await search_services(form, place, "pt", most)).services
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Restauração de acordeão",
        "restauracao acordeao",
        "RESTAURAÇÃO",
        "restaur",
        "acordeões",
        "restauração de acord",
        "acordeon",
        "restauraçao acordião",
    ],
)
async def test_a_service_is_found_by(words):
    await an_offer(name="Restauração de acordeão")
    assert "Restauração de acordeão" in await names(SearchForm(words=words))


@pytest.mark.parametrize("words", ["eletricista", "eletrisista", "electrician", "eletric"])
async def test_a_service_is_found_by_its_trade(words):
    await an_offer(name="Luz no quintal", category="eletricista")
    # Other tests offer much by electricians too.
    found = await search_services(SearchForm(words=words), None, "pt", 5000)
    assert "Luz no quintal" in [service["name"] for service in found.services]


async def test_words_of_the_description_count_too():
    await an_offer(name="Serviço geral", description="Desentortamos guarda-chuvas antigos.")
    assert "Serviço geral" in await names(SearchForm(words="guarda-chuva"))


async def test_exact_words_are_told_from_words_that_look_alike():
    await an_offer(name="Encadernação de livros")
    assert not (await search_services(SearchForm(words="encadernação"), None, "pt")).close
    assert (await search_services(SearchForm(words="emcadernasão"), None, "pt")).close


async def test_nothing_is_found_where_nothing_is():
    assert await names(SearchForm(words="xyzzy" + uuid4().hex[:6])) == []


async def test_a_category_holds_only_its_own():
    await an_offer(name="Unha postiça rara", category="manicure")
    assert "Unha postiça rara" in await names(SearchForm(category="manicure"))
    assert "Unha postiça rara" not in await names(SearchForm(category="frete"), 500)
    assert await names(SearchForm(category="no-such-trade")) == []


async def test_a_place_holds_what_is_within_the_distance():
    fortaleza = (await find_place("Fortaleza, CE"))["id"]
    await an_offer(name="Conserto de jangada", place=fortaleza)
    near = SearchForm(words="jangada", place="Fortaleza")
    far = SearchForm(words="jangada", place="São Carlos, SP")
    assert await names(near) == ["Conserto de jangada"]
    assert await names(far) == []


def blurred(place) -> dict[str, float]:
    """What is known of where a service is that starts from there."""
    return {name: round(place[name] * 200) / 200 for name in ("latitude", "longitude")}


async def test_distance_is_in_metres_on_the_ground():
    santos = await find_place("Santos, SP")
    sao_paulo = await find_place("São Paulo, SP")
    await an_offer(name="Travessia de balsa", place=santos["id"])
    found = await search_services(
        SearchForm(words="travessia balsa", radius_km=100), sao_paulo, "pt"
    )
    assert found.services[0]["metres"] == pytest.approx(
        haversine(blurred(santos), sao_paulo), rel=1e-4
    )


async def test_the_nearest_comes_first_with_a_place():
    for city in ("Campinas, SP", "Jundiaí, SP"):
        await an_offer(name=f"Afiação em {city}", place=(await find_place(city))["id"])
    form = SearchForm(words="afiação", place="Jundiaí, SP", radius_km=100)
    assert await names(form) == ["Afiação em Jundiaí, SP", "Afiação em Campinas, SP"]


async def test_the_cheapest_comes_first_if_asked_for():
    for price in ("70.00", "35.50", "120.00"):
        await an_offer(name=f"Bordado a {price}", price=price)
    form = SearchForm(words="bordado", order=Order.CHEAPEST)
    assert await names(form) == ["Bordado a 35.50", "Bordado a 70.00", "Bordado a 120.00"]
    assert await names(SearchForm(words="bordado", most=70, order=Order.CHEAPEST)) == [
        "Bordado a 35.50",
        "Bordado a 70.00",
    ]


async def test_free_on_a_day_means_a_whole_variant_fits_on_that_day():
    provider = await a_provider()
    await an_offer(provider, name="Tapeçaria longa", minutes=120)
    await free_time(provider, in_days(4, 15), 3)
    await free_time(provider, in_days(5, 15), 1)

    def form(days: int) -> SearchForm:
        return SearchForm(words="tapeçaria", day=in_days(days).date())

    assert await names(form(4)) == ["Tapeçaria longa"]
    assert await names(form(5)) == []
    assert await names(form(6)) == []


async def test_a_poster_shows_the_next_five_free_times():
    offer = await an_offer(name="Relojoaria fina", minutes=60)
    await free_time(offer.provider, in_days(1, 12), 2)
    await free_time(offer.provider, in_days(2, 12), 4)
    (service,) = (await search_services(SearchForm(words="relojoaria"), None, "pt")).services
    first, second = in_days(1, 12), in_days(2, 12)
    half = timedelta(minutes=30)
    assert service["times"] == [first, first + half, first + 2 * half, second, second + half]


@pytest.mark.parametrize("order", [None, Order.CHEAPEST, Order.NEWEST, Order.NEAREST, Order.BEST])
@pytest.mark.parametrize("place", ["", "São Carlos, SP"])
async def test_pages_by_key_miss_nothing_and_repeat_nothing(order, place):
    word = "paginado" + uuid4().hex[:6]
    for number in range(11):
        await an_offer(name=f"{word} {number}", price=str(50 + number % 3))
    where = await find_place(place) if place else None
    seen, after = [], None
    for _ in range(6):
        form = SearchForm(words=word, order=order, place=place, after=after)
        found = await search_services(form, where, "pt", 2)
        seen += [service["id"] for service in found.services]
        after = found.after
    assert after is None
    assert len(seen) == len(set(seen)) == 11


async def test_a_price_edited_is_the_price_found():
    offer = await an_offer(name="Lapidação de pedras", price="90.00")
    await fetch("UPDATE service_variant SET price = 45 WHERE id = $1", offer.variant)
    (service,) = (await search_services(SearchForm(words="lapidação"), None, "pt")).services
    assert service["price_from"] == 45


async def test_a_service_without_an_active_variant_is_not_listed():
    offer = await an_offer(name="Numismática prática")
    await fetch("UPDATE service_variant SET active = false WHERE id = $1", offer.variant)
    assert await names(SearchForm(words="numismática")) == []


async def test_each_filter_can_be_taken_away_on_its_own(app):
    answer = await visitor(app).get("/servicos?q=fio&tipo=eletricista&preco=200&pagina=0~5")
    assert 'href="/servicos?q=fio&amp;preco=200">Electrician' in answer.text
    assert 'href="/servicos?q=fio&amp;tipo=eletricista">up to R$' in answer.text


async def test_all_that_is_wrong_is_told_at_once(app):
    answer = await visitor(app).get("/servicos?onde=Atlântida Perdida&data=2026-13-45")
    assert answer.status_code == 422
    assert "That day does not exist" in answer.text
    assert "We do not know this place" in answer.text
