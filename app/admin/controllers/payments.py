from litestar import Controller, get, post

from app.accounts.audit import Action
from app.accounts.authentication import ADMINS
from app.admin import money
from app.admin.controllers.lists import show_list
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect
from app.payments.actions.refund import retry_refund
from app.payments.tables import PaymentState

PATH = "/admin/pagamentos"


class PaymentsController(Controller):
    path = PATH
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await show_list(
            request,
            "payments",
            money.payments,
            Action.LOOKED_AT_PAYMENTS,
            failed=await money.failed_refunds(),
            states=list(PaymentState),
        )

    @post("/devolucoes/{refund:int}/repeticao")
    async def retry_refund(self, request: Request, refund: PathId) -> Response:
        await retry_refund(request.user.id, refund)
        return redirect(PATH, Notice.REFUND_RETRIED)
