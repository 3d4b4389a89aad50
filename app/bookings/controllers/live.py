from collections.abc import Callable
from functools import partial

from litestar import Controller, websocket
from litestar.params import FromPath, FromQuery

from app.accounts.authentication import ANYONE, SignedIn
from app.accounts.sockets import accept, follow
from app.accounts.tables import Role
from app.bookings.actions.life import late_fee
from app.bookings.queries import booking_of, bookings_of_customer, history_of, series_of
from app.core import live
from app.core.http import WebSocket
from app.core.templating import render


class LiveController(Controller):
    path = "/contratacoes/ao-vivo"
    guards = [ANYONE]

    @websocket()
    async def mine(self, socket: WebSocket, visto: FromQuery[str] = "") -> None:
        """Send a customer's list whenever it changes. visto: the version that the page shows."""
        user = await accept(socket, Role.CUSTOMER)
        if user is None:
            return

        async def read() -> tuple[str, Callable[[], str]]:
            mine = await bookings_of_customer(user.id)
            return mine.version, partial(render, "bookings/_mine.html", user.language, mine=mine)

        part = live.Part(f"user:{user.id}", f"{user.language} bookings", visto, read)
        await follow(socket, user, part)

    @websocket("/{code:str}")
    async def one(self, socket: WebSocket, code: FromPath[str], visto: FromQuery[str] = "") -> None:
        """Send one booking to either side whenever it moves. visto: as above."""
        user = await accept(socket, *Role)
        if user is None:
            return
        booking = await booking_of(user.id, code)
        if booking is None:
            await socket.close(live.NOTHING_THERE)
            return
        side = "user" if user.id == booking["customer"] else "provider"
        part = live.Part(
            f"{side}:{user.id}", f"{user.language} {code}", visto, partial(_read, user, code)
        )
        await follow(socket, user, part)


async def _read(user: SignedIn, code: str) -> tuple[str, Callable[[], str]]:
    booking = await booking_of(user.id, code)
    assert booking is not None, "bookings stay with their two sides"
    shown = {
        "user": user,
        "booking": booking,
        "history": await history_of(booking["id"]),
        "series": await series_of(booking),
        "late_fee": late_fee(booking),
    }
    return str(booking["version"]), partial(
        render, "bookings/_booking.html", user.language, **shown
    )


CONTROLLERS = [LiveController]
