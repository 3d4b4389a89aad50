from collections.abc import Callable
from functools import partial

from litestar import Controller, get, post, websocket
from litestar.params import FromQuery
from litestar.response import Redirect

from app.accounts.authentication import ANYONE, SIGNED_IN
from app.accounts.sockets import accept, follow
from app.accounts.tables import Role
from app.core import live
from app.core.errors import NotFound
from app.core.forms import read_form, read_query
from app.core.http import PathId, Request, Response, WebSocket
from app.core.notices import Notice, redirect
from app.core.templating import page, render
from app.emails.problems import MESSAGES
from app.notifications.actions.reading import open_notification, read_all
from app.notifications.forms import PageForm, ReadForm
from app.notifications.queries import Notifications, notifications_of


class NotificationsController(Controller):
    path = "/avisos"
    guards = [SIGNED_IN]

    @get()
    async def index(self, request: Request) -> Response:
        filled = read_query(request, PageForm)
        before = filled.values.get("before")
        return page(
            request,
            "notifications/index.html",
            status=filled.status,
            first=before is None,
            **_shown(await notifications_of(request.user.id, before)),
        )

    @get("/{notification:int}")
    async def show(self, request: Request, notification: PathId) -> Response:
        """Lead to what it is about. Having been there makes it read."""
        link = await open_notification(request.user.id, notification)
        return Redirect(link, status_code=303)

    @post("/leitura")
    async def read(self, request: Request) -> Response:
        form = (await read_form(request, ReadForm)).form
        if form is None:
            raise NotFound
        await read_all(request.user.id, form.newest)
        return redirect("/avisos", Notice.ALL_READ)


class LiveController(Controller):
    path = "/avisos/ao-vivo"
    guards = [ANYONE]

    @websocket()
    async def live(self, socket: WebSocket, visto: FromQuery[str | None] = None) -> None:
        """Keep a bell up to date, and the newest page of the list if that is what shows.

        visto: the version that the page shows of it.
        """
        user = await accept(socket, *Role)
        if user is None:
            return
        if visto is None:
            await follow(socket, user)
            return

        async def read() -> tuple[str, Callable[[], str]]:
            found = await notifications_of(user.id)
            return found.version, partial(
                render, "notifications/live.html", user.language, first=True, **_shown(found)
            )

        part = live.Part(f"bell:{user.id}", f"{user.language} list", visto, read)
        await follow(socket, user, part)


def _shown(found: Notifications) -> dict[str, object]:
    return {"notifications": found, "problems": MESSAGES}
