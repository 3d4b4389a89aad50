"""What holds for every answer of the API."""

from litestar.datastructures import MutableScopeHeaders
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core import limits
from app.core.client import client
from app.core.http import is_api
from app.settings import settings


class ApiLimit(ASGIMiddleware):
    """Count requests for each signed-in user, else for each network, and say how many are left."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not is_api(scope):
            await next_app(scope, receive, send)
            return
        user = scope.get("user")
        who = f"user:{user.id}" if user else f"network:{client().network}"
        limit = limits.Limit("api", settings().api_requests, limits.QUARTER_HOUR)
        taken = await limits.take(limit, who)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in taken.headers.items():
                    # A narrower limit has said its own.
                    headers.setdefault(name, value)
            await send(message)

        await next_app(scope, receive, send_with_headers)
