"""Random requests to every route, by everybody: never a 5xx, and no markup comes back as markup."""

from random import Random

import pytest

from app.accounts.tables import Role
from tests.browsing import signed_in, visitor
from tests.factories import a_booking, a_user, an_offer, free_time, in_days
from tests.test_access import ACCESS

REQUESTS = 1_000
MARKUP = '"><script>x</script>'
# Signing out would leave nobody to go on with.
ROUTES = [route for route in ACCESS if route[1] != "/sair"]
NAMES = [
    "q", "onde", "tipo", "preco", "data", "raio", "ordem", "pagina", "variacao", "semana",
    "servico", "inicio", "endereco", "chave", "observacao", "nome", "email", "senha", "role",
    "proximo", "idioma", "ativo",
]  # fmt: skip
VALUES = [
    "", "0", "-1", "1", "9" * 20, "abc", "%", "'", MARKUP, "\x00", "\u202e", "\u200b", "2026-13-45",
    "2026-12-01", "2026-12-01T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "true", "NaN",
    "1e999", "1~1", "nan~1", "1e400~5", ".~1", "--~1", "CLIENTE", "ADMIN", "pt", "a" * 5000, "💥",
    "(|&!)", "a & b:*", "\\", "é" * 99, "São Carlos, SP", "{{7*7}}", "http://[", "//evil.example",
]  # fmt: skip
PARTS = {
    "{service:int}": ["1", "0", "9" * 20],
    "{user:int}": ["0", "77777777"],
    "{path:path}": ["x", "%ff", "%00", "a/b"],
    "{file_path:path}": ["../app/main.py", "%2e%2e/%2e%2e/app/main.py", "css/tokens.css", "%00"],
}
HEADERS = {
    "HX-Request-Type": ["partial", "full", "x"],
    "Accept-Language": ["", ";;q=", "pt;q=abc", "*"],
    "Referer": ["x", "http://[", "//evil.example"],
}


@pytest.mark.parametrize("random_seed", [1, 2])
async def test_nothing_that_is_sent_breaks_a_page(app, random_seed):
    offer, customer = await an_offer(), await a_user()
    await free_time(offer.provider, in_days(2), 4)
    code = await a_booking(offer, in_days(2), customer)
    people = [visitor(app)]
    people += [
        await signed_in(app, user) for user in (customer, offer.provider, await a_user(Role.ADMIN))
    ]
    random = Random(random_seed)
    broken = []
    for _ in range(REQUESTS):
        method, path = random.choice(ROUTES)
        for part, values in {**PARTS, "{code:str}": [code, "%00", "a" * 300]}.items():
            path = path.replace(part, random.choice(values))
        sent = {random.choice(NAMES): random.choice(VALUES) for _ in range(random.randrange(6))}
        if random.random() < 0.4:
            sent = {"variacao": str(offer.variant), "endereco": "Rua Treze de Maio"} | sent
        headers = {
            name: random.choice(values) for name, values in HEADERS.items() if random.random() < 0.2
        }
        field = "params" if method == "GET" else "data"
        answer = await random.choice(people).request(method, path, headers=headers, **{field: sent})
        if answer.status_code >= 500 or "<script>x" in answer.text or "create_app" in answer.text:
            broken.append((method, path, sent, headers, answer.status_code))
    assert broken == []
