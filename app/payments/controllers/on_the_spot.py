from litestar import Controller, get
from litestar.response import Redirect

from app.accounts.authentication import SIGNED_IN
from app.core.errors import NotFound
from app.core.http import PathCode, Request, Response
from app.core.qr import qr_picture
from app.core.templating import page
from app.payments.on_the_spot import on_the_spot


class OnTheSpotController(Controller):
    """What the provider shows at the door, and the customer's bank reads."""

    path = "/contratacoes/{code:str}/pix"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request, code: PathCode) -> Response:
        found = await on_the_spot(request.user.id, code)
        if found is None:
            raise NotFound
        if not found.rest:
            return Redirect(f"/contratacoes/{code}", status_code=303)
        return page(request, "payments/on_the_spot.html", **found._asdict(), qr=qr_picture)
