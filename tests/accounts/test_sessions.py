"""Where somebody is signed in, and ending it there."""

from datetime import timedelta

import pytest

from app.accounts.actions.sign_in import open_session
from app.accounts.tables import Role
from app.core import sessions
from app.core.cache import redis
from app.core.sessions import end_session, read_session, session_id, sessions_of, start_session
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user, token_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


async def test_each_is_listed_with_device_country_and_when_it_was_seen(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    elsewhere = visitor(app, address="200.160.2.3")
    email = (await browser.get("/conta")).text.split("<dd>")[2].split("<")[0]
    form = {"email": email, "senha": PASSWORD}
    await elsewhere.post("/entrar", data=form, headers={"User-Agent": FIREFOX})

    page = (await browser.get("/conta/sessoes")).text
    assert "Firefox on Linux" in page
    assert "Brazil, 200.160.2.3" in page
    assert "this device, now" in page
    assert page.count('name="sessao"') == 3


async def test_one_is_ended_and_the_others_stay(app):
    user = await a_user(Role.PROVIDER)
    here, there = await signed_in(app, user), await signed_in(app, user)
    ended = await token_of(user)
    form = {"senhaAtual": PASSWORD, "sessao": session_id(ended)}
    assert (await here.post("/conta/sessoes/encerramento", data=form)).status_code == 303
    assert await read_session(session_id(ended)) is None
    assert (await there.get("/painel")).status_code == 200


async def test_all_the_others_are_ended(app):
    user = await a_user(Role.PROVIDER)
    here, there = await signed_in(app, user), await signed_in(app, user)
    form = {"senhaAtual": PASSWORD, "sessao": "outras"}
    await here.post("/conta/sessoes/encerramento", data=form)
    assert (await here.get("/painel")).status_code == 200
    assert (await there.get("/painel")).status_code == 303


async def test_ending_needs_the_password_and_a_session_of_ones_own(app):
    user, stranger = await a_user(), await a_user()
    theirs = session_id(await token_of(stranger))
    browser = await signed_in(app, user)
    for form, status in [
        ({"senhaAtual": PASSWORD, "sessao": theirs}, 404),
        ({"senhaAtual": "wrong", "sessao": "outras"}, 403),
        ({"senhaAtual": PASSWORD, "sessao": "x"}, 422),
        ({"senhaAtual": PASSWORD}, 422),
    ]:
        answer = await browser.post("/conta/sessoes/encerramento", data=form)
        assert answer.status_code == status
    assert await read_session(theirs)


async def test_signing_in_again_ends_what_the_browser_had(app):
    user = await a_user()
    browser = await signed_in(app, user)
    before = await sessions_of(user)
    email = (await browser.get("/conta")).text.split("<dd>")[2].split("<")[0]
    await browser.post("/entrar", data={"email": email, "senha": PASSWORD})
    after = await sessions_of(user)
    assert len(after) == 1
    assert before.keys() != after.keys()


async def test_an_ended_session_does_not_come_back_by_being_used_meanwhile(monkeypatch):
    token = await token_of(await a_user())
    monkeypatch.setattr(sessions, "RENEWAL", timedelta(0))
    key = sessions._key(session_id(token))
    kept = await redis().get(key)
    await end_session(session_id(token))
    # Another request had read it just before that.
    await sessions._write(session_id(token), _decoded(kept), renewed=True)
    assert await read_session(session_id(token)) is None


async def test_it_lasts_while_it_is_used_but_not_for_ever(monkeypatch):
    monkeypatch.setattr(sessions, "RENEWAL", timedelta(0))
    user = await a_user()
    token = await start_session(user, idle=timedelta(seconds=40), longest=timedelta(seconds=20))
    await read_session(session_id(token))
    assert await redis().ttl(sessions._key(session_id(token))) <= 20


async def test_an_admins_session_lasts_an_hour_unused():
    token = await open_session(await a_user(Role.ADMIN), Role.ADMIN, "passkey", strong=True)
    assert 3500 < await redis().ttl(sessions._key(session_id(token))) <= 3600


async def test_of_too_many_the_one_idle_longest_ends():
    user = await a_user()
    first = await token_of(user)
    for _ in range(sessions.MOST):
        await token_of(user)
    assert await read_session(session_id(first)) is None
    assert len(await sessions_of(user)) == sessions.MOST


@pytest.mark.parametrize("token", ["", "x", "\u2028", "é" * 5000])
async def test_a_token_that_is_none_opens_nothing(token):
    assert await read_session(session_id(token)) is None


async def test_redis_holds_no_token_that_could_be_used():
    token = await token_of(await a_user())
    kept = [await redis().get(key) for key in await redis().keys("session-*")]
    assert kept
    assert not any(token.encode() in value for value in kept)
    assert not await redis().keys(f"*{token}*")


def _decoded(kept: bytes) -> sessions.Session:
    return sessions.msgspec.msgpack.decode(kept, type=sessions.Session)
