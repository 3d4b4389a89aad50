"""The API's tokens: a JWT that names a session, so that ending the session ends the token."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.accounts.tables import Role
from app.core.signing import BadToken, sign, verify

AUDIENCE = "api"
LIFETIME = timedelta(hours=24)


def access_token(session: str, user: Any) -> str:
    """A JWT for the API; user: a row with id, email and role."""
    claims = {"sub": str(user["id"]), "sid": session, "jti": uuid4().hex, "id": user["id"]}
    claims |= {"email": user["email"], "role": Role(user["role"]).on_wire}
    return sign(claims, AUDIENCE, LIFETIME)


def session_of_token(token: str) -> str | None:
    """The session that an access token names; None if the token is not good."""
    try:
        return str(verify(token, AUDIENCE)["sid"])
    except (BadToken, KeyError):
        return None
