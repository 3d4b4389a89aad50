from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

from litestar import Controller, get, post
from litestar.response import Redirect, Stream

from app.accounts import audit
from app.accounts.audit import Action
from app.accounts.authentication import ADMINS
from app.admin import money
from app.admin.controllers.lists import show_list
from app.admin.forms import PayoutForm, PayoutsForm
from app.core.errors import DomainError, NotFound
from app.core.forms import Submitted, blank, read_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect
from app.core.spreadsheets import csv_file, csv_lines
from app.core.templating import page
from app.payments.actions.payout import make_payouts, settle_batch, settle_payout
from app.payments.tables import PayoutState

PATH = "/admin/repasses"
LEAST = "20"
COLUMNS = ("chave_pix", "nome", "valor", "referencia")


class PayoutsController(Controller):
    path = PATH
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _show_batches(request, blank(minimo=LEAST))

    @post()
    async def create(self, request: Request) -> Response:
        making = await read_form(request, PayoutsForm)
        batch = await making.then(
            lambda form: make_payouts(request.user.id, Decimal(form.least)), {}
        )
        if batch is None:
            return await _show_batches(request, making)
        return redirect(f"{PATH}/{batch}", Notice.PAYOUTS_MADE)

    @get("/{batch:int}")
    async def show(self, request: Request, batch: PathId) -> Response:
        found = await _look_at(request, batch)
        payouts = await money.payouts_of(batch)
        return page(request, "admin/payout_batch.html", batch=found, payouts=payouts)

    @get("/{batch:int}/arquivo")
    async def export(self, request: Request, batch: PathId) -> Stream:
        """What waits to be paid, for the bank."""
        await _look_at(request, batch)
        return csv_file(f"repasses-{batch}.csv", _lines(await money.payouts_of(batch)))

    @post("/{batch:int}/pagamento")
    async def settle_all(self, request: Request, batch: PathId) -> Response:
        await settle_batch(request.user.id, batch)
        return redirect(f"{PATH}/{batch}", Notice.PAYOUT_PAID)

    @post("/itens/{payout:int}/situacao")
    async def settle(self, request: Request, payout: PathId) -> Redirect:
        filled = await read_form(request, PayoutForm)
        if filled.form is None:
            raise DomainError
        paid = filled.form.state == "paga"
        state = PayoutState.PAID if paid else PayoutState.FAILED
        batch = await settle_payout(request.user.id, payout, state)
        return redirect(f"{PATH}/{batch}", Notice.PAYOUT_PAID if paid else Notice.PAYOUT_FAILED)


async def _show_batches(request: Request, making: Submitted[Any]) -> Response:
    answer = await show_list(
        request, "payouts", money.payout_batches, Action.LOOKED_AT_PAYMENTS, making=making
    )
    if making.errors:
        answer.status_code = making.status
    return answer


async def _look_at(request: Request, batch: int) -> Any:
    """
    Raises:
        NotFound.
    """
    found = await money.payout_batch(batch)
    if found is None:
        raise NotFound
    await audit.record(Action.LOOKED_AT_PAYMENTS, actor=request.user.id, batch=batch)
    return found


async def _lines(payouts: list[Any]) -> AsyncIterator[str]:
    yield csv_lines([COLUMNS])
    yield csv_lines(
        (row["pix_key"], row["provider_name"], row["amount"], row["reference"])
        for row in payouts
        if row["state"] == PayoutState.WAITING
    )
