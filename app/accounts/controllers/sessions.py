from typing import Any

from litestar import Controller, get, post

from app.accounts.actions.sessions import end_other_sessions, end_session_of
from app.accounts.authentication import SIGNED_IN
from app.accounts.controllers.proof import WRONG_PROOF
from app.accounts.devices import device_of
from app.accounts.forms import EndSessionForm
from app.accounts.whereabouts import place_name
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import Request, Response
from app.core.i18n import language_of
from app.core.notices import Notice, redirect
from app.core.sessions import sessions_of
from app.core.time import from_timestamp


class SessionsController(Controller):
    path = "/conta/sessoes"
    guards = [SIGNED_IN]

    @get()
    async def index(self, request: Request) -> Response:
        return await _show(request, blank())

    @post("/encerramento")
    async def end(self, request: Request) -> Response:
        filled = await read_form(request, EndSessionForm)
        user = request.user

        async def end(form: EndSessionForm) -> None:
            if form.session == "outras":
                await end_other_sessions(user.id, form.proof, user.session)
            else:
                await end_session_of(user.id, form.proof, form.session)

        await filled.then(end, WRONG_PROOF)
        if filled.errors:
            return await _show(request, filled)
        return redirect("/conta/sessoes", Notice.SESSIONS_ENDED)


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    rows = [
        {
            "id": identifier,
            "device": device_of(session.agent),
            "api": session.api,
            "address": session.address,
            "place": place_name(session.address, language_of(request)),
            "seen": from_timestamp(session.seen),
            "here": identifier == request.user.session,
        }
        for identifier, session in (await sessions_of(request.user.id)).items()
    ]
    return show_form(request, "accounts/sessions.html", filled, rows=rows)
