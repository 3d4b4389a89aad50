from typing import Any

from litestar import Controller, get, post

from app.accounts.authentication import PROVIDERS
from app.accounts.controllers.proof import WRONG_PROOF
from app.core.errors import NotFound
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect
from app.payments.actions.receiving import change_pix_key, set_prepaid
from app.payments.errors import NoDeposit, NoPixKey
from app.payments.forms import PixKeyForm, PrepaidForm
from app.payments.gateways import methods
from app.payments.queries import payout_account_of, prepaid_services_of

PATH = "/painel/recebimento"


class ReceivingController(Controller):
    path = PATH
    guards = [PROVIDERS]

    @get()
    async def edit(self, request: Request) -> Response:
        return await _show(request, blank())

    @post("/chave")
    async def change_key(self, request: Request) -> Response:
        filled = await read_form(request, PixKeyForm)
        await filled.then(
            lambda form: change_pix_key(request.user.id, form.proof, form.key),
            WRONG_PROOF | {NoPixKey: "chavePix"},
        )
        if filled.errors:
            return await _show(request, filled)
        return redirect(PATH, Notice.PIX_KEY_CHANGED)

    @post("/servicos/{service:int}")
    async def set_prepaid(self, request: Request, service: PathId) -> Response:
        filled = await read_form(request, PrepaidForm)
        await filled.then(
            lambda form: set_prepaid(request.user.id, service, form), {NoDeposit: "sinal"}
        )
        if not filled.errors:
            return redirect(PATH, Notice.RULES_SAVED)
        whole = blank()
        whole.status, whole.headers = filled.status, filled.headers
        return await _show(request, whole, service, filled)


async def _show(
    request: Request,
    filled: Submitted[Any],
    wrong: int | None = None,
    filled_wrong: Submitted[Any] | None = None,
) -> Response:
    """wrong, filled_wrong: the service whose form was refused, and what was sent for it.

    Raises:
        NotFound: that is none of theirs.
    """
    offered = await prepaid_services_of(request.user.id)
    if wrong and wrong not in {service["id"] for service in offered}:
        raise NotFound
    services = [
        (
            service,
            filled_wrong
            if filled_wrong and service["id"] == wrong
            else blank(**_typed(service["prepaid_percent"])),
        )
        for service in offered
    ]
    return show_form(
        request,
        "payments/receiving.html",
        filled,
        account=await payout_account_of(request.user.id),
        services=services,
        payable=bool(methods()),
    )


def _typed(percent: int) -> dict[str, str]:
    part = {0: "nada", 100: "tudo"}.get(percent, "sinal")
    return {"antecipado": part, "sinal": str(percent) if part == "sinal" else ""}
