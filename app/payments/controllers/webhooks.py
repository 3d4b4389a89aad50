import litestar
from litestar import Controller, post
from litestar.params import FromPath

from app.accounts.authentication import ANYONE
from app.core.http import Request, Response
from app.payments.actions.webhooks import receive_webhook


class WebhooksController(Controller):
    """Where gateways tell what has happened. Some add a path of their own to the address."""

    path = "/pagamentos/avisos"
    guards = [ANYONE]

    @post(["/{gateway:str}", "/{gateway:str}/pix"])
    async def create(self, request: Request, gateway: FromPath[str]) -> Response:
        await receive_webhook(
            gateway, request.headers, dict(request.query_params.items()), await request.body()
        )
        return litestar.Response(b"", status_code=204)
