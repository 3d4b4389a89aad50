from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Controller, get, post

from app.accounts.authentication import PROVIDERS
from app.core.errors import NotFound
from app.core.forms import Submitted, blank, read_form, read_query, show_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect
from app.webhooks import verifying
from app.webhooks.actions.endpoints import (
    MOST_ENDPOINTS,
    add_endpoint,
    choose_events,
    remove_endpoint,
    rotate_secret,
    set_endpoint_active,
)
from app.webhooks.actions.telling import send_again, send_trial
from app.webhooks.errors import REASONS, AddedAlready, BadAddress, NoEvents, NotOnTheInternet
from app.webhooks.events import EXAMPLE, KINDS, Event, body_of
from app.webhooks.forms import (
    EventsForm,
    LogForm,
    WebhookForm,
    chosen_events,
    ticked,
)
from app.webhooks.queries import deliveries_to, endpoint_of, endpoints_of
from app.webhooks.tables import Kind

INTEGRATIONS = "/painel/integracoes"
PAGE = 50
ABOUT = {
    BadAddress: "endereco",
    NotOnTheInternet: "endereco",
    AddedAlready: "endereco",
    NoEvents: "eventos",
}
VERIFYING = Path(verifying.__file__).read_text("utf-8")


class WebhooksController(Controller):
    path = INTEGRATIONS
    guards = [PROVIDERS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _show_all(request, blank(**ticked(Kind)))

    @post()
    async def create(self, request: Request) -> Response:
        filled: Submitted[Any] = await read_form(request, WebhookForm)
        added = await filled.then(
            lambda form: add_endpoint(request.user.id, form.address, chosen_events(form)), ABOUT
        )
        if added is None:
            return await _show_all(request, filled)
        return await _show(request, added.endpoint, secret=added.secret)

    @get("/{endpoint:int}")
    async def show(self, request: Request, endpoint: PathId) -> Response:
        return await _show(request, endpoint)

    @post("/{endpoint:int}/eventos")
    async def choose_events(self, request: Request, endpoint: PathId) -> Response:
        filled: Submitted[Any] = await read_form(request, EventsForm)
        await filled.then(
            lambda form: choose_events(request.user.id, endpoint, chosen_events(form)), ABOUT
        )
        if filled.errors:
            return await _show(request, endpoint, filled=filled)
        return redirect(f"{INTEGRATIONS}/{endpoint}", Notice.EVENTS_CHOSEN)

    @post("/{endpoint:int}/ligamento")
    async def switch_on(self, request: Request, endpoint: PathId) -> Response:
        await set_endpoint_active(request.user.id, endpoint, active=True)
        return redirect(f"{INTEGRATIONS}/{endpoint}", Notice.WEBHOOK_ON)

    @post("/{endpoint:int}/desligamento")
    async def switch_off(self, request: Request, endpoint: PathId) -> Response:
        await set_endpoint_active(request.user.id, endpoint, active=False)
        return redirect(f"{INTEGRATIONS}/{endpoint}", Notice.WEBHOOK_OFF)

    @post("/{endpoint:int}/segredo")
    async def rotate(self, request: Request, endpoint: PathId) -> Response:
        secret = await rotate_secret(request.user.id, endpoint)
        return await _show(request, endpoint, secret=secret)

    @post("/{endpoint:int}/teste")
    async def test(self, request: Request, endpoint: PathId) -> Response:
        await send_trial(request.user.id, endpoint)
        return redirect(f"{INTEGRATIONS}/{endpoint}", Notice.TRIAL_SENT)

    @post("/{endpoint:int}/remocao")
    async def remove(self, request: Request, endpoint: PathId) -> Response:
        await remove_endpoint(request.user.id, endpoint)
        return redirect(INTEGRATIONS, Notice.WEBHOOK_REMOVED)

    @post("/entregas/{delivery:int}/repeticao")
    async def send_again(self, request: Request, delivery: PathId) -> Response:
        endpoint = await send_again(request.user.id, delivery)
        return redirect(f"{INTEGRATIONS}/{endpoint}", Notice.SENT_AGAIN)


async def _show_all(request: Request, filled: Submitted[Any]) -> Response:
    rows = await endpoints_of(request.user.id)
    return show_form(
        request,
        "webhooks/index.html",
        filled,
        rows=rows,
        full=len(rows) >= MOST_ENDPOINTS,
        kinds=list(Kind),
        reasons=REASONS,
        short=_short,
        example=_example(),
        states=[status.on_wire for status in KINDS],
        verifying=VERIFYING,
    )


async def _show(
    request: Request,
    endpoint: int,
    *,
    filled: Submitted[Any] | None = None,
    secret: str | None = None,
) -> Response:
    """The page of one; secret: the one that was made just now, and is never shown again."""
    found = await endpoint_of(request.user.id, endpoint)
    if found is None:
        raise NotFound
    asked = read_query(request, LogForm)
    log = await deliveries_to(endpoint, asked.values.get("before"), PAGE + 1)
    shown = log[:PAGE]
    older = f"{INTEGRATIONS}/{endpoint}?pagina={shown[-1]['id']}" if len(log) > PAGE else None
    return show_form(
        request,
        "webhooks/show.html",
        filled or blank(**ticked(found["events"])),
        row=found,
        secret=secret,
        log=shown,
        older=older,
        kinds=list(Kind),
        reasons=REASONS,
        short=_short,
    )


def _short(url: str) -> str:
    """An address without what is most likely a secret in it."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path.rstrip('/')}"


def _example() -> str:
    """What comes, as one reads it best."""
    at = datetime(2026, 11, 25, 18, 4, 11, tzinfo=UTC)
    event = Event("", 0, Kind.CONFIRMED, at, EXAMPLE)
    body = body_of(event, "msg_5f0c5a0e6a7f4a0b9d3c8e1f2a4b6c8d")
    return msgspec.json.format(body.encode(), indent=2).decode()


CONTROLLERS = [WebhooksController]
