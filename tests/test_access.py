"""Who may see what: every route says whom it lets in, and refuses everybody else."""

import re
from uuid import uuid4

import pytest
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from app.accounts.authentication import Allow
from app.accounts.tables import Role
from app.core import files
from app.core.database import fetch
from app.privacy.actions.export import EXPORTS
from tests.browsing import signed_in, visitor
from tests.factories import PASSWORD, a_booking, a_hold, a_user, an_offer, free_time, in_days
from tests.webhooks.webhooks import a_delivery, a_webhook

EVERYBODY = frozenset({None, *Role})

# Whom each address lets in, by method. A new route that is not written here fails the test below.
ACCESS: dict[tuple[str, str], frozenset[Role | None]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/servicos"): EVERYBODY,
    ("GET", "/servicos/{service:int}"): EVERYBODY,
    ("GET", "/lugares"): EVERYBODY,
    ("GET", "/lugares/perto"): EVERYBODY,
    ("GET", "/lugares/mapa"): EVERYBODY,
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
    ("GET", "/entrar/codigo"): EVERYBODY,
    ("POST", "/entrar/codigo"): EVERYBODY,
    ("POST", "/entrar/chave"): EVERYBODY,
    ("POST", "/entrar/chave/desafio"): EVERYBODY,
    ("GET", "/senha"): EVERYBODY,
    ("POST", "/senha"): EVERYBODY,
    ("GET", "/senha/nova"): EVERYBODY,
    ("POST", "/senha/nova"): EVERYBODY,
    ("GET", "/email/confirmacao"): EVERYBODY,
    ("POST", "/email/confirmacao"): EVERYBODY,
    ("GET", "/privacidade"): EVERYBODY,
    ("GET", "/termos"): EVERYBODY,
    ("GET", "/fotos/{name:str}"): EVERYBODY,
    ("POST", "/api/auth/login"): EVERYBODY,
    ("POST", "/api/auth/refresh"): EVERYBODY,
    ("POST", "/api/auth/logout"): frozenset(Role),
    ("GET", "/api/usuarios/me"): frozenset(Role),
    ("GET", "/conta"): frozenset(Role),
    ("GET", "/conta/email"): frozenset(Role),
    ("POST", "/conta/email"): frozenset(Role),
    ("POST", "/conta/email/confirmacao"): frozenset(Role),
    ("GET", "/conta/telefone"): frozenset(Role),
    ("POST", "/conta/telefone"): frozenset(Role),
    ("GET", "/conta/senha"): frozenset(Role),
    ("POST", "/conta/senha"): frozenset(Role),
    ("GET", "/conta/segundo-fator"): frozenset(Role),
    ("POST", "/conta/segundo-fator"): frozenset(Role),
    ("POST", "/conta/segundo-fator/codigos"): frozenset(Role),
    ("POST", "/conta/segundo-fator/remocao"): frozenset(Role),
    ("GET", "/conta/chaves"): frozenset(Role),
    ("POST", "/conta/chaves"): frozenset(Role),
    ("POST", "/conta/chaves/desafio"): frozenset(Role),
    ("POST", "/conta/chaves/{passkey:int}/remocao"): frozenset(Role),
    ("GET", "/conta/sessoes"): frozenset(Role),
    ("POST", "/conta/sessoes/encerramento"): frozenset(Role),
    ("GET", "/conta/foto"): frozenset(Role),
    ("POST", "/conta/foto"): frozenset(Role),
    ("POST", "/conta/foto/remocao"): frozenset(Role),
    ("GET", "/conta/dados"): frozenset(Role),
    ("POST", "/conta/dados/consentimento"): frozenset(Role),
    ("POST", "/conta/dados/exportacao"): frozenset(Role),
    ("GET", "/conta/dados/exportacao/{name:str}"): frozenset(Role),
    ("GET", "/conta/exclusao"): frozenset(Role),
    ("POST", "/conta/exclusao"): frozenset(Role),
    ("GET", "/calendario/{file:str}"): EVERYBODY,
    ("GET", "/conta/calendario"): frozenset(Role),
    ("POST", "/conta/calendario"): frozenset(Role),
    ("POST", "/conta/calendario/desligamento"): frozenset(Role),
    ("GET", "/avisos"): frozenset(Role),
    ("GET", "/avisos/{notification:int}"): frozenset(Role),
    ("POST", "/avisos/leitura"): frozenset(Role),
    ("GET", "/avisos/descadastro"): EVERYBODY,
    ("POST", "/avisos/descadastro"): EVERYBODY,
    ("GET", "/conta/avisos"): frozenset(Role),
    ("POST", "/conta/avisos"): frozenset(Role),
    ("POST", "/conta/avisos/aparelho"): frozenset(Role),
    ("POST", "/conta/avisos/aparelho/remocao"): frozenset(Role),
    ("POST", "/sair"): frozenset(Role),
    ("GET", "/inicio"): frozenset(Role),
    ("GET", "/contratacoes"): frozenset({Role.CUSTOMER}),
    ("GET", "/contratacoes/nova"): frozenset({Role.CUSTOMER}),
    ("POST", "/contratacoes"): frozenset({Role.CUSTOMER}),
    ("GET", "/contratacoes/{code:str}"): frozenset(Role),
    ("GET", "/contratacoes/{code:str}/recibo"): frozenset(Role),
    ("POST", "/contratacoes/{code:str}/cancelamento"): frozenset(Role),
    ("GET", "/contratacoes/{code:str}/remarcacao"): frozenset(Role),
    ("POST", "/contratacoes/{code:str}/remarcacao"): frozenset(Role),
    ("GET", "/contratacoes/{code:str}/pix"): frozenset(Role),
    ("GET", "/contratacoes/{code:str}/pagamento"): frozenset({Role.CUSTOMER}),
    ("POST", "/contratacoes/{code:str}/pagamento"): frozenset({Role.CUSTOMER}),
    ("POST", "/pagamentos/avisos/{gateway:str}"): EVERYBODY,
    ("POST", "/pagamentos/avisos/{gateway:str}/pix"): EVERYBODY,
    ("GET", "/sandbox/{reference:str}"): EVERYBODY,
    ("POST", "/sandbox/{reference:str}"): EVERYBODY,
    ("POST", "/contratacoes/{code:str}/conclusao"): frozenset({Role.PROVIDER}),
    ("POST", "/contratacoes/{code:str}/ausencia"): frozenset({Role.PROVIDER}),
    ("POST", "/reservas"): frozenset({Role.CUSTOMER}),
    ("POST", "/reservas/{code:str}/desistencia"): frozenset({Role.CUSTOMER}),
    ("POST", "/espera"): frozenset({Role.CUSTOMER}),
    ("POST", "/espera/{entry:int}/desistencia"): frozenset({Role.CUSTOMER}),
    ("POST", "/contratacoes/{code:str}/confirmacao"): frozenset({Role.PROVIDER}),
    ("POST", "/contratacoes/{code:str}/recusa"): frozenset({Role.PROVIDER}),
    ("GET", "/painel"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/agenda/calendarios"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/calendarios"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/calendarios/{calendar:int}/leitura"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/calendarios/{calendar:int}/remocao"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/integracoes"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/integracoes/{endpoint:int}"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/eventos"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/ligamento"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/desligamento"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/segredo"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/teste"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/{endpoint:int}/remocao"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/integracoes/entregas/{delivery:int}/repeticao"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/agenda"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/agenda/horarios"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/horarios"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/agenda/folgas"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/folgas"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/folgas/{entry:int}/remocao"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/extras"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/extras/{entry:int}/remocao"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/feriados"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/agenda/regras"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/regras"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/agenda/servicos/{service:int}/regras"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/ganhos"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/ganhos/arquivo"): frozenset({Role.PROVIDER}),
    ("GET", "/painel/recebimento"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/recebimento/chave"): frozenset({Role.PROVIDER}),
    ("POST", "/painel/recebimento/servicos/{service:int}"): frozenset({Role.PROVIDER}),
    ("GET", "/admin"): frozenset({Role.ADMIN}),
    ("GET", "/admin/usuarios"): frozenset({Role.ADMIN}),
    ("POST", "/admin/usuarios/{user:int}/situacao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/servicos"): frozenset({Role.ADMIN}),
    ("POST", "/admin/servicos/{service:int}/situacao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/contratacoes"): frozenset({Role.ADMIN}),
    ("GET", "/admin/pagamentos"): frozenset({Role.ADMIN}),
    ("POST", "/admin/pagamentos/devolucoes/{refund:int}/repeticao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/repasses"): frozenset({Role.ADMIN}),
    ("POST", "/admin/repasses"): frozenset({Role.ADMIN}),
    ("GET", "/admin/repasses/{batch:int}"): frozenset({Role.ADMIN}),
    ("GET", "/admin/repasses/{batch:int}/arquivo"): frozenset({Role.ADMIN}),
    ("POST", "/admin/repasses/{batch:int}/pagamento"): frozenset({Role.ADMIN}),
    ("POST", "/admin/repasses/itens/{payout:int}/situacao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/comissoes"): frozenset({Role.ADMIN}),
    ("POST", "/admin/comissoes"): frozenset({Role.ADMIN}),
    ("POST", "/admin/usuarios/{user:int}/saida"): frozenset({Role.ADMIN}),
    ("GET", "/admin/emails"): frozenset({Role.ADMIN}),
    ("GET", "/admin/emails/{email:int}"): frozenset({Role.ADMIN}),
    ("GET", "/admin/emails/{email:int}/carta"): frozenset({Role.ADMIN}),
    ("POST", "/admin/emails/{email:int}/repeticao"): frozenset({Role.ADMIN}),
    ("GET", "/admin/tarefas"): frozenset({Role.ADMIN}),
    ("POST", "/admin/tarefas/{job:int}/repeticao"): frozenset({Role.ADMIN}),
    ("POST", "/admin/tarefas/{job:int}/descarte"): frozenset({Role.ADMIN}),
    ("GET", "/admin/auditoria"): frozenset({Role.ADMIN}),
    ("GET", "/admin/auditoria/arquivo"): frozenset({Role.ADMIN}),
}
# Refused after the handshake, see tests/dashboard/test_live.py.
SOCKETS = {
    "/painel/ao-vivo",
    "/painel/agenda/ao-vivo",
    "/servicos/ao-vivo",
    "/servicos/{service:int}/ao-vivo",
    "/contratacoes/ao-vivo",
    "/contratacoes/ao-vivo/{code:str}",
    "/contratacoes/ao-vivo/{code:str}/pagamento",
    "/avisos/ao-vivo",
}

REFUSALS = [
    (method, path, who)
    for (method, path), allowed in ACCESS.items()
    for who in (None, *Role)
    if who not in allowed
]


async def a_booking_of(user: int, role: Role) -> str:
    if role is Role.PROVIDER:
        await fetch(
            "INSERT INTO agenda_settings (provider) VALUES ($1) ON CONFLICT DO NOTHING", user
        )
    offer = await an_offer(user if role is Role.PROVIDER else None)
    await free_time(offer.provider, in_days(2), 4)
    return await a_booking(offer, in_days(2), user if role is Role.CUSTOMER else None)


async def a_paid_booking_of(user: int, role: Role) -> str:
    code = await a_booking_of(user, role)
    await fetch("UPDATE booking SET paid = 90 WHERE code = $1", code)
    return code


async def a_hold_of(user: int, _: Role) -> str:
    offer = await an_offer()
    await free_time(offer.provider, in_days(2), 4)
    return await a_hold(offer, in_days(2), user)


async def a_wait_of(user: int, _: Role) -> int:
    offer = await an_offer()
    (row,) = await fetch(
        "INSERT INTO waitlist_entry (customer, service, variant, day)"
        " VALUES ($1, $2, $3, current_date) RETURNING id",
        user,
        offer.service,
        offer.variant,
    )
    return row["id"]


async def an_exception_of(table: str, user: int) -> int:
    (row,) = await fetch(
        f"INSERT INTO {table} (provider, starts_at, ends_at)"
        " VALUES ($1, now(), now() + interval '1 day') RETURNING id",
        user,
    )
    return row["id"]


async def a_time_off_of(user: int, _: Role) -> int:
    return await an_exception_of("time_off", user)


async def an_extra_hour_of(user: int, _: Role) -> int:
    return await an_exception_of("extra_hours", user)


async def a_service_of(user: int, _: Role) -> int:
    await fetch("INSERT INTO agenda_settings (provider) VALUES ($1) ON CONFLICT DO NOTHING", user)
    return (await an_offer(user)).service


async def a_passkey_of(user: int, _: Role) -> int:
    (row,) = await fetch(
        'INSERT INTO passkey ("user", credential, public_key, name) VALUES ($1, $2, $3, $4)'
        " RETURNING id",
        user,
        uuid4().bytes,
        b"",
        "Celular",
    )
    return row["id"]


async def an_archive_of(user: int, _: Role) -> str:
    name = uuid4().hex
    await files.save(EXPORTS, name, b"PK")
    await fetch(
        'INSERT INTO data_export ("user", name, ready_at, expires_at)'
        " VALUES ($1, $2, now(), now() + interval '1 day')",
        user,
        name,
    )
    return name


async def a_calendar_of(user: int, _: Role) -> int:
    (row,) = await fetch(
        "INSERT INTO external_calendar (provider, name, url) VALUES ($1, $2, $3) RETURNING id",
        user,
        "Pessoal",
        "https://calendar.example/a.ics",
    )
    return row["id"]


async def a_notification_of(user: int, _: Role) -> int:
    (row,) = await fetch(
        'INSERT INTO notification ("user", kind, cause, subject, link)'
        " VALUES ($1, 'account', 'a test', 'Saved.', '/conta') RETURNING id",
        user,
    )
    return row["id"]


async def a_webhook_of(user: int, _: Role) -> int:
    return (await a_webhook(user)).endpoint


async def a_delivery_of(user: int, _: Role) -> int:
    return await a_delivery(await a_webhook(user))


# What is somebody's own in an address, and who can have one.
OWN = {
    "/contratacoes/{code:str}/recibo": (a_paid_booking_of, {Role.CUSTOMER, Role.PROVIDER}),
    "/contratacoes/{code:str}": (a_booking_of, {Role.CUSTOMER, Role.PROVIDER}),
    "/avisos/{notification:int}": (a_notification_of, set(Role)),
    "/reservas/{code:str}": (a_hold_of, {Role.CUSTOMER}),
    "/espera/{entry:int}": (a_wait_of, {Role.CUSTOMER}),
    "/conta/chaves/{passkey:int}": (a_passkey_of, set(Role)),
    "/conta/dados/exportacao/{name:str}": (an_archive_of, set(Role)),
    "/painel/agenda/folgas/{entry:int}": (a_time_off_of, {Role.PROVIDER}),
    "/painel/agenda/extras/{entry:int}": (an_extra_hour_of, {Role.PROVIDER}),
    "/painel/agenda/servicos/{service:int}": (a_service_of, {Role.PROVIDER}),
    "/painel/recebimento/servicos/{service:int}": (a_service_of, {Role.PROVIDER}),
    "/painel/agenda/calendarios/{calendar:int}": (a_calendar_of, {Role.PROVIDER}),
    "/painel/integracoes/{endpoint:int}": (a_webhook_of, {Role.PROVIDER}),
    "/painel/integracoes/entregas/{delivery:int}": (a_delivery_of, {Role.PROVIDER}),
}
# Where a parameter names what is everybody's, or what admins look after.
NOBODYS = (
    "/static/",
    "/servicos/{service:int}",
    "/fotos/{name:str}",
    # Whoever knows the name of the file gets in by it.
    "/calendario/{file:str}",
    # What it says is believed only with its signature.
    "/pagamentos/avisos/{gateway:str}",
    # Whoever knows the address of the pay page may pay.
    "/sandbox/{reference:str}",
    "/{path:path}",
    "/admin/",
)


def owned(path: str) -> str | None:
    return next((start for start in OWN if path.startswith(start)), None)


MATRIX = [
    (method, path, role)
    for (method, path), allowed in ACCESS.items()
    if owned(path)
    for role in Role
    if role in allowed
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


def test_every_parameter_is_known_to_be_somebodys_or_nobodys(app):
    with_parameter = {path for _, path in ACCESS if "{" in path}
    assert {
        path for path in with_parameter if not owned(path) and not path.startswith(NOBODYS)
    } == set()


def test_every_socket_is_known(app):
    assert {route.path for route in app.routes if isinstance(route, WebSocketRoute)} == SOCKETS
    assert not [route for route in app.routes if isinstance(route, ASGIRoute)]


@pytest.mark.parametrize(("method", "path", "who"), REFUSALS)
async def test_it_refuses(app, method, path, who):
    browser = await signed_in(app, await a_user(who)) if who else visitor(app)
    answer = await browser.request(method, filled_in(path))
    if who is not None:
        assert answer.status_code == 403
    elif path.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/entrar")


@pytest.mark.parametrize(("method", "path", "role"), MATRIX)
async def test_it_gives_people_their_own_and_knows_nothing_of_others(app, method, path, role):
    make, owners = OWN[owned(path)]
    user = await a_user(role, language="en")
    browser = await signed_in(app, user)

    others_role = role if role in owners else Role.CUSTOMER
    others = await make(await a_user(others_role), others_role)
    answer = await ask(browser, method, path, others)
    assert answer.status_code == 404

    if role in owners:
        answer = await ask(browser, method, path, await make(user, role))
        # Too early, or without a form that says more: but it is theirs.
        assert answer.status_code in (200, 303, 409, 422)


@pytest.mark.parametrize(
    ("method", "path"), [route for route, allowed in ACCESS.items() if allowed == {Role.ADMIN}]
)
async def test_an_admin_without_a_second_factor_is_led_to_set_one_up(app, method, path):
    browser = await signed_in(app, await a_user(Role.ADMIN), strong=False)
    answer = await browser.request(method, filled_in(path))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/conta/segundo-fator"


async def ask(browser, method: str, path: str, value: object):
    address = re.sub(r"{[^}]+}", str(value), path)
    form = {"senhaAtual": PASSWORD} if method == "POST" else None
    return await browser.request(method, address, data=form)


def filled_in(path: str) -> str:
    """With something in place of each parameter that has the right shape."""
    return (
        path.replace("{code:str}", "ABCD2345")
        .replace("{name:str}", "0" * 32)
        .replace(":int}", "}")
        .replace("{user}", "1")
        .replace("{service}", "1")
        .replace("{entry}", "1")
        .replace("{job}", "1")
        .replace("{passkey}", "1")
        .replace("{email}", "1")
        .replace("{notification}", "1")
        .replace("{calendar}", "1")
        .replace("{gateway:str}", "sandbox")
        .replace("{reference:str}", "0" * 32)
        .replace("{refund}", "1")
        .replace("{batch}", "1")
        .replace("{payout}", "1")
        .replace("{endpoint}", "1")
        .replace("{delivery}", "1")
    )
