"""One-time codes of an app, recovery codes, and what signing in asks for then."""

import asyncio
import re

import pyotp
import pytest

from app.accounts.actions.authenticator import (
    add_authenticator,
    offer_authenticator,
    re_encrypt_secrets,
)
from app.accounts.forms import Proof
from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from app.core.time import now
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user
from tests.letters import newest_letter


async def a_user_with_app(role: Role = Role.CUSTOMER) -> tuple[int, str, list[str]]:
    """The user, the secret in their app, and their recovery codes."""
    user = await a_user(role, language="en")
    offer = offer_authenticator(user)
    codes = await add_authenticator(
        user, Proof(PASSWORD), offer.sealed, pyotp.TOTP(offer.secret).now()
    )
    # As if it had been set up a while ago: the present code is not used yet.
    await fetch('UPDATE authenticator SET last_step = 0 WHERE "user" = $1', user)
    return user, offer.secret, codes


async def halfway(app, user: int):
    """A browser that has shown the password."""
    email = (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]
    browser = visitor(app)
    answer = await browser.post(
        "/entrar", data={"email": email, "senha": PASSWORD, "proximo": "/contratacoes"}
    )
    assert answer.headers["location"] == "/entrar/codigo"
    return browser


async def test_it_is_set_up_by_the_picture_or_the_key_and_shows_recovery_codes_once(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user, strong=False)
    page = (await browser.get("/conta/segundo-fator")).text
    sealed = re.search(r'name="oferta" value="([^"]+)"', page)[1]
    key = re.search(r'class="code secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert "data:image/svg+xml" in page

    form = {"oferta": sealed, "codigo": pyotp.TOTP(key).now(), "senhaAtual": PASSWORD}
    answer = await browser.post("/conta/segundo-fator", data=form)
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[0-9A-Z-]{34}</code>", answer.text)) == 10
    assert answer.headers["cache-control"] == "no-store"
    assert "10 recovery codes left" in (await browser.get("/conta")).text
    assert (await newest_letter(user))["subject"] == "Signing in now asks for a code"


async def test_a_wrong_code_keeps_the_picture(app):
    browser = await signed_in(app, await a_user())
    page = (await browser.get("/conta/segundo-fator")).text
    sealed = re.search(r'name="oferta" value="([^"]+)"', page)[1]
    form = {"oferta": sealed, "codigo": "000000", "senhaAtual": PASSWORD}
    answer = await browser.post("/conta/segundo-fator", data=form)
    assert answer.status_code == 403
    assert sealed in answer.text


async def test_nobody_sets_up_a_secret_that_was_offered_to_another(app):
    stranger, user = await a_user(), await a_user()
    offer = offer_authenticator(stranger)
    form = {"oferta": offer.sealed, "senhaAtual": PASSWORD}
    form["codigo"] = pyotp.TOTP(offer.secret).now()
    answer = await (await signed_in(app, user)).post("/conta/segundo-fator", data=form)
    assert answer.status_code == 403


async def test_the_secret_is_unreadable_in_the_database():
    user, secret, _ = await a_user_with_app()
    row = await fetch_one('SELECT secret FROM authenticator WHERE "user" = $1', user)
    assert secret not in row["secret"]


async def test_signing_in_asks_for_the_code_and_goes_on_where_one_was(app):
    user, secret, _ = await a_user_with_app()
    browser = await halfway(app, user)
    assert (await browser.get("/contratacoes")).status_code == 303
    answer = await browser.post("/entrar/codigo", data={"codigo": pyotp.TOTP(secret).now()})
    assert answer.headers["location"] == "/contratacoes"
    assert (await browser.get("/contratacoes")).status_code == 200


async def test_a_code_is_good_once_even_for_many_at_once(app):
    user, secret, _ = await a_user_with_app()
    browsers = [await halfway(app, user) for _ in range(4)]
    code = pyotp.TOTP(secret).now()
    answers = await asyncio.gather(
        *(browser.post("/entrar/codigo", data={"codigo": code}) for browser in browsers)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 403), (-90, 403), (90, 403)])
async def test_whoever_types_slowly_may_still_use_the_last_code_but_nobody_the_next_one(
    app, seconds, status
):
    user, secret, _ = await a_user_with_app()
    browser = await halfway(app, user)
    # Not while a code gives way to the next one.
    if (left := 30 - now().timestamp() % 30) < 3:
        await asyncio.sleep(left)
    code = pyotp.TOTP(secret).at(int(now().timestamp()) + seconds)
    answer = await browser.post("/entrar/codigo", data={"codigo": code})
    assert answer.status_code == status


async def test_a_recovery_code_lets_in_once_and_its_owner_is_told(app):
    user, _, codes = await a_user_with_app()
    typed = codes[0].lower()
    first = await (await halfway(app, user)).post("/entrar/codigo", data={"codigo": typed})
    assert first.status_code == 303
    assert (await newest_letter(user))["subject"] == "A recovery code was used"
    second = await (await halfway(app, user)).post("/entrar/codigo", data={"codigo": typed})
    assert second.status_code == 403


