"""What is sent as a passkey's answer and is none; for real ones see tests/browser."""

import json

import pytest

from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user

ANSWERS = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b"null",
    b'{"id": 1, "response": {"clientDataJSON": 7}}',
    b'{"id": "x", "response": {"clientDataJSON": "e30"}}',
    json.dumps({"id": "é", "response": {"clientDataJSON": "bm8"}}).encode(),
    b'{"id": "' + b"a" * 40_000 + b'", "response": null}',
]


@pytest.mark.parametrize("content", ANSWERS)
async def test_what_is_no_answer_is_refused(app, content):
    headers = {"Content-Type": "application/json"}
    answer = await visitor(app).post("/entrar/chave", content=content, headers=headers)
    assert answer.status_code == 403
    browser = await signed_in(app, await a_user())
    answer = await browser.post("/conta/chaves", content=content, headers=headers)
    assert answer.status_code == 403


async def test_a_challenge_to_sign_in_asks_for_an_unlocked_device(app):
    options = (await visitor(app).post("/entrar/chave/desafio")).json()
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"


async def test_a_challenge_to_add_one_needs_the_password_and_a_name(app):
    browser = await signed_in(app, await a_user())
    for form, status in [
        ({"senhaAtual": PASSWORD, "nome": "Celular"}, 200),
        ({"senhaAtual": "wrong", "nome": "Celular"}, 403),
        ({"senhaAtual": PASSWORD}, 422),
    ]:
        answer = await browser.post("/conta/chaves/desafio", data=form)
        assert answer.status_code == status
        assert answer.json()


async def test_an_admin_with_a_passkey_never_comes_in_by_password_alone(app):
    """From half a sign-in they, or a thief, could set up another second factor."""
    admin = await a_user(Role.ADMIN, language="en")
    await fetch(
        'INSERT INTO passkey ("user", credential, public_key, name) VALUES ($1, $2, $2, $3)',
        admin,
        f"of {admin}".encode(),
        "Laptop",
    )
    row = await fetch_one("SELECT email FROM users WHERE id = $1", admin)
    form = {"email": row["email"], "senha": PASSWORD}
    answer = await visitor(app).post("/entrar", data=form)
    assert answer.status_code == 403
    assert "sign in with your passkey" in answer.text
    assert "set-cookie" not in answer.headers
    assert (await visitor(app).post("/api/auth/login", json=form)).status_code == 403
