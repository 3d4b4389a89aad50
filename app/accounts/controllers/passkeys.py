from typing import Any

import litestar
from litestar import Controller, MediaType, get, post

from app.accounts import queries
from app.accounts.actions import passkeys
from app.accounts.authentication import SIGNED_IN
from app.accounts.controllers.proof import WRONG_PROOF
from app.accounts.controllers.sign_in import LARGEST_CREDENTIAL
from app.accounts.forms import PasskeyForm, ProofForm
from app.core.errors import DomainError, problem
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import PathId, Request, Response
from app.core.notices import Notice, redirect


class PasskeysController(Controller):
    path = "/conta/chaves"
    guards = [SIGNED_IN]

    @get()
    async def index(self, request: Request) -> Response:
        return await _show(request, blank())

    @post("/desafio")
    async def challenge(self, request: Request) -> Response:
        """For the script: what the browser needs, or what is wrong with the form."""
        filled = await read_form(request, PasskeyForm)
        options = await filled.then(
            lambda form: passkeys.offer_passkey(request.user.id, form.proof, form.name), {}
        )
        if options is None:
            complaint = next(iter(filled.errors.values()))
            return problem(request, filled.status, complaint, filled.headers)
        return litestar.Response(options.encode(), status_code=200, media_type=MediaType.JSON)

    @post(request_max_body_size=LARGEST_CREDENTIAL)
    async def create(self, request: Request) -> Response:
        try:
            credential = passkeys.read_credential(await request.body())
            await passkeys.add_passkey(request.user.id, request.user.session, credential)
        except DomainError as error:
            return problem(request, error.status, error.message)
        return litestar.Response({"address": "/conta/chaves"}, status_code=201)

    @post("/{passkey:int}/remocao")
    async def remove(self, request: Request, passkey: PathId) -> Response:
        filled = await read_form(request, ProofForm)
        await filled.then(
            lambda form: passkeys.remove_passkey(
                request.user.id, request.user.session, form.proof, passkey
            ),
            WRONG_PROOF,
        )
        if filled.errors:
            return await _show(request, filled)
        return redirect("/conta/chaves", Notice.PASSKEY_REMOVED)


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    kept = await queries.passkeys_of(request.user.id)
    return show_form(request, "accounts/passkeys.html", filled, passkeys=kept)
