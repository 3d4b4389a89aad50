"""The score that Mozilla's HTTP Observatory would give our answers: an A+ for each of them.

These are the rules of its algorithm 6 that an answer alone can meet or break. That plain HTTP
leads to HTTPS, and that the certificate is good, is the proxy's matter.
"""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from app.core.database import fetch_one
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_user

A_PLUS = 100
# With less than this, what is better than it needs to be does not count.
LEAST_FOR_BONUS = 90
SIX_MONTHS = 15_552_000
ORIGIN = "https://marketplace.example"

BROAD = {"*", "ftp:", "http:", "https:", "http://*", "https://*", "http://*.*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PASSIVE = {"img-src", "media-src"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
# The good values of a header, what one of them is worth, and what it costs to have none. Any other
# value costs 5, also those that the Observatory puts up with.
VALUES = {
    "x-content-type-options": ({"nosniff"}, 0, -5),
    "referrer-policy": (PRIVATE, 5, 0),
    "cross-origin-resource-policy": ({"same-origin", "same-site"}, 10, 0),
    "cross-origin-opener-policy": (
        {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"},
        10,
        0,
    ),
    "cross-origin-embedder-policy": ({"require-corp", "credentialless"}, 10, 0),
}


def score(answer: httpx.Response) -> int:
    points = [
        content_security(answer),
        frames(answer),
        strict_transport(answer),
        sharing(answer),
        scripts(answer),
        *(values(answer, header) for header in VALUES),
        min(cookies(answer), default=0),
    ]
    without_bonus = 100 + sum(point for point in points if point < 0)
    return 100 + sum(points) if without_bonus >= LEAST_FOR_BONUS else without_bonus


def content_security(answer: httpx.Response) -> int:
    policy = policy_of(answer)
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script, style = policy.get("script-src", default), policy.get("style-src", default)
    active = set().union(script, *(policy[name] for name in policy.keys() - PASSIVE))
    passive = set().union(*(policy.get(name, default) for name in PASSIVE))
    if script & (BROAD | INLINE) or policy.get("object-src", default) & BROAD:
        return -20
    if in_the_clear(active):
        return -20
    if "'unsafe-eval'" in script | style or in_the_clear(passive):
        return -10
    if style & (BROAD | INLINE):
        return 0
    return 10 if default == {"'none'"} else 5


def policy_of(answer: httpx.Response) -> dict[str, set[str]]:
    """The sources of each directive."""
    directives = answer.headers.get("content-security-policy", "").split(";")
    return {words[0]: set(words[1:]) for text in directives if (words := text.split())}


def in_the_clear(sources: set[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def frames(answer: httpx.Response) -> int:
    options = answer.headers.get("x-frame-options", "").lower()
    return 5 if "frame-ancestors" in policy_of(answer) or options in ("deny", "sameorigin") else -20


def strict_transport(answer: httpx.Response) -> int:
    age = re.search(r"max-age=(\d+)", answer.headers.get("strict-transport-security", ""))
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def sharing(answer: httpx.Response) -> int:
    """Whether another site may read what is answered to those who are signed in here."""
    reader = answer.headers.get("access-control-allow-origin")
    trusted = answer.headers.get("access-control-allow-credentials", "").lower() == "true"
    return -50 if trusted and reader == answer.request.headers.get("origin") else 0


def scripts(answer: httpx.Response) -> int:
    """Ours need no digest (SRI), as nobody else can change them; others' we have none."""
    return -50 if re.search(r'<script[^>]+src="(?!/[^/])', answer.text) else 0


def values(answer: httpx.Response, header: str) -> int:
    good, worth, none = VALUES[header]
    value = answer.headers.get(header)
    if value is None:
        return none
    return worth if value.lower() in good else -5


def cookies(answer: httpx.Response) -> list[int]:
    found = [SimpleCookie(text) for text in answer.headers.get_list("set-cookie")]
    safe = strict_transport(answer) == 0
    return [cookie_points(cookie, safe) for jar in found for cookie in jar.values()]


def cookie_points(cookie, safe: bool) -> int:
    """safe: whether the browser already knows to use nothing but HTTPS."""
    signs_in = any(word in cookie.key.lower() for word in ("login", "sess"))
    site = cookie["samesite"].lower()
    if signs_in and not cookie["httponly"]:
        return -30
    if not cookie["secure"]:
        return (-10 if signs_in else -5) if safe else (-40 if signs_in else -20)
    if site not in ("", "lax", "strict", "none") or ("csrf" in cookie.key.lower() and not site):
        return -20
    return 5 if site else 0


@pytest.fixture(autouse=True)
def production(monkeypatch):
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("ORIGIN", ORIGIN)
    monkeypatch.setenv("SECRET_KEYS", "k" * 40)
    monkeypatch.setenv("SMTP_URL", "smtps://localhost")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/servicos", 200),
        ("/entrar", 200),
        ("/conta", 303),
        ("/nada", 404),
        ("/%01", 404),
        ("/api/usuarios/me", 401),
        ("/static/icons/mark.svg", 200),
        ("/static/vendor/htmx.min.js", 200),
        ("/static/not-there.css", 404),
        ("/estilo.css", 200),
        ("/worker.js", 200),
    ],
)
async def test_what_anybody_may_ask_for_gets_an_a_plus(app, path, status):
    answer = await visitor(app).get(path)
    assert answer.status_code == status
    assert score(answer) >= A_PLUS


async def test_the_tile_server_that_is_set_is_all_that_pages_load_from_elsewhere(app, monkeypatch):
    assert policy_of(await visitor(app).get("/servicos"))["img-src"] == {"'self'", "data:"}
    monkeypatch.setenv("TILE_URL", "https://{s}.tiles.example/{z}/{x}/{y}.png")
    settings.cache_clear()
    answer = await visitor(app).get("/servicos")
    policy = policy_of(answer)
    assert policy.pop("img-src") == {"'self'", "data:", "https://*.tiles.example"}
    assert not any("example" in source for sources in policy.values() for source in sources)
    assert score(answer) >= A_PLUS


@pytest.mark.parametrize("path", ["/conta", "/conta/sessoes", "/contratacoes"])
async def test_a_page_of_ones_own_gets_an_a_plus(app, path):
    answer = await (await signed_in(app, await a_user())).get(path)
    assert answer.status_code == 200
    assert score(answer) >= A_PLUS


async def test_signing_in_gets_an_a_plus_for_its_cookie_too(app):
    user = await fetch_one("SELECT email FROM users WHERE id = $1", await a_user())
    form = {"email": user["email"], "senha": PASSWORD}
    answer = await visitor(app).post("/entrar", data=form, headers={"Origin": ORIGIN})
    assert answer.status_code == 303
    assert cookies(answer) == [5]
    assert score(answer) >= A_PLUS


async def test_a_refused_form_gets_an_a_plus(app):
    answer = await visitor(app).post("/entrar", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert score(answer) >= A_PLUS


def test_an_answer_without_defences_gets_none():
    assert score(answered()) == 30


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("session=1; Secure; HttpOnly; SameSite=Lax", 5),
        ("session=1; Secure; HttpOnly", 0),
        ("session=1; Secure; SameSite=Lax", -30),
        ("session=1; HttpOnly; SameSite=Lax", -40),
        ("theme=1; SameSite=Lax", -20),
        ("csrf=1; Secure", -20),
    ],
)
def test_a_careless_cookie_costs(cookie, points):
    assert cookies(answered({"Set-Cookie": cookie})) == [points]


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        ("default-src 'none'; script-src 'self'; img-src 'self' data:", 10),
        ("default-src 'self'", 5),
        ("default-src 'none'; style-src 'unsafe-inline'", 0),
        ("default-src 'none'; img-src http://pictures.example", -10),
        ("default-src 'none'; script-src 'self' 'unsafe-eval'", -10),
        ("default-src 'none'; connect-src http://api.example", -20),
        ("default-src 'none'; script-src 'unsafe-inline'", -20),
        ("script-src 'self'", -20),
    ],
)
def test_a_loose_policy_costs(policy, points):
    assert content_security(answered({"Content-Security-Policy": policy})) == points


def answered(headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(200, headers=headers, request=httpx.Request("GET", ORIGIN))
