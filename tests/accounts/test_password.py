"""Passwords: which are taken, how they are kept, and how another one is chosen."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisGone

from app.accounts.actions import password
from app.accounts.actions.password import ask_reset
from app.accounts.passwords import (
    EasyPassword,
    hash_password,
    is_outdated,
    matches,
    refuse_easy,
)
from app.accounts.tables import Role
from app.core.cookies import cookie_name
from app.core.database import fetch, fetch_one
from app.core.sessions import COOKIE
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, PASSWORD_HASH, a_user, email_of
from tests.letters import letters_to, link_in, newest_letter, token_in

NEW = "outra senha, bem mais longa"


async def email_of_user(user: int) -> str:
    return (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]


async def hash_of(user: int) -> str:
    return (await fetch_one("SELECT password_hash FROM users WHERE id = $1", user))["password_hash"]


async def can_sign_in(app, user: int, password: str) -> bool:
    form = {"email": await email_of_user(user), "senha": password}
    return (await visitor(app).post("/entrar", data=form)).status_code == 303


@pytest.mark.parametrize("password", ["1234567890", "QWERTYUIOP"])
def test_the_most_common_passwords_are_refused(password):
    with pytest.raises(EasyPassword):
        refuse_easy(password, "Zé", "ze@example.test")


@pytest.mark.parametrize(
    "password",
    ["marlenesouza", "Souza.Marlene1", "marlene@example.test", "Marketplace", "senhasenha12"],
)
def test_a_password_made_of_ones_name_address_or_of_ours_is_refused(password):
    with pytest.raises(EasyPassword):
        refuse_easy(password, "Marlene Souza", "marlene@example.test")


@pytest.mark.parametrize(
    "password", ["cavalo correto grampo", "aaaa bbbb cccc", "日本語のパスワード列"]
)
def test_no_kind_of_character_is_asked_for(password):
    assert refuse_easy(password, "Marlene Souza", "marlene@example.test") is None


async def test_a_password_counts_exactly_as_it_was_typed(app):
    email, password = email_of(4), "  com blanks no fim  "
    form = {"nome": "Zé", "email": email, "senha": password, "role": "CLIENTE"}
    assert (await visitor(app).post("/cadastro", data=form)).status_code == 303
    for typed, status in [(password.strip(), 401), (password, 303), (password.upper(), 401)]:
        answer = await visitor(app).post("/entrar", data={"email": email, "senha": typed})
        assert answer.status_code == status


@pytest.mark.parametrize("length", [10, 128])
async def test_ten_to_128_characters_are_taken(app, length):
    form = {"nome": "Zé", "email": email_of(5), "role": "CLIENTE"}
    form["senha"] = ("xKé 7" * 30)[:length]
    assert (await visitor(app).post("/cadastro", data=form)).status_code == 303


@pytest.mark.parametrize("length", [9, 129])
async def test_shorter_and_longer_ones_are_not(app, length):
    form = {"nome": "Zé", "email": email_of(5), "role": "CLIENTE"}
    form["senha"] = ("xKé 7" * 30)[:length]
    assert (await visitor(app).post("/cadastro", data=form)).status_code == 422


async def test_it_is_kept_as_argon2id_with_64_mib():
    kept = await hash_password(NEW)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await matches(kept, NEW)


async def test_one_that_was_kept_with_less_is_kept_with_more_after_signing_in(app):
    user = await a_user()
    assert is_outdated(PASSWORD_HASH)
    assert await can_sign_in(app, user, PASSWORD)
    assert not is_outdated(await hash_of(user))
    assert await can_sign_in(app, user, PASSWORD)


async def test_many_at_once_neither_stall_the_loop_nor_queue_for_ever(app):
    late = []

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await asyncio.sleep(0.01)
            late.append(loop.time() - begun)

    watching = asyncio.create_task(watch())
    results = await asyncio.gather(
        *(hash_password(NEW) for _ in range(110)), return_exceptions=True
    )
    watching.cancel()
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 10
    assert len(late) > 100


async def ask(app, email: str):
    return await visitor(app).post("/senha", data={"email": email})


async def test_a_forgotten_password_is_replaced_by_the_link_in_an_e_mail(app):
    user = await a_user()
    everywhere = await signed_in(app, user)
    assert (await ask(app, await email_of_user(user))).status_code == 200
    letter = await newest_letter(user)

    browser = visitor(app)
    assert (await browser.get(link_in(letter))).status_code == 200
    form = {"codigo": token_in(letter), "senha": NEW}
    answer = await browser.post("/senha/nova", data=form)
    assert answer.headers["location"] == "/entrar"
    assert await can_sign_in(app, user, NEW)
    assert not await can_sign_in(app, user, PASSWORD)
    assert (await everywhere.get("/conta")).status_code == 303
    assert (await browser.post("/senha/nova", data=form)).status_code == 410
    assert (await newest_letter(user))["subject"] == "Sua senha foi trocada"


async def test_asking_tells_nobody_whether_there_is_such_an_account(app):
    known = await email_of_user(await a_user())
    first, second = await ask(app, known), await ask(app, "nobody@example.test")
    assert first.status_code == second.status_code == 200
    assert first.text.replace(known, "") == second.text.replace("nobody@example.test", "")


async def test_an_easy_password_leaves_the_link_good(app):
    user = await a_user()
    await ask(app, await email_of_user(user))
    token = token_in(await newest_letter(user))
    answer = await visitor(app).post("/senha/nova", data={"codigo": token, "senha": "1234567890"})
    assert answer.status_code == 422
    answer = await visitor(app).post("/senha/nova", data={"codigo": token, "senha": NEW})
    assert answer.status_code == 303


async def test_a_reset_does_not_go_past_the_second_factor(app):
    user = await a_user()
    await fetch('INSERT INTO authenticator ("user", secret) VALUES ($1, $2)', user, "x")
    await ask(app, await email_of_user(user))
    form = {"codigo": token_in(await newest_letter(user)), "senha": NEW}
    await visitor(app).post("/senha/nova", data=form)
    answer = await visitor(app).post(
        "/entrar", data={"email": await email_of_user(user), "senha": NEW}
    )
    assert answer.headers["location"] == "/entrar/codigo"


async def test_what_a_stranger_set_up_under_an_address_goes_when_its_owner_resets(app):
    """Somebody registers with another's address and adds a passkey, then waits."""
    user = await a_user()
    await fetch("UPDATE users SET email_confirmed_at = NULL WHERE id = $1", user)
    await fetch(
        'INSERT INTO passkey ("user", credential, public_key, name) VALUES ($1, $2, $2, $3)',
        user,
        f"of {user}".encode(),
        "trap",
    )
    await ask(app, await email_of_user(user))
    form = {"codigo": token_in(await newest_letter(user)), "senha": NEW}
    await visitor(app).post("/senha/nova", data=form)
    assert not await fetch('SELECT FROM passkey WHERE "user" = $1', user)


