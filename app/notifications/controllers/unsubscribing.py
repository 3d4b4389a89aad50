from typing import Any

from litestar import Controller, get, post

from app.accounts.authentication import ANYONE
from app.core.forms import read_form, read_query
from app.core.http import Request, Response
from app.core.templating import page
from app.notifications.actions.preferences import BadLink, read_token, unsubscribe
from app.notifications.forms import UnsubscribeForm
from app.notifications.kinds import PATH


class UnsubscribingController(Controller):
    """The way out that every letter has, for people and for mail programs (RFC 8058).

    Whoever has the letter may press it, signed in or not. Reading the page changes nothing:
    programs that look into e-mails open links too.
    """

    path = PATH
    guards = [ANYONE]

    @get()
    async def new(self, request: Request) -> Response:
        form = read_query(request, UnsubscribeForm).form
        if form is None:
            raise BadLink
        _, kind = read_token(form.token)
        return _show(request, kind=kind, token=form.token, done=False)

    @post()
    async def create(self, request: Request) -> Response:
        # A mail program posts to the letter's very address, with a body of its own.
        form = read_query(request, UnsubscribeForm).form
        form = form or (await read_form(request, UnsubscribeForm)).form
        if form is None:
            raise BadLink
        user, kind = read_token(form.token)
        await unsubscribe(user, kind)
        return _show(request, kind=kind, token=form.token, done=True)


def _show(request: Request, **context: Any) -> Response:
    return page(request, "notifications/unsubscribe.html", **context)
