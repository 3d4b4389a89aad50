"""Who is at the other end of a socket."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from app.accounts.authentication import SignedIn, signed_in
from app.accounts.queries import unread_of
from app.accounts.tables import Role
from app.core import live
from app.core.cookies import read_cookie
from app.core.http import WebSocket
from app.core.sessions import COOKIE
from app.core.templating import render


async def accept(socket: WebSocket, *roles: Role) -> SignedIn | None:
    """Accept a socket for these roles; anybody else is closed out, and is None.

    After the handshake: a browser can't read a refused handshake and would try for ever.
    """
    user: SignedIn | None = socket.scope["user"]
    await socket.accept()
    if user is None or user.role not in roles:
        await socket.close(live.SESSION_ENDED)
        return None
    return user


async def follow(socket: WebSocket, user: SignedIn, *parts: live.Part) -> None:
    """Keep what a signed-in reader's page shows up to date until they sign out.

    Its bell too, if the page says in the parameter `sino` what that shows: so it needs no socket of
    its own.
    """
    if "sino" in socket.query_params:
        parts = (*parts, _bell(user, socket.query_params["sino"]))
    await live.follow(socket, parts, signed_out(socket, user))


def _bell(user: SignedIn, seen: str) -> live.Part:
    async def read() -> tuple[str, Callable[[], str]]:
        unread = await unread_of(user.id)
        return str(unread), partial(
            render, "components/live_bell.html", user.language, unread=unread
        )

    return live.Part(f"bell:{user.id}", f"{user.language} bell", seen, read)


def signed_out(socket: WebSocket, user: SignedIn) -> Coroutine[Any, Any, None]:
    """Return when the session that opened the socket has ended."""

    async def still_signed_in() -> bool:
        return await signed_in(read_cookie(socket, COOKIE)) is not None

    return live.signed_out(user.session, still_signed_in)
