from litestar import Controller, get, post

from app.accounts import queries
from app.accounts.actions.email import (
    AddressTaken,
    SameAddress,
    ask_again_to_confirm,
    ask_to_change_email,
)
from app.accounts.actions.password import change_password
from app.accounts.actions.phone import change_phone
from app.accounts.actions.sign_in import open_session
from app.accounts.authentication import SIGNED_IN
from app.accounts.controllers.proof import WRONG_PROOF
from app.accounts.forms import ChangeEmailForm, ChangePasswordForm, PhoneForm
from app.accounts.passwords import EasyPassword
from app.accounts.phones import BadPhone, readable
from app.core.forms import blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.core.sessions import session_cookie, sessions_of
from app.core.templating import page


class AccountController(Controller):
    path = "/conta"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        account = await queries.account(request.user.id)
        living = await sessions_of(request.user.id)
        return page(
            request,
            "accounts/show.html",
            account=account,
            sessions=len(living),
            phone=readable(account["phone"]),
        )


class EmailController(Controller):
    path = "/conta/email"
    guards = [SIGNED_IN]

    @get()
    async def edit(self, request: Request) -> Response:
        return show_form(request, "accounts/email.html", blank())

    @post()
    async def update(self, request: Request) -> Response:
        filled = await read_form(request, ChangeEmailForm)
        await filled.then(
            lambda form: ask_to_change_email(request.user.id, form.proof, form.email),
            WRONG_PROOF | {AddressTaken: "email", SameAddress: "email"},
        )
        if filled.errors:
            return show_form(request, "accounts/email.html", filled)
        return redirect("/conta", Notice.BOTH_ADDRESSES_ASKED)

    @post("/confirmacao")
    async def ask_again(self, request: Request) -> Response:
        await ask_again_to_confirm(request.user.id)
        return redirect("/conta", Notice.CONFIRMATION_SENT)


class PhoneController(Controller):
    path = "/conta/telefone"
    guards = [SIGNED_IN]

    @get()
    async def edit(self, request: Request) -> Response:
        account = await queries.account(request.user.id)
        typed = blank(telefone=readable(account["phone"]))
        return show_form(request, "accounts/phone.html", typed)

    @post()
    async def update(self, request: Request) -> Response:
        filled = await read_form(request, PhoneForm)
        await filled.then(
            lambda form: change_phone(request.user.id, form.phone), {BadPhone: "telefone"}
        )
        if filled.errors:
            return show_form(request, "accounts/phone.html", filled)
        return redirect("/conta", Notice.PHONE_SAVED)


class PasswordController(Controller):
    path = "/conta/senha"
    guards = [SIGNED_IN]

    @get()
    async def edit(self, request: Request) -> Response:
        return show_form(request, "accounts/password.html", blank())

    @post()
    async def update(self, request: Request) -> Response:
        filled = await read_form(request, ChangePasswordForm)
        await filled.then(
            lambda form: change_password(request.user.id, form.proof, form.new),
            WRONG_PROOF | {EasyPassword: "senha"},
        )
        if filled.errors:
            return show_form(request, "accounts/password.html", filled)
        answer = redirect("/conta", Notice.PASSWORD_CHANGED)
        # Every session has ended; this browser goes on with a new one.
        answer.set_cookie(session_cookie(await _reopen(request)))
        return answer


async def _reopen(request: Request) -> str:
    user = request.user
    return await open_session(user.id, user.role, "password", strong=user.strong)
