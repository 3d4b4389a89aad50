"""Where a booking is: the area apart from the address, and who sees which."""

import pytest

from app.bookings.actions.answer import confirm_booking, decline_booking
from app.bookings.addresses import as_typed, write_address, write_area
from app.core.database import fetch
from tests.browsing import signed_in
from tests.factories import (
    a_booking,
    a_form,
    a_user,
    an_offer,
    booking_named,
    free_time,
    in_days,
)

NOON = in_days(2, 12)


async def an_offer_at_noon():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NOON, 3)
    return offer


def sent(offer, **changes) -> dict[str, str]:
    form = a_form(offer, NOON)
    fields = {
        "variacao": str(offer.variant),
        "inicio": NOON.isoformat(),
        "endereco": "Rua Treze de Maio, 210",
        "complemento": "apto 12",
        "bairro": "Vila Prado",
        "onde": "sao carlos, sp",
        "cep": "13560000",
        "chave": str(form.key),
    }
    return {**fields, **changes}


async def book(app, offer, customer, **changes):
    return await (await signed_in(app, customer)).post("/contratacoes", data=sent(offer, **changes))


async def test_the_address_and_the_area_are_kept_apart(app):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    answer = await book(app, offer, customer)
    booking = await booking_named(answer.headers["location"].rsplit("/", 1)[1])
    assert booking["address"] == "Rua Treze de Maio, 210, apto 12, CEP 13560-000"
    assert booking["area"] == "Vila Prado, São Carlos, SP"


async def page_of(app, user: int, code: str) -> str:
    return (await (await signed_in(app, user)).get(f"/contratacoes/{code}")).text


async def test_the_street_is_the_providers_to_know_once_they_accept(app):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    code = (await book(app, offer, customer)).headers["location"].rsplit("/", 1)[1]
    for page in (await page_of(app, offer.provider, code), await board_of(app, offer.provider)):
        assert "Vila Prado, São Carlos, SP" in page
        assert "Rua Treze" not in page
        assert "13560" not in page
    assert "Rua Treze de Maio, 210, apto 12" in await page_of(app, customer, code)

    await confirm_booking(offer.provider, code)
    for page in (await page_of(app, offer.provider, code), await board_of(app, offer.provider)):
        assert "Rua Treze de Maio, 210, apto 12, CEP 13560-000, Vila Prado, São Carlos, SP" in page


async def board_of(app, provider: int) -> str:
    return (await (await signed_in(app, provider)).get("/painel")).text


async def test_of_what_comes_to_nothing_a_provider_knows_not_even_the_area(app):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    code = (await book(app, offer, customer)).headers["location"].rsplit("/", 1)[1]
    await decline_booking(offer.provider, code)
    page = await page_of(app, offer.provider, code)
    assert "Vila Prado" not in page
    assert "Rua Treze" not in page
    assert "Rua Treze" in await page_of(app, customer, code)


async def test_a_booking_from_before_there_were_areas_is_shown_as_it_was(app):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    code = await a_booking(offer, NOON, customer)
    await fetch(
        "UPDATE booking SET address = 'Rua Velha, 9, Ibaté', area = '' WHERE code = $1", code
    )
    assert "<dd>Rua Velha, 9, Ibaté</dd>" in await page_of(app, customer, code)
    assert "Rua Velha" not in await page_of(app, offer.provider, code)
    await confirm_booking(offer.provider, code)
    assert "<dd>Rua Velha, 9, Ibaté</dd>" in await page_of(app, offer.provider, code)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Please fill this in"),
        ("Xyzzyxville", "do not know this place. Please try a city"),
        ("sao calros", "Do you mean São Carlos, SP?"),
        ("Bom Jesus", "Several places are called so. Please add the state: Bom Jesus, "),
        ("a" * 91, "at most 90"),
        ("a\x00b", "cannot read"),
    ],
)
async def test_a_city_that_nobody_knows_is_told_at_its_field(app, typed, says):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    answer = await book(app, offer, customer, onde=typed)
    assert answer.status_code == 422
    assert says in answer.text.split('id="onde-dica"')[1]
    for kept in ("Rua Treze de Maio, 210", "apto 12", "Vila Prado", "13560000"):
        assert f'value="{kept}"' in answer.text
    assert not await fetch("SELECT FROM booking WHERE provider = $1", offer.provider)


@pytest.mark.parametrize("typed", ["São Carlos, SP", "SAO CARLOS - sp", "são carlos/SP", "Santos"])
async def test_a_city_may_be_written_in_several_ways(app, typed):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    assert (await book(app, offer, customer, onde=typed)).status_code == 303


@pytest.mark.parametrize("typed", ["1356000", "135600000", "13a60-000", "x"])
async def test_a_postal_code_has_eight_digits(app, typed):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    answer = await book(app, offer, customer, cep=typed)
    assert answer.status_code == 422
    assert "does not look right" in answer.text.split('id="cep-dica"')[1]


async def test_the_city_is_where_the_service_is_or_where_the_customer_last_searched(app):
    offer = await an_offer_at_noon()
    browser = await signed_in(app, await a_user(language="en"))
    form = f"/contratacoes/nova?servico={offer.service}"
    assert 'name="onde" value="São Carlos, SP"' in (await browser.get(form)).text
    await browser.get("/servicos?onde=Campinas")
    assert 'name="onde" value="Campinas, SP"' in (await browser.get(form)).text


async def test_booking_again_fills_in_the_same_address(app):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    code = (await book(app, offer, customer)).headers["location"].rsplit("/", 1)[1]
    form = (await (await signed_in(app, customer)).get(f"/contratacoes/nova?de={code}")).text
    for again in ("Rua Treze de Maio, 210, apto 12", "13560-000", "Vila Prado", "São Carlos, SP"):
        assert f'value="{again}"' in form


@pytest.mark.parametrize(
    ("parts", "address", "area"),
    [
        (("Rua A, 1", "", "", "", "Ibaté, SP"), "Rua A, 1", "Ibaté, SP"),
        (("Rua A, 1", "casa 2", "", "Lar, Norte", "Ibaté, SP"), "Rua A, 1, casa 2",
         "Lar, Norte, Ibaté, SP"),
    ],
)  # fmt: skip
def test_what_is_written_can_be_filled_in_again(parts, address, area):
    street, complement, code, neighbourhood, place = parts
    booking = {
        "address": write_address(street, complement, code),
        "area": write_area(neighbourhood, place),
    }
    assert booking == {"address": address, "area": area}
    typed = as_typed(booking)
    assert (typed["bairro"], typed["onde"]) == (neighbourhood, place)
