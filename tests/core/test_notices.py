"""What was just done is told once, on the page that follows."""

from tests.browsing import signed_in, visitor
from tests.factories import a_booking, a_user, an_offer, free_time, in_days

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def test_a_notice_is_shown_once(app):
    browser = await signed_in(app, await a_user())
    answer = await browser.post("/sair")
    assert "Até logo" not in answer.text
    assert "See you soon" in (await browser.get("/")).text
    assert "See you soon" not in (await browser.get("/")).text


async def test_a_part_of_a_page_brings_the_notice_beside_it(app):
    offer = await an_offer()
    await free_time(offer.provider, in_days(2, 12), 1)
    code = await a_booking(offer, in_days(2, 12))
    browser = await signed_in(app, offer.provider)
    await browser.post(f"/contratacoes/{code}/confirmacao", headers=HTMX)
    part = (await browser.get("/painel", headers=HTMX)).text
    assert '<hx-partial hx-target="#avisos"' in part
    assert "Aceito. Já está na sua agenda." in part
    assert "Aceito" not in (await browser.get("/painel")).text


async def test_a_notice_that_never_was_is_not_shown(app):
    answer = await visitor(app).get("/", headers={"Cookie": "aviso=<b>oi</b>"})
    assert answer.status_code == 200
    assert "<b>oi" not in answer.text
