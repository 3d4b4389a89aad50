"""Signing in by the API: tokens, their renewal, and all that ends them."""

import asyncio
import base64
import json
from datetime import timedelta

import jwt
import pyotp
import pytest

from app.accounts.actions.authenticator import add_authenticator, offer_authenticator
from app.accounts.forms import Proof
from app.accounts.tables import Role
from app.core.database import fetch, fetch_one
from app.core.signing import sign
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user, forget_limits, token_of

ME = "/api/usuarios/me"


async def credentials(user: int, **changes: str) -> dict[str, str]:
    email = (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]
    return {"email": email, "senha": PASSWORD, **changes}


async def log_in(app, user: int, **changes: str):
    return await visitor(app).post("/api/auth/login", json=await credentials(user, **changes))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def me(app, token: str):
    return await visitor(app).get(ME, headers=bearer(token))


async def test_login_gives_a_signed_token_and_the_user(app):
    user = await a_user(Role.PROVIDER)
    answer = (await log_in(app, user)).json()
    email = (await credentials(user))["email"]
    assert answer["usuario"] == {
        "id": user, "nome": "Ana Lima", "email": email, "role": "PRESTADOR",
    }  # fmt: skip
    claims = jwt.decode(answer["accessToken"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 24 * 3600 == answer["expiresIn"]
    assert (claims["id"], claims["email"], claims["role"]) == (user, email, "PRESTADOR")
    assert (claims["iss"], claims["aud"]) == (settings().base_url, "api")
    assert jwt.get_unverified_header(answer["accessToken"])["kid"]
    assert (await me(app, answer["accessToken"])).json() == answer["usuario"]


async def test_wrong_credentials_are_a_401_in_problem_details(app):
    answer = await log_in(app, await a_user(), senha="wrong-password")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "a@b.test"}, 422),
        ({"email": 1, "senha": "x"}, 422),
        ({"email": "a@b.test", "senha": "x", "role": "ADMIN"}, 422),
        ([], 422),
        ("x", 422),
    ],
)
async def test_a_body_that_is_not_as_expected_is_refused(app, body, status):
    answer = await visitor(app).post("/api/auth/login", json=body)
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_what_is_no_json_is_refused(app):
    for content_type, content, status in [
        ("text/plain", b"{}", 415),
        ("application/json", b"{", 422),
        ("application/json", b"\xff", 422),
        ("application/json", b"[" * 100_000, 422),
    ]:
        answer = await visitor(app).post(
            "/api/auth/login", content=content, headers={"Content-Type": content_type}
        )
        assert answer.status_code == status


