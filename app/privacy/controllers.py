from typing import Any

import litestar
from litestar import Controller, get, post

from app.accounts.authentication import ANYONE, SIGNED_IN
from app.accounts.consents import VERSIONS, agree, consents_of
from app.accounts.controllers.proof import WRONG_PROOF
from app.accounts.forms import ProofForm
from app.core import files
from app.core.addresses import split
from app.core.errors import NotFound
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import PathName, Request, Response
from app.core.notices import Notice, redirect
from app.core.sessions import session_cookie
from app.core.templating import page
from app.privacy.actions.deletion import delete_account
from app.privacy.actions.export import EXPORTS, ask_export, take_export
from app.privacy.queries import exports_of
from app.settings import settings


class DocumentsController(Controller):
    guards = [ANYONE]

    @get("/privacidade")
    async def privacy(self, request: Request) -> Response:
        return page(
            request,
            "privacy/notice.html",
            version=VERSIONS["privacidade"],
            lookups=split(settings().nominatim_url).hostname,
            tiles=split(settings().tile_origin).netloc,
        )

    @get("/termos")
    async def terms(self, request: Request) -> Response:
        return page(request, "privacy/terms.html", version=VERSIONS["termos"])


class DataController(Controller):
    path = "/conta/dados"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        return await _show(request, blank())

    @post("/consentimento")
    async def agree(self, request: Request) -> Response:
        await agree(request.user.id)
        return redirect("/conta/dados", Notice.AGREED)

    @post("/exportacao")
    async def export(self, request: Request) -> Response:
        filled = await read_form(request, ProofForm)
        await filled.then(lambda form: ask_export(request.user.id, form.proof), WRONG_PROOF)
        if filled.errors:
            return await _show(request, filled)
        return redirect("/conta/dados", Notice.EXPORT_ASKED)

    @get("/exportacao/{name:str}")
    async def take(self, request: Request, name: PathName) -> Response:
        export = await take_export(request.user.id, name)
        try:
            archive = await files.read(EXPORTS, name)
        except FileNotFoundError as error:
            raise NotFound from error
        file = f"mini-marketplace-{export['requested_at']:%Y-%m-%d}.zip"
        return litestar.Response(
            archive,
            media_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )


class DeletionController(Controller):
    path = "/conta/exclusao"
    guards = [SIGNED_IN]

    @get()
    async def new(self, request: Request) -> Response:
        return show_form(request, "privacy/deletion.html", blank())

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, ProofForm)
        await filled.then(
            lambda form: delete_account(request.user.id, form.proof),
            WRONG_PROOF,
        )
        if filled.errors:
            return show_form(request, "privacy/deletion.html", filled)
        answer = redirect("/", Notice.ACCOUNT_DELETED)
        answer.set_cookie(session_cookie(""))
        return answer


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    consents = await consents_of(request.user.id)
    agreed = {(consent["document"], consent["version"]) for consent in consents}
    return show_form(
        request,
        "privacy/data.html",
        filled,
        exports=await exports_of(request.user.id),
        consents=consents,
        agreed=set(VERSIONS.items()) <= agreed,
    )


CONTROLLERS = [DocumentsController, DataController, DeletionController]
