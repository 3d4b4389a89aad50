from datetime import timedelta

from litestar import Controller, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from app.accounts.actions.sign_up import EmailTaken, choose_language, sign_up
from app.accounts.authentication import ANYONE, SignedIn
from app.accounts.controllers.sign_in import WELCOME, token_of
from app.accounts.forms import LanguageForm, SignUpForm
from app.accounts.passwords import EasyPassword
from app.core.addresses import inside
from app.core.cookies import cookie
from app.core.errors import DomainError
from app.core.forms import blank, read_form, show_form
from app.core.http import Request, Response
from app.core.i18n import COOKIE, language_of
from app.core.notices import Notice, redirect
from app.core.sessions import session_cookie

A_YEAR = timedelta(days=365)


class SignUpController(Controller):
    path = "/cadastro"
    guards = [ANYONE]

    @get()
    async def new(
        self, request: Request, proximo: FromQuery[str] = "", role: FromQuery[str] = "CLIENTE"
    ) -> Response:
        filled = blank(proximo=proximo, role=role)
        return show_form(request, "accounts/sign_up.html", filled)

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, SignUpForm)
        token = await filled.then(
            lambda form: sign_up(form, language_of(request), token_of(request)),
            {EmailTaken: "email", EasyPassword: "senha"},
        )
        if token is None:
            return show_form(request, "accounts/sign_up.html", filled)
        answer = redirect(inside(filled.typed["proximo"], WELCOME), Notice.WELCOME)
        answer.set_cookie(session_cookie(token))
        return answer


class LanguageController(Controller):
    path = "/idioma"
    guards = [ANYONE]

    @post()
    async def update(self, request: Request) -> Response:
        filled = await read_form(request, LanguageForm)
        if filled.form is None:
            raise DomainError
        user: SignedIn | None = request.scope["user"]
        if user:
            await choose_language(user.id, filled.form.language)
        answer = Redirect(inside(filled.form.back, "/"), status_code=303)
        answer.set_cookie(cookie(COOKIE, filled.form.language, A_YEAR))
        return answer