def forged(token: str, **changes: object) -> str:
    """The same claims with changes, signed with a key of one's own."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, "k" * 32, "HS256", headers={"kid": kid})


def _encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


async def test_only_what_we_signed_for_the_api_lets_in(app):
    token = (await log_in(app, await a_user())).json()["accessToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    unsigned = f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
    for_a_link = sign({"sid": claims["sid"]}, "link", timedelta(hours=1))
    late = sign({"sid": claims["sid"]}, "api", timedelta(seconds=-1))
    for bad in [forged(token), forged(token, role="ADMIN"), unsigned, for_a_link, late, "x", ""]:
        answer = await me(app, bad)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_refreshing_gives_new_tokens_and_the_old_ones_stop(app):
    first = (await log_in(app, await a_user())).json()
    body = {"refreshToken": first["refreshToken"]}
    second = (await visitor(app).post("/api/auth/refresh", json=body)).json()
    assert (await me(app, second["accessToken"])).status_code == 200
    assert (await me(app, first["accessToken"])).status_code == 401


async def test_a_refresh_token_used_again_ends_what_came_of_it(app):
    first = (await log_in(app, await a_user())).json()
    body = {"refreshToken": first["refreshToken"]}
    second = (await visitor(app).post("/api/auth/refresh", json=body)).json()
    assert (await visitor(app).post("/api/auth/refresh", json=body)).status_code == 401
    assert (await me(app, second["accessToken"])).status_code == 401
    event = await fetch_one("SELECT subject FROM audit_event WHERE action = 'token-reused'"
                            " ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert event["subject"] == second["usuario"]["id"]


async def test_of_many_refreshes_at_once_one_wins_and_thieves_gain_nothing(app):
    first = (await log_in(app, await a_user())).json()
    body = {"refreshToken": first["refreshToken"]}
    answers = await asyncio.gather(
        *(visitor(app).post("/api/auth/refresh", json=body) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_logging_out_ends_the_tokens(app):
    tokens = (await log_in(app, await a_user())).json()
    browser = visitor(app)
    answer = await browser.post("/api/auth/logout", headers=bearer(tokens["accessToken"]))
    assert answer.status_code == 204
    assert (await me(app, tokens["accessToken"])).status_code == 401
    body = {"refreshToken": tokens["refreshToken"]}
    assert (await browser.post("/api/auth/refresh", json=body)).status_code == 401


async def test_tokens_of_whoever_is_switched_off_stop_at_once(app):
    user = await a_user()
    tokens = (await log_in(app, user)).json()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    assert (await me(app, tokens["accessToken"])).status_code == 401
    body = {"refreshToken": tokens["refreshToken"]}
    assert (await visitor(app).post("/api/auth/refresh", json=body)).status_code == 401


async def test_tokens_from_before_a_password_change_stop_at_once(app):
    user = await a_user()
    token = (await log_in(app, user)).json()["accessToken"]
    form = {"senhaAtual": PASSWORD, "senha": "outra senha, bem mais longa"}
    await (await signed_in(app, user)).post("/conta/senha", data=form)
    assert (await me(app, token)).status_code == 401


async def test_the_second_factor_is_asked_for_here_too(app):
    user = await a_user()
    offer = offer_authenticator(user)
    codes = await add_authenticator(
        user, Proof(PASSWORD), offer.sealed, pyotp.TOTP(offer.secret).now()
    )
    without = await log_in(app, user)
    assert without.status_code == 401
    assert (await log_in(app, user, codigo="000000")).status_code == 403
    assert (await log_in(app, user, codigo=codes[0])).status_code == 200


async def test_a_browsers_session_is_no_programs_and_the_other_way_round(app):
    user = await a_user()
    token = await token_of(user)
    body = {"refreshToken": token}
    assert (await visitor(app).post("/api/auth/refresh", json=body)).status_code == 401

    tokens = (await log_in(app, user)).json()
    browser = visitor(app)
    browser.cookies.set("session", tokens["refreshToken"])
    assert (await browser.get("/conta")).status_code == 303
    # Pages know people by their cookies alone.
    answer = await visitor(app).get("/conta", headers=bearer(tokens["accessToken"]))
    assert answer.status_code == 303


async def test_keys_change_without_anybody_noticing(app, keys):
    old, new = "o" * 40, "n" * 40
    keys(old)
    user = await a_user()
    token = (await log_in(app, user)).json()["accessToken"]
    keys(new, old)
    assert (await me(app, token)).status_code == 200
    newer = (await log_in(app, user)).json()["accessToken"]
    keys(new)
    assert (await me(app, newer)).status_code == 200
    assert (await me(app, token)).status_code == 401


async def test_requests_are_limited_for_each_user_and_say_how_many_are_left(app):
    token = (await log_in(app, await a_user())).json()["accessToken"]
    first = await me(app, token)
    assert first.headers["ratelimit-policy"] == '"api";q=100;w=900'
    assert first.headers["ratelimit"].startswith('"api";r=99;t=')
    answers = [await me(app, token) for _ in range(100)]
    assert {answer.status_code for answer in answers[:99]} == {200}
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 900
    # Others are not held up.
    assert (await me(app, (await log_in(app, await a_user())).json()["accessToken"])).is_success


async def test_visitors_of_the_api_are_limited_by_their_network(app):
    await forget_limits()
    network = visitor(app, address="2001:db8:1:2::1")
    statuses = [(await network.get(ME)).status_code for _ in range(101)]
    assert statuses == [401] * 100 + [429]
    same = visitor(app, address="2001:db8:1:2:ffff::9")
    assert (await same.get(ME)).status_code == 429
    other = visitor(app, address="2001:db8:1:3::1")
    assert (await other.get(ME)).status_code == 401
