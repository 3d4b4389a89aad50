"""Every cookie of ours: for this host alone, not for scripts, in production never in the clear."""

from datetime import timedelta
from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from app.settings import settings


def cookie_name(name: str) -> str:
    # Browsers refuse a __Host- cookie that another host or a plain connection tries to set.
    return f"__Host-{name}" if settings().production else name


def cookie(
    name: str, value: str, lifetime: timedelta, samesite: Literal["lax", "strict"] = "lax"
) -> Cookie:
    """A cookie to set; an empty value removes it."""
    return Cookie(
        key=cookie_name(name),
        value=value,
        max_age=int(lifetime.total_seconds()) if value else 0,
        path="/",
        secure=settings().production,
        httponly=True,
        samesite=samesite,
    )


def read_cookie(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> str:
    """What the browser has sent of this cookie; empty if nothing."""
    return connection.cookies.get(cookie_name(name), "")
