"""Before something delicate people show once more all that they sign in with."""

import pyotp
import pytest

from app.accounts.actions.authenticator import add_authenticator, offer_authenticator
from app.accounts.forms import Proof
from app.core.database import fetch_one
from tests.browsing import signed_in
from tests.factories import PASSWORD, a_user, email_of

DELICATE = {
    "/conta/email": {"email": email_of(1)},
    "/conta/senha": {"senha": "outra senha, bem mais longa"},
    "/conta/segundo-fator/codigos": {},
    "/conta/segundo-fator/remocao": {},
    "/conta/chaves/desafio": {"nome": "Celular"},
    "/conta/sessoes/encerramento": {"sessao": "outras"},
    "/conta/dados/exportacao": {},
    "/conta/exclusao": {},
}


@pytest.mark.parametrize("path", DELICATE)
async def test_with_an_authenticator_the_password_alone_is_not_enough(app, path):
    user = await a_user(language="en")
    offer = offer_authenticator(user)
    first = pyotp.TOTP(offer.secret).now()
    codes = await add_authenticator(user, Proof(PASSWORD), offer.sealed, first)
    browser = await signed_in(app, user)

    form = DELICATE[path] | {"senhaAtual": PASSWORD}
    for code, status in [("", 401), ("000000", 403)]:
        answer = await browser.post(path, data=form | {"codigoAtual": code})
        assert answer.status_code == status
    row = await fetch_one("SELECT active FROM users WHERE id = $1", user)
    assert row["active"]

    answer = await browser.post(path, data=form | {"codigoAtual": codes[0]})
    assert answer.status_code in (200, 303)


@pytest.mark.parametrize("path", DELICATE)
async def test_a_wrong_password_is_never_enough(app, path):
    browser = await signed_in(app, await a_user())
    form = DELICATE[path] | {"senhaAtual": "not-my-password"}
    assert (await browser.post(path, data=form)).status_code == 403