async def test_guessing_codes_is_limited_wherever_it_comes_from(app):
    user, secret, _ = await a_user_with_app()
    browsers = [await halfway(app, user) for _ in range(6)]
    answers = [
        await browser.post("/entrar/codigo", data={"codigo": f"00000{n}"})
        for n, browser in enumerate(browsers)
    ]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    answer = await browsers[0].post("/entrar/codigo", data={"codigo": pyotp.TOTP(secret).now()})
    assert answer.status_code == 429


async def test_the_password_alone_opens_nothing_and_half_of_another_sign_in_neither(app):
    user, _, _ = await a_user_with_app()
    browser = await halfway(app, user)
    for path in ("/conta", "/contratacoes"):
        assert (await browser.get(path)).headers["location"].startswith("/entrar")
    browser = visitor(app)
    browser.cookies.set("entrada", "forged")
    answer = await browser.post("/entrar/codigo", data={"codigo": "123456"})
    assert answer.status_code == 401


async def test_a_password_changed_meanwhile_ends_half_a_sign_in(app):
    user, secret, _ = await a_user_with_app()
    browser = await halfway(app, user)
    await fetch("UPDATE users SET password_hash = $2 WHERE id = $1", user, "another")
    answer = await browser.post("/entrar/codigo", data={"codigo": pyotp.TOTP(secret).now()})
    assert answer.status_code == 401


async def test_secrets_are_encrypted_with_the_newest_key_and_older_ones_can_go(app, keys):
    user, secret, _ = await a_user_with_app()
    old, new = settings().secret_keys, "n" * 40
    # Those of other tests, some of them no secrets at all.
    await fetch('DELETE FROM authenticator WHERE "user" <> $1', user)
    keys(new, old)
    assert await re_encrypt_secrets() == 1
    keys(new)
    answer = await (await halfway(app, user)).post(
        "/entrar/codigo", data={"codigo": pyotp.TOTP(secret).now()}
    )
    assert answer.status_code == 303


async def test_new_recovery_codes_put_the_old_ones_out(app):
    user, _, codes = await a_user_with_app()
    browser = await signed_in(app, user)
    form = {"senhaAtual": PASSWORD, "codigoAtual": codes[0]}
    assert (await browser.post("/conta/segundo-fator/codigos", data=form)).status_code == 200
    answer = await (await halfway(app, user)).post("/entrar/codigo", data={"codigo": codes[1]})
    assert answer.status_code == 403


async def test_it_is_switched_off_with_password_and_code_but_not_by_admins(app):
    user, _, codes = await a_user_with_app()
    browser = await signed_in(app, user)
    for form, status in [
        ({"senhaAtual": "wrong", "codigoAtual": codes[0]}, 403),
        ({"senhaAtual": PASSWORD}, 401),
        ({"senhaAtual": PASSWORD, "codigoAtual": "000000"}, 403),
        ({"senhaAtual": PASSWORD, "codigoAtual": codes[0]}, 303),
    ]:
        answer = await browser.post("/conta/segundo-fator/remocao", data=form)
        assert answer.status_code == status
    assert not await fetch('SELECT FROM recovery_code WHERE "user" = $1', user)

    admin, _, codes = await a_user_with_app(Role.ADMIN)
    form = {"senhaAtual": PASSWORD, "codigoAtual": codes[0]}
    answer = await (await signed_in(app, admin)).post("/conta/segundo-fator/remocao", data=form)
    assert answer.status_code == 409


async def test_an_admins_way_in_for_the_first_time(app):
    """The password leads to the set-up and nowhere else; the code then opens everything."""
    admin = await a_user(Role.ADMIN)
    email = (await fetch_one("SELECT email FROM users WHERE id = $1", admin))["email"]
    browser = visitor(app)
    await browser.post("/entrar", data={"email": email, "senha": PASSWORD})
    assert (await browser.get("/admin")).headers["location"] == "/conta/segundo-fator"
    page = (await browser.get("/conta/segundo-fator")).text
    form = {
        "oferta": re.search(r'name="oferta" value="([^"]+)"', page)[1],
        "senhaAtual": PASSWORD,
    }
    key = re.search(r'class="code secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    form["codigo"] = pyotp.TOTP(key).now()
    await browser.post("/conta/segundo-fator", data=form)
    assert (await browser.get("/admin")).status_code == 200


async def test_setting_it_up_ends_what_was_open_elsewhere(app):
    user = await a_user(Role.PROVIDER)
    elsewhere = await signed_in(app, user)
    offer = offer_authenticator(user)
    await add_authenticator(user, Proof(PASSWORD), offer.sealed, pyotp.TOTP(offer.secret).now())
    assert (await elsewhere.get("/painel")).status_code == 303