async def test_nobody_is_written_to_who_has_no_account_or_was_switched_off(app):
    user = await a_user()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    await ask_reset(await email_of_user(user))
    await ask_reset("nobody@example.test")
    assert await letters_to(user) == []


async def test_asking_is_limited_for_an_address_and_for_a_network(app):
    email = await email_of_user(await a_user())
    answers = [await ask(app, email) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    network = visitor(app)
    answers = [await network.post("/senha", data={"email": email_of(n)}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    # What was typed stays.
    assert "@example.test" in answers[-1].text


async def test_changing_it_signs_out_everywhere_else(app):
    user = await a_user(Role.PROVIDER)
    here, elsewhere = await signed_in(app, user), await signed_in(app, user)
    before = here.cookies[cookie_name(COOKIE)]
    answer = await here.post("/conta/senha", data={"senhaAtual": PASSWORD, "senha": NEW})
    assert answer.status_code == 303
    assert (await here.get("/painel")).status_code == 200
    assert (await elsewhere.get("/painel")).status_code == 303
    assert here.cookies[cookie_name(COOKIE)] != before


async def test_changing_it_needs_the_old_one(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    answer = await browser.post("/conta/senha", data={"senhaAtual": "wrong-one", "senha": NEW})
    assert answer.status_code == 403
    assert "not your password" in answer.text
    assert await hash_of(user) == PASSWORD_HASH


async def test_trying_old_ones_is_limited_like_signing_in(app):
    user = await a_user()
    browser = await signed_in(app, user)
    form = {"senhaAtual": "wrong-one", "senha": NEW}
    answers = [await browser.post("/conta/senha", data=form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]


async def test_an_admin_keeps_the_second_factor_through_a_reset(app):
    admin = await a_user(Role.ADMIN)
    await fetch("UPDATE users SET email_confirmed_at = NULL WHERE id = $1", admin)
    await fetch('INSERT INTO authenticator ("user", secret) VALUES ($1, $2)', admin, "x")
    await ask(app, await email_of_user(admin))
    form = {"codigo": token_in(await newest_letter(admin)), "senha": NEW}
    await visitor(app).post("/senha/nova", data=form)
    assert await fetch('SELECT FROM authenticator WHERE "user" = $1', admin)


async def test_with_redis_away_nothing_is_changed_so_no_session_outlives_it(app, monkeypatch):
    user = await a_user()
    await ask(app, await email_of_user(user))
    token = token_in(await newest_letter(user))

    async def gone(*_, **__):
        raise RedisGone

    monkeypatch.setattr(password, "end_sessions_of", gone)
    answer = await visitor(app).post("/senha/nova", data={"codigo": token, "senha": NEW})
    assert answer.status_code == 503
    assert await hash_of(user) == PASSWORD_HASH
    monkeypatch.undo()
    answer = await visitor(app).post("/senha/nova", data={"codigo": token, "senha": NEW})
    assert answer.status_code == 303
