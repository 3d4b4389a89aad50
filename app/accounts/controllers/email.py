from litestar import Controller, get, post
from litestar.params import FromQuery

from app.accounts.actions.email import PATH, PURPOSES, follow_email_link
from app.accounts.actions.links import find_link
from app.accounts.authentication import ANYONE
from app.accounts.forms import LinkForm
from app.core.errors import DomainError
from app.core.forms import read_form
from app.core.http import Request, Response
from app.core.templating import page


class ConfirmationController(Controller):
    """Reading the link changes nothing: programs that look into e-mails open links too."""

    path = PATH
    guards = [ANYONE]

    @get()
    async def new(self, request: Request, codigo: FromQuery[str] = "") -> Response:
        link = await find_link(codigo, *PURPOSES)
        return page(request, "accounts/confirm_email.html", link=link, token=codigo)

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, LinkForm)
        if filled.form is None:
            raise DomainError
        confirmed = await follow_email_link(filled.form.token)
        return page(request, "accounts/email_confirmed.html", confirmed=confirmed.value)
