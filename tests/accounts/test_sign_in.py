"""Signing in, up and out."""

import pytest

from app.accounts.tables import Role
from app.core.cookies import cookie_name
from app.core.database import fetch, fetch_one
from app.core.sessions import COOKIE
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user, email_of


async def email_of_user(user: int) -> str:
    return (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]


async def sign_in(browser, email: str, password: str = PASSWORD, back: str = ""):
    form = {"email": email, "senha": password, "proximo": back}
    return await browser.post("/entrar", data=form)


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.CUSTOMER, "/"), (Role.PROVIDER, "/painel"), (Role.ADMIN, "/admin")],
)
async def test_everybody_lands_where_their_work_is(app, role, home):
    browser = visitor(app)
    answer = await sign_in(browser, await email_of_user(await a_user(role)))
    assert answer.headers["location"] == "/inicio"
    assert (await browser.get("/inicio")).headers["location"] == home


async def test_the_address_may_be_typed_in_capitals(app):
    email = await email_of_user(await a_user())
    assert (await sign_in(visitor(app), email.upper())).status_code == 303


@pytest.mark.parametrize("password", ["wrong-password", "", "x" * 200])
async def test_a_wrong_password_is_refused_and_the_address_kept(app, password):
    email = await email_of_user(await a_user())
    answer = await sign_in(visitor(app), email, password)
    assert answer.status_code in (401, 422)
    assert email in answer.text
    assert cookie_name(COOKIE) not in answer.cookies


async def test_an_unknown_address_gets_the_very_answer_of_a_wrong_password(app):
    known = await email_of_user(await a_user())
    answers = [
        await sign_in(visitor(app), email, "wrong-password") for email in (known, "no@body.test")
    ]
    assert {answer.status_code for answer in answers} == {401}
    first, second = (a.text.replace(known, "").replace("no@body.test", "") for a in answers)
    assert first == second


async def test_whoever_is_switched_off_cannot_sign_in(app):
    user = await a_user()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    assert (await sign_in(visitor(app), await email_of_user(user))).status_code == 401


async def test_a_token_chosen_by_somebody_else_is_never_taken_over(app):
    browser = visitor(app)
    browser.cookies.set(cookie_name(COOKIE), "chosen-by-the-attacker")
    answer = await sign_in(browser, await email_of_user(await a_user()))
    assert answer.cookies[cookie_name(COOKIE)] != "chosen-by-the-attacker"

    attacker = visitor(app)
    attacker.cookies.set(cookie_name(COOKIE), "chosen-by-the-attacker")
    assert (await attacker.get("/inicio")).headers["location"].startswith("/entrar")


async def test_signing_out_ends_the_session_itself(app):
    browser = await signed_in(app, await a_user())
    token = browser.cookies[cookie_name(COOKIE)]
    await browser.post("/sair")

    thief = visitor(app)
    thief.cookies.set(cookie_name(COOKIE), token)
    assert (await thief.get("/contratacoes")).status_code == 303


async def test_reading_pages_sets_no_cookie(app):
    answer = await visitor(app).get("/servicos")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("back", "lands"),
    [
        ("/servicos/1?semana=2026-12-01", "/servicos/1?semana=2026-12-01"),
        ("https://evil.example/", "/inicio"),
        ("//evil.example/", "/inicio"),
        ("///evil.example/", "/inicio"),
        ("////evil.example/", "/inicio"),
        ("/\\evil.example", "/inicio"),
        ("javascript:alert(1)", "/inicio"),
        ("//[", "/inicio"),
        ("http://[", "/inicio"),
        ("", "/inicio"),
    ],
)
async def test_the_way_back_never_leads_to_another_site(app, back, lands):
    answer = await sign_in(visitor(app), await email_of_user(await a_user()), back=back)
    assert answer.headers["location"] == lands


async def test_whoever_is_signed_out_meanwhile_comes_back_to_the_form(app):
    form = "http://test/contratacoes/nova?servico=1&inicio=2026-12-01T12:00:00Z"
    answer = await visitor(app).post("/contratacoes", data={}, headers={"Referer": form})
    assert answer.headers["location"] == (
        "/entrar?proximo=%2Fcontratacoes%2Fnova%3Fservico%3D1%26inicio%3D2026-12-01T12%3A00%3A00Z"
    )


async def test_a_new_customer_is_signed_in_at_once(app):
    browser = visitor(app)
    form = {"nome": "Zé", "email": email_of(0), "senha": "dez-letras-e-mais", "role": "CLIENTE"}
    assert (await browser.post("/cadastro", data=form)).status_code == 303
    assert (await browser.get("/contratacoes")).status_code == 200


async def test_nobody_registers_as_an_admin(app):
    form = {"nome": "Zé", "email": email_of(0), "senha": "dez-letras-e-mais", "role": "ADMIN"}
    answer = await visitor(app).post("/cadastro", data=form)
    assert answer.status_code == 422
    assert not await fetch("SELECT FROM users WHERE email = $1", form["email"])


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"senha": "curta"}, 422, "at least 10"),
        ({"email": "no-address"}, 422, "does not look right"),
        ({"nome": ""}, 422, "Please fill this in"),
        ({"email": "taken"}, 409, "There is an account"),
    ],
)
async def test_a_registration_that_cannot_be_made_keeps_what_was_typed(app, changes, status, says):
    form = {"nome": "Zé do Teste", "email": email_of(0), "senha": "dez-letras-e-mais", **changes}
    if form["email"] == "taken":
        form["email"] = await email_of_user(await a_user())
    answer = await visitor(app).post("/cadastro", data=form)
    assert answer.status_code == status
    assert says in answer.text
    assert form["nome"] in answer.text
    assert form["senha"] not in answer.text
