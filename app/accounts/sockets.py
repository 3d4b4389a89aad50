"""Who is at the other end of a socket."""

from collections.abc import Coroutine
from typing import Any

from app.accounts.authentication import SignedIn, signed_in
from app.accounts.tables import Role
from app.core import live
from app.core.cookies import read_cookie
from app.core.http import WebSocket
from app.core.sessions import COOKIE


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


def signed_out(socket: WebSocket, user: SignedIn) -> Coroutine[Any, Any, None]:
    """Return when the session that opened the socket has ended."""

    async def still_signed_in() -> bool:
        return await signed_in(read_cookie(socket, COOKIE)) is not None

    return live.signed_out(user.session, still_signed_in)
