"""Generated requests to every route, by everybody: never a 5xx, and no markup comes back."""

import importlib
import json
import pkgutil
import string
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app as package
from app.accounts.tables import Role
from tests.browsing import signed_in, visitor
from tests.factories import (
    PASSWORD,
    a_booking,
    a_user,
    an_offer,
    forget_limits,
    free_time,
    in_days,
)
from tests.test_access import ACCESS

# Each part may run in a process of its own: 2,000 requests altogether.
EXAMPLES, PARTS_OF_CAMPAIGN = 500, 4
MARKUP = '"><script>x</script>'
# Nobody would be left to go on with; what ends a session has tests of its own.
ENDING = {"/sair", "/api/auth/logout", "/conta/exclusao", "/conta/sessoes/encerramento"}
ROUTES = sorted(route for route in ACCESS if route[1] not in ENDING)
ODD = [
    "", "0", "-1", "1", "9" * 20, "%", "'", MARKUP, "\x00", "\u202e", "\u200b", "2026-13-45",
    "2026-12-01", "2026-12-01T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "true", "NaN",
    "1e999", "1~1", "nan~1", "1e400~5", ".~1", "--~1", "CLIENTE", "ADMIN", "pt", "a" * 5000, "💥",
    "(|&!)", "a & b:*", "\\", "é" * 99, "São Carlos, SP", "{{7*7}}", "http://[", "//evil.example",
    "///evil.example", "a@b.test", "x,victim@example.com", "signed-in", "outras", PASSWORD,
]  # fmt: skip
PARTS = {
    "service:int": ["1", "0", "9" * 20],
    "user:int": ["0", "77777777"],
    "email:int": ["0", "1", "77777777"],
    "notification:int": ["0", "1", "77777777"],
    "job:int": ["0", "1", "77777777"],
    "refund:int": ["0", "1", "77777777"],
    "batch:int": ["0", "1", "77777777"],
    "payout:int": ["0", "1", "77777777"],
    "entry:int": ["0", "1", "77777777"],
    "passkey:int": ["0", "1", "-1"],
    "code:str": ["ABCD2345", "%00", "a" * 300],
    "name:str": ["0" * 32, "%00", "../../etc/passwd", "%2e%2e%2f"],
    "calendar:int": ["0", "1", "9" * 20],
    "endpoint:int": ["0", "1", "9" * 20],
    "delivery:int": ["0", "1", "77777777"],
    "file:str": ["a" * 43 + ".ics", "a" * 43, "%00.ics", "../" * 9 + ".ics"],
    "gateway:str": ["sandbox", "pix", "stripe", "x", "%00"],
    "reference:str": ["0" * 32, "%00", "x"],
    "path:path": ["x", "%ff", "%00", "a/b"],
    "file_path:path": ["../app/main.py", "%2e%2e/%2e%2e/app/main.py", "css/tokens.css", "%00"],
}
HEADERS = {
    "HX-Request-Type": ["partial", "full", "x"],
    "Accept-Language": ["", ";;q=", "pt;q=abc", "*"],
    "Referer": ["x", "http://[", "//evil.example"],
    "Authorization": ["Bearer", "Bearer x", "Bearer a.b.c", "Basic x", "Bearer " + "a" * 9000],
    "Cookie": ["session=", "session=%00", "entrada=a.b.c", "aviso=X", "lugar=99999999999999999999"],
    "User-Agent": ["", MARKUP, "a" * 9000],
}
BODIES = ["form", "json", "multipart", "raw"]


def wire_names() -> Iterator[str]:
    """The names of all fields of all forms that there are."""
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if module.name.endswith(".forms"):
            for thing in vars(importlib.import_module(module.name)).values():
                if isinstance(thing, type) and issubclass(thing, msgspec.Struct):
                    yield from (field.encode_name for field in msgspec.structs.fields(thing))


NAMES = sorted({*wire_names(), "semana", "foto", "visto", "eletricista", "x"})
texts = st.one_of(
    st.sampled_from(ODD), st.text(max_size=60), st.text(string.printable, max_size=200)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def requests(draw):
    """Method, path, who sends it (by number), and what it carries."""
    method, path = draw(st.sampled_from(ROUTES))
    for part, values in PARTS.items():
        if part in path:
            path = path.replace(f"{{{part}}}", draw(st.sampled_from(values)))
    headers = {
        name: draw(st.sampled_from(values))
        for name, values in HEADERS.items()
        if draw(st.integers(0, 5)) == 0
    }
    fields = draw(st.dictionaries(st.sampled_from(NAMES), texts, max_size=6))
    if method == "GET":
        carried = {"params": fields}
    else:
        kind = "json" if path.startswith("/api/") else draw(st.sampled_from(BODIES))
        if kind == "form":
            carried = {"data": fields}
        elif kind == "multipart":
            content = draw(st.binary(max_size=300))
            carried = {"data": fields, "files": {"foto": (MARKUP, content, "image/png")}}
        elif kind == "json":
            names = st.sampled_from(NAMES)
            body = draw(st.dictionaries(names, json_values, max_size=5) | json_values)
            carried = {"content": json.dumps(body).encode(errors="surrogatepass")}
            headers["Content-Type"] = "application/json"
        else:
            carried = {"content": draw(st.binary(max_size=300))}
            headers["Content-Type"] = draw(
                st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data", "x"])
            )
    return method, path, draw(st.integers(0, 3)), headers, carried


@pytest.fixture(scope="module")
async def people(app) -> list[httpx.AsyncClient]:
    """A visitor, a customer, a provider and an admin, with a booking between them."""
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, in_days(2), 4)
    await a_booking(offer, in_days(2), customer)
    users = (customer, offer.provider, await a_user(Role.ADMIN))
    return [visitor(app), *[await signed_in(app, user) for user in users]]


@pytest.mark.parametrize("part", range(PARTS_OF_CAMPAIGN))
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(sent=requests())
async def test_nothing_that_is_sent_breaks_a_page(people, part, sent):
    method, path, who, headers, carried = sent
    await forget_limits()
    answer = await people[who].request(method, path, headers=encoded(headers), **carried)
    assert answer.status_code < 500
    assert "<script>x" not in answer.text
    assert "create_app" not in answer.text


def encoded(headers: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode() for name, value in headers.items()}
