from litestar import Controller, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromQuery

from app.accounts.actions.links import find_link
from app.accounts.actions.password import allow_reset, ask_reset, reset_password
from app.accounts.authentication import ANYONE
from app.accounts.forms import ForgottenForm, NewPasswordForm
from app.accounts.passwords import EasyPassword
from app.accounts.tables import Purpose
from app.core.forms import blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.core.templating import page


class ForgottenController(Controller):
    path = "/senha"
    guards = [ANYONE]

    @get()
    async def new(self, request: Request) -> Response:
        return show_form(request, "accounts/forgotten.html", blank())

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, ForgottenForm)
        await filled.then(lambda form: allow_reset(form.email), {})
        if filled.errors:
            return show_form(request, "accounts/forgotten.html", filled)
        answer = page(request, "accounts/forgotten_sent.html", email=filled.typed["email"])
        # After the answer, so that nobody can tell from its time whether there is such an account.
        answer.background = BackgroundTask(ask_reset, filled.typed["email"])
        return answer


class ResetController(Controller):
    """Reading the link changes nothing: programs that look into e-mails open links too."""

    path = "/senha/nova"
    guards = [ANYONE]

    @get()
    async def new(self, request: Request, codigo: FromQuery[str] = "") -> Response:
        await find_link(codigo, Purpose.RESET_PASSWORD)
        return show_form(request, "accounts/reset.html", blank(codigo=codigo))

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, NewPasswordForm)
        await filled.then(
            lambda form: reset_password(form.token, form.password), {EasyPassword: "senha"}
        )
        if filled.errors:
            return show_form(request, "accounts/reset.html", filled)
        return redirect("/entrar", Notice.PASSWORD_RESET)
