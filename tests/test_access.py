"""Who may see what: every route says whom it lets in, and refuses everybody else."""

import pytest
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from app.accounts.authentication import Allow
from app.accounts.tables import Role
from tests.browsing import signed_in, visitor
from tests.factories import a_user

EVERYBODY = frozenset({None, *Role})

# Whom each address lets in, by method. A new route that is not written here fails the test below.
ACCESS: dict[tuple[str, str], frozenset[Role | None]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/servicos"): EVERYBODY,
    ("GET", "/servicos/{service:int}"): EVERYBODY,
    ("GET", "/lugares"): EVERYBODY,
    ("GET", "/lugares/perto"): EVERYBODY,
    ("GET", "/entrar"): EVERYBODY,
    ("POST", "/entrar"): EVERYBODY,
    ("GET", "/cadastro"): EVERYBODY,
    ("POST", "/cadastro"): EVERYBODY,
    ("POST", "/idioma"): EVERYBODY,
    ("GET", "/estilo"): EVERYBODY,
    ("GET", "/estilo.css"): EVERYBODY,
    ("GET", "/sem-conexao"): EVERYBODY,
    ("GET", "/app.webmanifest"): EVERYBODY,
    ("GET", "/worker.js"): EVERYBODY,
    ("GET", "/static/{file_path:path}"): EVERYBODY,
    ("GET", "/{path:path}"): EVERYBODY,
    ("POST", "/sair"): frozenset(Role),
    ("GET", "/inicio"): frozenset(Role),
    ("GET", "/contratacoes"): frozenset({Role.CUSTOMER}),
    ("GET", "/contratacoes/nova"): frozenset({Role.CUSTOMER}),
    ("POST", "/contratacoes"): frozenset({Role.CUSTOMER}),
    ("GET", "/contratacoes/{code:str}"): frozenset(Role),
    ("POST", "/contratacoes/{code:str}/cancelamento"): frozenset({Role.CUSTOMER}),
    ("POST", "/contratacoes/{code:str}/confirmacao"): frozenset({Role.PROVIDER}),
    ("POST", "/contratacoes/{code:str}/recusa"): frozenset({Role.PROVIDER}),
    ("GET", "/painel"): frozenset({Role.PROVIDER}),
    ("GET", "/admin"): frozenset({Role.ADMIN}),
    ("GET", "/admin/usuarios"): frozenset({Role.ADMIN}),
    ("POST", "/admin/usuarios/{user:int}/situacao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/servicos"): frozenset({Role.ADMIN}),
    ("POST", "/admin/servicos/{service:int}/situacao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/contratacoes"): frozenset({Role.ADMIN}),
}
# Refused after the handshake, see tests/dashboard/test_live.py.
SOCKETS = {"/painel/ao-vivo", "/servicos/ao-vivo"}

REFUSALS = [
    (method, path, who)
    for (method, path), allowed in ACCESS.items()
    for who in (None, *Role)
    if who not in allowed
]


def test_every_route_is_in_the_table_and_guarded_as_it_says(app):
    found = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                    guards = handler.resolve_guards()
                    (guard,) = [guard for guard in guards if isinstance(guard, Allow)]
                    found[method, route.path] = guard.who
    assert found == ACCESS


def test_every_socket_is_known(app):
    assert {route.path for route in app.routes if isinstance(route, WebSocketRoute)} == SOCKETS
    assert not [route for route in app.routes if isinstance(route, ASGIRoute)]


@pytest.mark.parametrize(("method", "path", "who"), REFUSALS)
async def test_it_refuses(app, method, path, who):
    browser = await signed_in(app, await a_user(who)) if who else visitor(app)
    address = path.replace("{code:str}", "ABCD2345")
    for kind in ("user", "service"):
        address = address.replace(f"{{{kind}:int}}", "1")

    answer = await browser.request(method, address)
    if who is None:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/entrar")
    else:
        assert answer.status_code == 403
