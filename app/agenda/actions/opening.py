from typing import Any

from app.core.database import fetch_one


async def open_agenda(provider: int) -> Any:
    """A provider's agenda_settings; made with its defaults when they look at it first."""
    return await fetch_one(
        """
        WITH made AS (
            INSERT INTO agenda_settings (provider) VALUES ($1) ON CONFLICT DO NOTHING RETURNING *
        )
        SELECT * FROM made UNION ALL SELECT * FROM agenda_settings WHERE provider = $1
        """,
        provider,
    )
