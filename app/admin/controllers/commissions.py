from typing import Any

from litestar import Controller, get, post

from app.accounts.authentication import ADMINS
from app.admin import money
from app.admin.forms import commissions_form, percents_of
from app.core.forms import blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.payments.actions.commissions import set_commissions

PATH = "/admin/comissoes"


class CommissionsController(Controller):
    path = PATH
    guards = [ADMINS]

    @get()
    async def edit(self, request: Request) -> Response:
        categories = await money.commissions()
        filled = blank(**{row["slug"]: _plain(row["commission_percent"]) for row in categories})
        return show_form(request, "admin/commissions.html", filled, categories=categories)

    @post()
    async def update(self, request: Request) -> Response:
        categories = await money.commissions()
        filled = await read_form(
            request, commissions_form(tuple(row["slug"] for row in categories))
        )
        if filled.form is None:
            return show_form(request, "admin/commissions.html", filled, categories=categories)
        await set_commissions(request.user.id, percents_of(filled.typed))
        return redirect(PATH, Notice.COMMISSIONS_SAVED)


def _plain(percent: Any) -> str:
    """ "10" and "12.5"."""
    return f"{percent:f}".rstrip("0").rstrip(".")
