from collections.abc import Callable
from functools import partial

from litestar import Controller, get, websocket
from litestar.params import FromQuery

from app.accounts.authentication import ANYONE, PROVIDERS
from app.accounts.sockets import accept, follow
from app.accounts.tables import Role
from app.core import live
from app.core.http import Request, Response, WebSocket
from app.core.templating import fragment, page, render, wants_fragment
from app.dashboard.queries import board_of


class DashboardController(Controller):
    path = "/painel"

    @get(guards=[PROVIDERS])
    async def show(self, request: Request) -> Response:
        board = await board_of(request.user.id)
        if wants_fragment(request):
            return fragment(request, "dashboard/_board.html", board=board)
        return page(request, "dashboard/show.html", board=board)

    @websocket("/ao-vivo", guards=[ANYONE])
    async def live(self, socket: WebSocket, visto: FromQuery[str] = "") -> None:
        """Send the board whenever it changes. visto: the version that the page shows."""
        user = await accept(socket, Role.PROVIDER)
        if user is None:
            return

        async def read_board() -> tuple[str, Callable[[], str]]:
            board = await board_of(user.id)
            return board.version, partial(
                render, "dashboard/_board.html", user.language, board=board
            )

        board = live.Part(f"provider:{user.id}", user.language, visto, read_board)
        await follow(socket, user, board)
