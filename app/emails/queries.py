from typing import Any

from app.core.database import fetch, fetch_one


async def emails(words: str, before: int | None, most: int) -> list[Any]:
    """Newest first, found by a part of the address, in which wildcards are literal, or a state."""
    return await fetch(
        """
        SELECT id, recipient, subject, text <> '' AS readable, state, problem, code, attempts,
            tried_at, created_at, sent_at
        FROM email
        WHERE ($1 = '' OR recipient ILIKE '%' || $1 || '%' OR state = $1)
            AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        words,
        before,
        most,
    )


async def emails_given_up() -> int:
    """How many letters need a person."""
    row = await fetch_one("SELECT count(*) AS n FROM email WHERE state IN ('bounced', 'failed')")
    return int(row["n"])


async def email_to_read(email: int) -> Any | None:
    return await fetch_one(
        """
        SELECT id, "user", recipient, subject, text, html, calendar, state, problem, code,
            attempts, tried_at, created_at, sent_at
        FROM email WHERE id = $1
        """,
        email,
    )
