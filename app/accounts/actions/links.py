"""Links in e-mails: signed, good once and for a while, for one purpose."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from app.accounts.tables import Purpose
from app.core.database import fetch, fetch_one
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.signing import BadToken, sign, verify
from app.core.time import now
from app.settings import settings

AUDIENCE = "link"


class LinkSpent(DomainError):
    status = 410
    message = N_("This link has been used or is too old. Please ask for a new one.")


async def make_link(user: int, purpose: Purpose, email: str, path: str, lifetime: timedelta) -> str:
    """The address of a link; an older one for the same purpose is good no longer."""
    identifier = uuid4()
    await fetch(
        """
        INSERT INTO account_link (id, "user", purpose, email, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT ("user", purpose) DO UPDATE
            SET id = excluded.id, email = excluded.email, expires_at = excluded.expires_at
        """,
        identifier,
        user,
        purpose.value,
        email,
        now() + lifetime,
    )
    token = sign({"jti": str(identifier)}, AUDIENCE, lifetime)
    return f"{settings().base_url}{path}?{urlencode({'codigo': token})}"


async def find_link(token: str, *purposes: Purpose) -> Any:
    """The link of this token: user, purpose, email, and its user's name and language.

    Raises:
        LinkSpent: it is not ours, was used, is too old, or for something else.
    """
    link = await fetch_one(
        """
        SELECT l.id, l."user", l.purpose, l.email, u.email AS current_email, u.name, u.language
        FROM account_link l JOIN users u ON u.id = l."user" AND u.active
        WHERE l.id = $1 AND l.expires_at > now() AND l.purpose = ANY($2)
        """,
        _identifier(token),
        [purpose.value for purpose in purposes],
    )
    if link is None:
        raise LinkSpent
    return link


async def use_link(token: str, *purposes: Purpose) -> Any:
    """The same, and spend it in the open transaction, which also has the user's row locked."""
    link = await find_link(token, *purposes)
    await fetch("SELECT FROM users WHERE id = $1 FOR UPDATE", link["user"])
    if not await fetch("DELETE FROM account_link WHERE id = $1 RETURNING id", link["id"]):
        raise LinkSpent
    return link


async def drop_links(user: int) -> None:
    await fetch('DELETE FROM account_link WHERE "user" = $1', user)


def _identifier(token: str) -> UUID:
    try:
        return UUID(verify(token, AUDIENCE)["jti"])
    except (BadToken, KeyError, ValueError) as error:
        raise LinkSpent from error
