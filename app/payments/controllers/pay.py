from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from litestar import Controller, get, post, websocket
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.accounts.authentication import ANYONE, CUSTOMERS
from app.accounts.sockets import accept, signed_out
from app.accounts.tables import Role
from app.core import live
from app.core.errors import NotFound
from app.core.forms import blank, read_form, show_form
from app.core.http import PathCode, Request, Response, WebSocket
from app.core.limits import TooMany
from app.core.qr import qr_picture
from app.core.templating import render
from app.payments import gateways
from app.payments.actions.pay import look_soon, start_payment
from app.payments.checkout import Checkout, checkout_of
from app.payments.errors import NoSuchMethod
from app.payments.forms import PayForm


class PayController(Controller):
    path = "/contratacoes"

    @get("/{code:str}/pagamento", guards=[CUSTOMERS])
    async def show(self, request: Request, code: PathCode, volta: FromQuery[str] = "") -> Response:
        """volta: the payer comes back from the gateway, whose word may be on its way still."""
        if volta:
            # Whoever looks all too often still sees the page.
            with suppress(TooMany):
                await look_soon(request.user.id, code)
        checkout = await _checkout(request.user.id, code)
        if not checkout.booking["prepaid"]:
            return Redirect(f"/contratacoes/{code}", status_code=303)
        return show_form(request, "payments/pay.html", blank(), **_shown(checkout))

    @post("/{code:str}/pagamento", guards=[CUSTOMERS])
    async def create(self, request: Request, code: PathCode) -> Response:
        checkout = await _checkout(request.user.id, code)
        filled = await read_form(request, PayForm)

        async def start(form: PayForm) -> bool:
            await start_payment(request.user.id, code, form.method)
            return True

        if await filled.then(start, {NoSuchMethod: "forma"}):
            return Redirect(f"/contratacoes/{code}/pagamento", status_code=303)
        return show_form(request, "payments/pay.html", filled, **_shown(checkout))

    @websocket("/ao-vivo/{code:str}/pagamento", guards=[ANYONE])
    async def live(
        self, socket: WebSocket, code: FromPath[str], visto: FromQuery[str] = ""
    ) -> None:
        """Send what is to be paid whenever it changes. visto: the version that the page shows."""
        user = await accept(socket, Role.CUSTOMER)
        if user is None:
            return
        if await checkout_of(user.id, code) is None:
            await socket.close(live.NOTHING_THERE)
            return

        async def read() -> tuple[str, Callable[[], str]]:
            checkout = await _checkout(user.id, code)
            return checkout.version, partial(
                render, "payments/_pay.html", user.language, filled=blank(), **_shown(checkout)
            )

        part = live.Part(f"user:{user.id}", f"{user.language} pay {code}", visto, read)
        await live.follow(socket, [part], signed_out(socket, user))


async def _checkout(customer: int, code: str) -> Checkout:
    checkout = await checkout_of(customer, code)
    if checkout is None:
        raise NotFound
    return checkout


def _shown(checkout: Checkout) -> dict[str, Any]:
    return {"checkout": checkout, "methods": gateways.methods(), "qr": qr_picture}
