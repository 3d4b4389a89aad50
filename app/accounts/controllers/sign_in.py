import litestar
from litestar import Controller, MediaType, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from app.accounts.actions import passkeys
from app.accounts.actions.credentials import WrongCredentials
from app.accounts.actions.second_factor import SecondFactorNeeded, WrongCode
from app.accounts.actions.sign_in import (
    HALFWAY_LIFETIME,
    SignInExpired,
    finish_sign_in,
    sign_in,
    sign_out,
)
from app.accounts.authentication import ANYONE, SIGNED_IN
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.tables import Role
from app.core.addresses import inside
from app.core.cookies import cookie, read_cookie
from app.core.errors import DomainError, problem
from app.core.forms import blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.core.sessions import COOKIE, session_cookie

HOME = {Role.CUSTOMER: "/", Role.PROVIDER: "/painel", Role.ADMIN: "/admin"}
WELCOME = "/inicio"
HALFWAY = "entrada"
# A passkey's answer is some 2 kB, with attestation 5 kB.
LARGEST_CREDENTIAL = 50_000


class SignInController(Controller):
    path = "/entrar"
    guards = [ANYONE]

    @get()
    async def new(self, request: Request, proximo: FromQuery[str] = "") -> Response:
        return show_form(request, "accounts/sign_in.html", blank(proximo=proximo))

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, SignInForm)
        entry = await filled.then(
            lambda form: sign_in(form, token_of(request)), {WrongCredentials: "senha"}
        )
        if entry is None:
            return show_form(request, "accounts/sign_in.html", filled)
        if entry.halfway:
            answer = Redirect("/entrar/codigo", status_code=303)
            answer.set_cookie(cookie(HALFWAY, entry.token, HALFWAY_LIFETIME, "strict"))
            return answer
        return admitted(entry.token, entry.back)


class CodeController(Controller):
    """The second step for those who have a second factor."""

    path = "/entrar/codigo"
    guards = [ANYONE]

    @get()
    async def new(self, request: Request) -> Response:
        if not read_cookie(request, HALFWAY):
            return Redirect("/entrar", status_code=303)
        return show_form(request, "accounts/code.html", blank())

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, CodeForm)
        halfway = read_cookie(request, HALFWAY)
        entry = await filled.then(
            lambda form: finish_sign_in(halfway, form.code, token_of(request)),
            {WrongCode: "codigo", SecondFactorNeeded: "codigo", SignInExpired: "codigo"},
        )
        if entry is None:
            return show_form(request, "accounts/code.html", filled)
        answer = admitted(entry.token, entry.back)
        answer.set_cookie(cookie(HALFWAY, "", HALFWAY_LIFETIME, "strict"))
        return answer


class PasskeySignInController(Controller):
    """For a script: a challenge for the browser, then its answer."""

    path = "/entrar/chave"
    guards = [ANYONE]
    request_max_body_size = LARGEST_CREDENTIAL

    @post("/desafio")
    async def challenge(self, request: Request) -> Response:
        try:
            options = await passkeys.ask_for_passkey()
        except DomainError as error:
            return problem(request, error.status, error.message, error.headers)
        return litestar.Response(options.encode(), status_code=200, media_type=MediaType.JSON)

    @post()
    async def create(self, request: Request, proximo: FromQuery[str] = "") -> Response:
        try:
            credential = passkeys.read_credential(await request.body())
            token = await passkeys.sign_in_with_passkey(credential, token_of(request))
        except DomainError as error:
            return problem(request, error.status, error.message)
        answer: Response = litestar.Response({"address": inside(proximo, WELCOME)}, status_code=201)
        answer.set_cookie(session_cookie(token))
        return answer


class SignOutController(Controller):
    path = "/sair"
    guards = [SIGNED_IN]

    @post()
    async def create(self, request: Request) -> Response:
        await sign_out(request.user.id, request.user.session)
        answer = redirect("/", Notice.SIGNED_OUT)
        answer.set_cookie(session_cookie(""))
        return answer


class WelcomeController(Controller):
    """Where somebody lands after signing in without having been on the way anywhere."""

    path = WELCOME
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        return Redirect(HOME[request.user.role], status_code=303)


def token_of(request: Request) -> str:
    return read_cookie(request, COOKIE)


def admitted(token: str, back: str) -> Redirect:
    """Let somebody in, to where they were on the way."""
    answer = Redirect(inside(back, WELCOME), status_code=303)
    answer.set_cookie(session_cookie(token))
    return answer
