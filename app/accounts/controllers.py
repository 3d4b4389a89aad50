from litestar import Controller, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.response import Redirect

from app.accounts import actions
from app.accounts.authentication import ANYONE, SIGNED_IN, SignedIn
from app.accounts.forms import LanguageForm, SignInForm, SignUpForm
from app.accounts.tables import Role
from app.core import sessions
from app.core.addresses import inside
from app.core.errors import DomainError
from app.core.forms import blank, read_form
from app.core.http import Request, Response
from app.core.i18n import COOKIE, language_of
from app.core.notices import Notice, redirect
from app.core.templating import page
from app.settings import settings

A_YEAR = 365 * 24 * 3600

HOME = {Role.CUSTOMER: "/", Role.PROVIDER: "/painel", Role.ADMIN: "/admin"}


class SignInController(Controller):
    path = "/entrar"
    guards = [ANYONE]

    @get()
    async def new(self, request: Request, proximo: FromQuery[str] = "") -> Response:
        return page(request, "accounts/sign_in.html", filled=blank(proximo=proximo))

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, SignInForm)
        if filled.form is None:
            return page(request, "accounts/sign_in.html", status=422, filled=filled)
        try:
            token = await actions.sign_in(filled.form, request.cookies.get(sessions.cookie_name()))
        except DomainError as error:
            filled.errors["senha"] = error.message
            return page(request, "accounts/sign_in.html", status=error.status, filled=filled)
        answer = Redirect(inside(filled.form.back, "/inicio"), status_code=303)
        answer.set_cookie(sessions.cookie(token))
        return answer


class SignUpController(Controller):
    path = "/cadastro"
    guards = [ANYONE]

    @get()
    async def new(
        self, request: Request, proximo: FromQuery[str] = "", role: FromQuery[str] = "CLIENTE"
    ) -> Response:
        filled = blank(proximo=proximo, role=role)
        return page(request, "accounts/sign_up.html", filled=filled)

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, SignUpForm)
        if filled.form is None:
            return page(request, "accounts/sign_up.html", status=422, filled=filled)
        try:
            token = await actions.sign_up(filled.form, language_of(request))
        except DomainError as error:
            filled.errors["email"] = error.message
            return page(request, "accounts/sign_up.html", status=error.status, filled=filled)
        answer = redirect(inside(filled.form.back, "/inicio"), Notice.WELCOME)
        answer.set_cookie(sessions.cookie(token))
        return answer


class SignOutController(Controller):
    path = "/sair"
    guards = [SIGNED_IN]

    @post()
    async def create(self, request: Request) -> Response:
        await actions.sign_out(request.cookies[sessions.cookie_name()])
        answer = redirect("/", Notice.SIGNED_OUT)
        answer.set_cookie(sessions.cookie(""))
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
            await actions.choose_language(user.id, filled.form.language)
        answer = Redirect(inside(filled.form.back, "/"), status_code=303)
        answer.set_cookie(
            Cookie(
                COOKIE,
                value=filled.form.language,
                path="/",
                max_age=A_YEAR,
                secure=settings().production,
                samesite="lax",
            )
        )
        return answer


class WelcomeController(Controller):
    """Where somebody lands after signing in without having been on the way anywhere."""

    path = "/inicio"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        return Redirect(HOME[request.user.role], status_code=303)


CONTROLLERS = [
    SignInController,
    SignUpController,
    SignOutController,
    LanguageController,
    WelcomeController,
]
