from typing import Any

import litestar
from litestar import Controller, get, post

from app.accounts.actions.sign_in import Tokens, refresh_tokens, sign_in_to_api, sign_out
from app.accounts.authentication import ANYONE, SIGNED_IN
from app.accounts.forms import ApiSignInForm, RefreshForm
from app.accounts.tables import Role
from app.accounts.tokens import LIFETIME
from app.core.forms import read_json
from app.core.http import Request, Response


class AuthController(Controller):
    path = "/api/auth"

    @post("/login", guards=[ANYONE])
    async def login(self, request: Request) -> Response:
        return _answer(await sign_in_to_api(await read_json(request, ApiSignInForm)))

    @post("/refresh", guards=[ANYONE])
    async def refresh(self, request: Request) -> Response:
        form = await read_json(request, RefreshForm)
        return _answer(await refresh_tokens(form.token))

    @post("/logout", guards=[SIGNED_IN], status_code=204)
    async def logout(self, request: Request) -> None:
        await sign_out(request.user.id, request.user.session)


class UsersController(Controller):
    path = "/api/usuarios"
    guards = [SIGNED_IN]

    @get("/me")
    async def show(self, request: Request) -> dict[str, Any]:
        user = request.user
        return _user({"id": user.id, "name": user.name, "email": user.email, "role": user.role})


def _answer(tokens: Tokens) -> Response:
    content = {
        "accessToken": tokens.access,
        "tokenType": "Bearer",
        "expiresIn": int(LIFETIME.total_seconds()),
        "refreshToken": tokens.refresh,
        "usuario": _user(tokens.user),
    }
    return litestar.Response(content, status_code=200, headers={"Cache-Control": "no-store"})


def _user(user: Any) -> dict[str, Any]:
    return {
        "id": user["id"],
        "nome": user["name"],
        "email": user["email"],
        "role": Role(user["role"]).on_wire,
    }


API = [AuthController, UsersController]
