from typing import Any

from app.core.database import fetch, fetch_one


async def user_signed_in(user: int) -> dict[str, Any] | None:
    """What every page knows of its reader; None when they are switched off."""
    row = await fetch_one(
        """
        SELECT id, email, name, role, language, email_confirmed_at IS NOT NULL AS email_confirmed,
            EXISTS (SELECT FROM authenticator a WHERE a."user" = users.id) AS has_authenticator,
            (SELECT count(*) FROM notification n
                WHERE n."user" = users.id AND n.read_at IS NULL) AS unread
        FROM users WHERE id = $1 AND active
        """,
        user,
    )
    return dict(row) if row else None


async def unread_of(user: int) -> int:
    """How many notifications wait for their reader."""
    row = await fetch_one(
        'SELECT count(*) AS unread FROM notification WHERE "user" = $1 AND read_at IS NULL', user
    )
    return int(row["unread"])


async def credentials(email: str) -> Any | None:
    """What signing in asks of an active user."""
    return await fetch_one(
        """
        SELECT u.id, u.password_hash, u.role, a.id IS NOT NULL AS has_authenticator,
            EXISTS (SELECT FROM passkey p WHERE p."user" = u.id) AS has_passkey
        FROM users u LEFT JOIN authenticator a ON a."user" = u.id
        WHERE u.email = $1 AND u.active
        """,
        email.lower(),
    )


async def active_user(user: int) -> Any | None:
    """What changing an account asks of its user."""
    return await fetch_one(
        """
        SELECT id, email, name, password_hash, role, language, email_confirmed_at,
            EXISTS (SELECT FROM authenticator a WHERE a."user" = users.id) AS has_authenticator
        FROM users WHERE id = $1 AND active
        """,
        user,
    )


async def account(user: int) -> Any:
    """What the account's own page shows."""
    return await fetch_one(
        """
        SELECT u.email, u.name, u.phone, u.role, u.created_at, u.email_confirmed_at,
            (SELECT a.created_at FROM authenticator a WHERE a."user" = u.id) AS authenticator_since,
            (SELECT count(*) FROM recovery_code c WHERE c."user" = u.id) AS recovery_codes,
            (SELECT count(*) FROM passkey p WHERE p."user" = u.id) AS passkeys,
            (SELECT l.email FROM account_link l
                WHERE l."user" = u.id AND l.purpose = 'take-email' AND l.expires_at > now()
            ) AS coming_email
        FROM users u WHERE u.id = $1
        """,
        user,
    )


async def passkeys_of(user: int) -> list[Any]:
    return await fetch(
        'SELECT id, name, created_at, used_at FROM passkey WHERE "user" = $1 ORDER BY id', user
    )
