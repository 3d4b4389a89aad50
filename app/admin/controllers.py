from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, get, post
from litestar.response import Redirect

from app.accounts.authentication import ADMINS
from app.admin import actions, queries
from app.admin.forms import ListForm, SituationForm
from app.core.errors import DomainError
from app.core.forms import read_form, read_query
from app.core.http import PathId, Request, Response
from app.core.templating import fragment, page, wants_fragment

Listing = Callable[[str, int | None], Awaitable[list[Any]]]


class OverviewController(Controller):
    path = "/admin"
    guards = [ADMINS]

    @get()
    async def show(self, request: Request) -> Response:
        return page(request, "admin/show.html", figures=await queries.figures())


class UsersController(Controller):
    path = "/admin/usuarios"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _list(request, "users", queries.users)

    @post("/{user:int}/situacao")
    async def update(self, request: Request, user: PathId) -> Response:
        await actions.set_user_active(request.user.id, user, await _active(request))
        return Redirect("/admin/usuarios", status_code=303)


class ServicesController(Controller):
    path = "/admin/servicos"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _list(request, "services", queries.services)

    @post("/{service:int}/situacao")
    async def update(self, request: Request, service: PathId) -> Response:
        await actions.set_service_active(service, await _active(request))
        return Redirect("/admin/servicos", status_code=303)


class BookingsController(Controller):
    path = "/admin/contratacoes"
    guards = [ADMINS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _list(request, "bookings", queries.bookings)


async def _list(request: Request, name: str, listing: Listing) -> Response:
    filled = read_query(request, ListForm)
    rows: list[Any] = []
    if filled.form:
        rows = await listing(filled.form.words, filled.form.before)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    next_page = None
    if more:
        following = {"q": filled.typed["q"], "pagina": shown[-1]["id"]}
        next_page = f"{request.url.path}?{urlencode(following)}"
    context = {"filled": filled, "rows": shown, "next_page": next_page}
    status = 422 if filled.errors else 200
    if wants_fragment(request):
        return fragment(request, f"admin/_{name}.html", status=status, **context)
    return page(request, f"admin/{name}.html", status=status, **context)


async def _active(request: Request) -> bool:
    filled = await read_form(request, SituationForm)
    if filled.form is None:
        raise DomainError
    return filled.form.active


CONTROLLERS = [OverviewController, UsersController, ServicesController, BookingsController]
