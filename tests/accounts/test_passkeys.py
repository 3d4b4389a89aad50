"""What is sent as a passkey's answer and is none; for real ones see tests/browser."""

import json

import pytest

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
