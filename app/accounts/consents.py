"""What people agree to when they register, and which version of it."""

from typing import Any

from app.core.database import fetch

# A text that changes in substance gets a new version; whoever agreed to the old one is asked again.
VERSIONS = {"termos": "2026-11-25", "privacidade": "2026-11-25"}


async def agree(user: int) -> None:
    """Record that a user agrees to the present versions."""
    await fetch(
        """
        INSERT INTO consent ("user", document, version)
        SELECT $1, document, version FROM unnest($2::text[], $3::text[]) AS t (document, version)
        ON CONFLICT DO NOTHING
        """,
        user,
        list(VERSIONS),
        list(VERSIONS.values()),
    )


async def consents_of(user: int) -> list[Any]:
    return await fetch(
        'SELECT document, version, given_at FROM consent WHERE "user" = $1 ORDER BY id', user
    )
