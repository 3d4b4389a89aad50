from typing import Any

from app.core.database import fetch_one


async def user_signed_in(user: int) -> dict[str, Any] | None:
    """What every page knows of its reader; None when they are switched off."""
    row = await fetch_one(
        "SELECT id, email, name, role, language FROM users WHERE id = $1 AND active", user
    )
    return dict(row) if row else None


async def credentials(email: str) -> tuple[int, str] | None:
    """Id and password hash of an active user."""
    row = await fetch_one("SELECT id, password_hash FROM users WHERE email = $1 AND active", email)
    return (row["id"], row["password_hash"]) if row else None
