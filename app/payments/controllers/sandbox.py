from litestar import Controller, get, post
from litestar.response import Redirect

from app.accounts.authentication import ANYONE
from app.core.errors import NotFound
from app.core.forms import read_form
from app.core.http import PathName, Request, Response
from app.core.templating import page
from app.payments.actions.webhooks import receive_webhook
from app.payments.forms import SandboxForm
from app.payments.gateways import gateways
from app.payments.gateways.sandbox import charge_to_pay, decide


class SandboxController(Controller):
    """The sandbox's own pay page. Whoever has its address may pay, as at a bank."""

    path = "/sandbox"
    guards = [ANYONE]

    @get("/{reference:str}")
    async def show(self, request: Request, reference: PathName) -> Response:
        charge = await charge_to_pay(reference) if "sandbox" in gateways() else None
        if charge is None:
            raise NotFound
        return page(request, "payments/sandbox.html", charge=charge)

    @post("/{reference:str}")
    async def create(self, request: Request, reference: PathName) -> Response:
        form = (await read_form(request, SandboxForm)).form
        charge = await charge_to_pay(reference) if "sandbox" in gateways() else None
        if charge is None or form is None:
            raise NotFound
        if told := await decide(reference, pays=form.pays):
            await receive_webhook("sandbox", {}, {}, told)
        return Redirect(charge["return_url"], status_code=303)
