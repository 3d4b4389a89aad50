from litestar import Controller, post

from app.accounts.authentication import CUSTOMERS
from app.bookings.actions.waitlist import stop_waiting, wait_for_time
from app.bookings.forms import WaitForm
from app.core.errors import NotFound
from app.core.forms import read_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect


class WaitlistController(Controller):
    path = "/espera"
    guards = [CUSTOMERS]

    @post()
    async def create(self, request: Request) -> Response:
        form = (await read_form(request, WaitForm)).form
        if form is None:
            raise NotFound
        await wait_for_time(request.user.id, form)
        return redirect("/contratacoes", Notice.WAITING)

    @post("/{entry:int}/desistencia")
    async def stop(self, request: Request, entry: PathId) -> Response:
        await stop_waiting(request.user.id, entry)
        return redirect("/contratacoes", Notice.NOT_WAITING)


CONTROLLERS = [WaitlistController]
