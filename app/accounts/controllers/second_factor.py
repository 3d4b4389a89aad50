from typing import Any

from litestar import Controller, get, post

from app.accounts import queries
from app.accounts.actions.authenticator import (
    add_authenticator,
    offer_again,
    offer_authenticator,
    remove_authenticator,
    renew_recovery_codes,
    setup_address,
)
from app.accounts.actions.second_factor import WrongCode
from app.accounts.actions.sign_in import open_session
from app.accounts.authentication import SIGNED_IN
from app.accounts.controllers.proof import WRONG_PROOF
from app.accounts.forms import AuthenticatorForm, ProofForm
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.core.qr import qr_picture
from app.core.sessions import session_cookie
from app.core.templating import page


class SecondFactorController(Controller):
    path = "/conta/segundo-fator"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        return await _show(request, blank())

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, AuthenticatorForm)
        user = request.user
        codes = await filled.then(
            lambda form: add_authenticator(user.id, form.proof, form.offer, form.first_code),
            WRONG_PROOF | {WrongCode: "codigo"},
        )
        if codes is None:
            return await _show(request, filled)
        answer = page(request, "accounts/recovery_codes.html", codes=codes)
        # Every session has ended; this browser goes on with one that a second factor has opened.
        token = await open_session(user.id, user.role, "second-factor", strong=True)
        answer.set_cookie(session_cookie(token))
        return answer

    @post("/remocao")
    async def remove(self, request: Request) -> Response:
        filled = await read_form(request, ProofForm)
        await filled.then(
            lambda form: remove_authenticator(request.user.id, form.proof, request.user.session),
            WRONG_PROOF,
        )
        if filled.errors:
            return await _show(request, filled)
        return redirect("/conta", Notice.SECOND_FACTOR_REMOVED)

    @post("/codigos")
    async def renew_codes(self, request: Request) -> Response:
        filled = await read_form(request, ProofForm)
        codes = await filled.then(
            lambda form: renew_recovery_codes(request.user.id, form.proof),
            WRONG_PROOF,
        )
        if codes is None:
            return await _show(request, filled)
        return page(request, "accounts/recovery_codes.html", codes=codes)


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    """What there is, or the form for a first authenticator; a refused form keeps its secret."""
    account = await queries.account(request.user.id)
    if account["authenticator_since"]:
        return show_form(request, "accounts/second_factor.html", filled, account=account)
    user = request.user
    offer = offer_again(user.id, filled.typed.get("oferta", "")) or offer_authenticator(user.id)
    return show_form(
        request,
        "accounts/add_authenticator.html",
        filled,
        offer=offer,
        picture=qr_picture(setup_address(offer.secret, user.email)),
    )
