"""Who asks: the signed-in user of a request or socket, and who may do what."""

from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from app.accounts.queries import user_signed_in
from app.accounts.tables import Role
from app.accounts.tokens import session_of_token
from app.core.cookies import read_cookie
from app.core.errors import NotAllowed, NotSignedIn, SecondFactorMissing
from app.core.http import is_api
from app.core.sessions import COOKIE, read_session, session_id


class SignedIn(msgspec.Struct, frozen=True):
    """The user of this request.

    unread: how many notifications wait for them. session: the id of the session, not its token.
    strong: opened with a second factor.
    """

    id: int
    email: str
    email_confirmed: bool
    name: str
    role: Role
    language: str
    has_authenticator: bool
    unread: int
    session: str
    strong: bool


class Authentication(ASGIMiddleware):
    """Put the signed-in user, or None, into `scope["user"]`.

    Pages know them by a cookie, the API also by `Authorization: Bearer`.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["user"] = None
        connection = ASGIConnection[Any, Any, Any, Any](scope)
        kind, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and is_api(scope):
            scope["user"] = await _signed_in(session_of_token(bearer.strip()), api=True)
        elif token := read_cookie(connection, COOKIE):
            scope["user"] = await signed_in(token)
        if scope["user"]:
            bind_contextvars(user=scope["user"].id)
        await next_app(scope, receive, send)


async def signed_in(token: str) -> SignedIn | None:
    """The user of a browser's living session, unless they were switched off."""
    return await _signed_in(session_id(token), api=False)


async def _signed_in(identifier: str | None, *, api: bool) -> SignedIn | None:
    """api: whether the session must be a program's or a browser's; neither passes for the other."""
    session = identifier and await read_session(identifier)
    if not identifier or not session or session.api != api:
        return None
    row = await user_signed_in(session.user)
    return SignedIn(**row, session=identifier, strong=session.strong) if row else None


class Allow:
    """A guard: lets these in. None stands for whoever is not signed in."""

    def __init__(self, *who: Role | None) -> None:
        self.who = frozenset(who)

    # Not a plain function: Litestar would run that one in a thread.
    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        user: SignedIn | None = connection.scope.get("user")
        if (user.role if user else None) not in self.who:
            raise NotAllowed if user else NotSignedIn
        if self.who == {Role.ADMIN} and user and not user.strong:
            raise SecondFactorMissing


ANYONE = Allow(None, *Role)
SIGNED_IN = Allow(*Role)
CUSTOMERS = Allow(Role.CUSTOMER)
PROVIDERS = Allow(Role.PROVIDER)
# Their session must have been opened with a second factor.
ADMINS = Allow(Role.ADMIN)
