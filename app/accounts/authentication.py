"""Who asks: the signed-in user of a request or socket, and who may do what."""

from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from app.accounts.queries import user_signed_in
from app.accounts.tables import Role
from app.core.errors import NotAllowed, NotSignedIn
from app.core.sessions import cookie_name, read_session, session_id


class SignedIn(msgspec.Struct, frozen=True):
    """The user of this request. session: the id of the session, not its token."""

    id: int
    email: str
    name: str
    role: Role
    language: str
    session: str


class Authentication(ASGIMiddleware):
    """Put the signed-in user, or None, into `scope["user"]`."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["user"] = None
        token = ASGIConnection(scope).cookies.get(cookie_name())
        if token:
            scope["user"] = await signed_in(token)
        await next_app(scope, receive, send)


async def signed_in(token: str) -> SignedIn | None:
    """The user of a living session, unless they were switched off."""
    session = await read_session(token)
    row = session and await user_signed_in(session.user)
    return SignedIn(**row, session=session_id(token)) if row else None


class Allow:
    """A guard: lets these in. None stands for whoever is not signed in."""

    def __init__(self, *who: Role | None) -> None:
        self.who = frozenset(who)

    # Not a plain function: Litestar would run that one in a thread.
    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        user = connection.scope.get("user")
        if (user.role if user else None) in self.who:
            return
        if user is None:
            raise NotSignedIn
        raise NotAllowed


ANYONE = Allow(None, *Role)
SIGNED_IN = Allow(*Role)
CUSTOMERS = Allow(Role.CUSTOMER)
PROVIDERS = Allow(Role.PROVIDER)
ADMINS = Allow(Role.ADMIN)
