"""Switching users and services off and on."""

from app.accounts.tables import Role
from tests.browsing import signed_in, visitor
from tests.factories import a_user, an_offer


async def test_a_user_switched_off_is_signed_out_and_may_come_back_when_switched_on(app):
    user = await a_user()
    admin, browser = await signed_in(app, await a_user(Role.ADMIN)), await signed_in(app, user)

    await admin.post(f"/admin/usuarios/{user}/situacao", data={"ativo": "false"})
    assert (await browser.get("/contratacoes")).status_code == 303

    await admin.post(f"/admin/usuarios/{user}/situacao", data={"ativo": "true"})
    assert (await (await signed_in(app, user)).get("/contratacoes")).status_code == 200


async def test_admins_do_not_lock_themselves_out(app):
    me = await a_user(Role.ADMIN)
    admin = await signed_in(app, me)
    answer = await admin.post(f"/admin/usuarios/{me}/situacao", data={"ativo": "false"})
    assert answer.status_code == 409
    assert (await admin.get("/admin")).status_code == 200


async def test_a_service_switched_off_is_off_the_wall(app):
    offer = await an_offer(name="Polimento de lustres")
    admin = await signed_in(app, await a_user(Role.ADMIN))
    switch = f"/admin/servicos/{offer.service}/situacao"

    await admin.post(switch, data={"ativo": "false"})
    assert (await visitor(app).get(f"/servicos/{offer.service}")).status_code == 404
    assert (
        "Polimento"
        not in (await visitor(app).get("/servicos?q=polimento")).text.split("resultados")[1]
    )

    await admin.post(switch, data={"ativo": "true"})
    assert (await visitor(app).get(f"/servicos/{offer.service}")).status_code == 200


async def test_services_of_a_provider_switched_off_are_off_the_wall_too(app):
    offer = await an_offer()
    admin = await signed_in(app, await a_user(Role.ADMIN))
    await admin.post(f"/admin/usuarios/{offer.provider}/situacao", data={"ativo": "false"})
    assert (await visitor(app).get(f"/servicos/{offer.service}")).status_code == 404


async def test_the_lists_are_searched(app):
    user = await a_user(name="Gumercindo Rara")
    admin = await signed_in(app, await a_user(Role.ADMIN))
    found = (await admin.get("/admin/usuarios?q=gumercindo")).text
    assert "Gumercindo Rara" in found
    assert f"/admin/usuarios/{user}/situacao" in found
    assert (
        "Gumercindo"
        not in (await admin.get("/admin/usuarios?q=%25umercindo")).text.split("lista")[1]
    )


async def test_a_long_list_comes_in_pages(app):
    for _ in range(51):
        await a_user(name="Muitos Iguais")
    admin = await signed_in(app, await a_user(Role.ADMIN))
    first = (await admin.get("/admin/usuarios?q=muitos+iguais")).text
    assert first.count("<tr") == 51
    following = first.split('href="/admin/usuarios?q=')[1].split('"')[0].replace("&amp;", "&")
    assert (await admin.get("/admin/usuarios?q=" + following)).text.count("<tr") == 2
