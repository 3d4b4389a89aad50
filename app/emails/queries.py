from typing import Any

from app.core.database import fetch, fetch_one


async def emails(words: str, before: int | None, most: int) -> list[Any]:
    """Newest first, found by a part of the address in which wildcards are made literal."""
    return await fetch(
        """
        SELECT id, recipient, subject, text <> '' AS kept, created_at, sent_at FROM email
        WHERE ($1 = '' OR recipient ILIKE '%' || $1 || '%') AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        words,
        before,
        most,
    )


async def email_to_read(email: int) -> Any | None:
    return await fetch_one(
        'SELECT id, "user", recipient, subject, text, created_at, sent_at FROM email WHERE id = $1',
        email,
    )
