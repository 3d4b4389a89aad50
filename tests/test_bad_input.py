"""Whatever is sent, the answer is a clear 4xx in the reader's language; nothing typed is lost."""

from html import escape
from uuid import uuid4

import pytest

from app.accounts.tables import Role
from app.core.database import fetch
from tests.browsing import signed_in, visitor
from tests.factories import a_user, an_offer, free_time, in_days

NOON = in_days(2, 12)


async def an_offer_at_noon():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NOON, 2)
    return offer


def booking(offer, **changes):
    sent = {
        "variacao": str(offer.variant),
        "inicio": NOON.isoformat(),
        "endereco": "Rua Treze de Maio, 210",
        "onde": "São Carlos, SP",
        "observacao": "portão verde",
        "chave": str(uuid4()),
    }
    return {**sent, **changes}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("data=2026-13-45", "That day does not exist"),
        ("data=9999-12-31", "That day does not exist"),
        ("pagina=-1", "does not look right"),
        ("pagina=1~99999999999999999999", "does not look right"),
        ("preco=-5", "from 1 to 1000000"),
        ("preco=abc", "whole number"),
        ("preco=99999999999999999999999", "from 1 to 1000000"),
        ("raio=0", "from 1 to 200"),
        ("ordem=aleatoria", "one of the options"),
        ("q=a%00b", "cannot read"),
        ("q=%ff%fe", "cannot read"),
        ("onde=%00", "cannot read"),
        ("q=" + "a" * 101, "at most 100"),
        ("onde=Xyzzyxville", "do not know this place"),
    ],
)
async def test_a_search_that_cannot_be_read(app, query, says):
    answer = await visitor(app).get(f"/servicos?{query}")
    assert answer.status_code == 422
    assert says in answer.text


async def test_it_is_said_in_portuguese_too(app):
    answer = await visitor(app, "pt").get("/servicos?data=2026-13-45")
    assert answer.status_code == 422
    assert "Esse dia não existe" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "%25" * 10,
        "q='%3B--",
        "q=%28%21%26",
        "q=de",
        "q=%E2%80%8B",
        "tipo=nenhum",
        "x=1",
        "q=a&q=b",
    ],
)
async def test_odd_searches_are_just_searches(app, query):
    assert (await visitor(app).get(f"/servicos?{query}")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/servicos/0",
        "/servicos/-1",
        "/servicos/99999999",
        "/servicos/99999999999999999999999",
        "/servicos/abc",
        "/servicos/1/2/3",
        "/nada",
        "/%00",
        "/static/%00",
        "/static/nada.css",
        "/%ff",
    ],
)
async def test_addresses_that_lead_nowhere(app, path):
    answer = await visitor(app).get(path)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


@pytest.mark.parametrize("code", ["%00", "%ff", "abcd2345", "ABCD234", "A" * 300, "ZZZZZZZZ"])
@pytest.mark.parametrize("action", ["", "/cancelamento"])
async def test_bookings_that_do_not_exist(app, code, action):
    browser = await signed_in(app, await a_user(language="en"))
    answer = await browser.request("POST" if action else "GET", f"/contratacoes/{code}{action}")
    assert answer.status_code == 404


@pytest.mark.parametrize("header", ["Referer", "Origin", "Accept-Language", "Cookie"])
@pytest.mark.parametrize("value", ["http://[", "", ";;q=", "session=", "session=%00", "a=b;;=;"])
async def test_headers_that_cannot_be_read(app, header, value):
    answer = await visitor(app).post("/contratacoes", headers={header: value})
    assert answer.status_code in (303, 403)


@pytest.mark.parametrize("query", ["semana=2026-13-45", "semana=9999-12-31", "variacao=abc"])
async def test_a_week_or_variant_that_cannot_be_read(app, query):
    offer = await an_offer_at_noon()
    answer = await visitor(app).get(f"/servicos/{offer.service}?{query}")
    assert answer.status_code == 422


async def test_a_variant_of_another_provider(app):
    offer, other = await an_offer_at_noon(), await an_offer_at_noon()
    answer = await visitor(app).get(f"/servicos/{offer.service}?variacao={other.variant}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"endereco": ""}, 422, "Please fill this in"),
        ({"endereco": "Rua"}, 422, "at least 5"),
        ({"endereco": "a\x00b" * 9}, 422, "cannot read"),
        ({"observacao": "x" * 1_000_000}, 422, "at most 500"),
        ({"inicio": "ontem"}, 422, "That time does not exist"),
        ({"inicio": "2026-12-01T10:00:00"}, 422, "That time does not exist"),
        ({"inicio": in_days(-1).isoformat()}, 422, "already over"),
        ({"inicio": in_days(2, 20).isoformat()}, 409, "just gone"),
        ({"chave": "x"}, 422, "Choose what"),
        ({"variacao": "0"}, 404, "nothing at this address"),
        ({"variacao": "99999999"}, 404, "nothing at this address"),
    ],
)
async def test_a_booking_that_cannot_be_made(app, changes, status, says):
    offer = await an_offer_at_noon()
    browser = await signed_in(app, await a_user(language="en"))
    sent = booking(offer, **changes)

    answer = await browser.post("/contratacoes", data=sent)
    assert answer.status_code == status
    if says != "Choose what":
        assert says in answer.text
    if status != 404:
        kept = sent["endereco"].replace("\x00", "")
        assert escape(kept) in answer.text
        assert sent["observacao"] in answer.text
    assert not await fetch("SELECT FROM booking WHERE provider = $1", offer.provider)


async def test_bytes_that_are_no_utf8(app):
    browser = await signed_in(app, await a_user(language="en"))
    answer = await browser.post(
        "/contratacoes",
        content=b"endereco=%ff%fe&variacao=\xff",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/json", 415), ("multipart/form-data", 415), ("", 415), ("text/plain", 415)],
)
async def test_what_is_no_form(app, content_type, status):
    answer = await visitor(app).post(
        "/entrar", content=b"{}", headers={"Content-Type": content_type}
    )
    assert answer.status_code == status


async def test_more_than_fits(app):
    answer = await visitor(app).post("/entrar", data={"email": "x" * 3_000_000})
    assert answer.status_code == 413


async def test_more_fields_than_a_form_has(app):
    answer = await visitor(app).post("/entrar", data={f"a{n}": "1" for n in range(200)})
    assert answer.status_code == 413


async def test_a_method_that_an_address_does_not_take(app):
    answer = await visitor(app).put("/servicos")
    assert answer.status_code == 405


@pytest.mark.parametrize("query", ["pagina=-1", "pagina=x", "q=%00", "q=" + "a" * 101])
@pytest.mark.parametrize("path", ["usuarios", "servicos", "contratacoes"])
async def test_an_admins_list_that_cannot_be_read(app, path, query):
    browser = await signed_in(app, await a_user(Role.ADMIN))
    assert (await browser.get(f"/admin/{path}?{query}")).status_code == 422
