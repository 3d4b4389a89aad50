"""Every page answers, for those who may see it."""

import re

import pytest

from app.accounts.tables import Role
from tests.browsing import signed_in, visitor
from tests.factories import a_booking, a_provider, a_user, an_offer, free_time, in_days


async def an_offer_with_time():
    offer = await an_offer()
    await free_time(offer.provider, in_days(2, 12), 4)
    return offer


@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize(
    "path", ["/", "/servicos", "/servicos?q=disjuntor", "/entrar", "/cadastro"]
)
async def test_public_pages(app, path, language):
    await an_offer_with_time()
    answer = await visitor(app, language).get(path)
    assert answer.status_code == 200
    assert f'<html lang="{"pt-BR" if language == "pt" else "en-GB"}">' in answer.text


async def test_a_service_with_its_times(app):
    offer = await an_offer_with_time()
    answer = await visitor(app).get(f"/servicos/{offer.service}")
    assert answer.status_code == 200
    assert "09:00" in answer.text


async def test_the_path_of_a_customer(app):
    offer, customer = await an_offer_with_time(), await a_user()
    browser = await signed_in(app, customer)
    form = await browser.get(
        "/contratacoes/nova",
        params={"servico": offer.service, "inicio": in_days(2, 12).isoformat()},
    )
    assert form.status_code == 200
    code = await a_booking(offer, in_days(2, 12), customer)
    assert (await browser.get("/contratacoes")).status_code == 200
    assert code in (await browser.get(f"/contratacoes/{code}")).text


async def test_the_dashboard(app):
    offer = await an_offer_with_time()
    code = await a_booking(offer, in_days(2, 12))
    answer = await (await signed_in(app, offer.provider)).get("/painel")
    assert answer.status_code == 200
    assert code in answer.text
    new_provider = await signed_in(app, await a_provider())
    assert (await new_provider.get("/painel")).status_code == 200


@pytest.mark.parametrize("path", ["", "/usuarios", "/servicos", "/contratacoes"])
async def test_the_admins_pages(app, path):
    await a_booking(await an_offer_with_time(), in_days(2, 12))
    answer = await (await signed_in(app, await a_user(Role.ADMIN))).get("/admin" + path)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/cadastro", "/entrar", "/conta/senha", "/conta/exclusao"])
async def test_attributes_of_fields_stand_apart(app, path):
    page = (await (await signed_in(app, await a_user())).get(path)).text
    assert not re.findall(r'="[^"<>]*"[a-z][^>]*', page)
    for field in re.findall(r'<input id="senha\w*"[^>]+>', page):
        assert re.search(r"\srequired[\s>]", field)


async def test_a_hint_is_tied_to_its_field(app):
    page = (await visitor(app).get("/cadastro")).text
    assert re.search(r'<input id="senha"[^>]+ aria-describedby="senha-dica"', page)
