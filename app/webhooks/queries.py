from typing import Any

from app.core.database import fetch, fetch_one

# An endpoint with what was sent to it last.
SHOWN = """
    SELECT e.id, e.url, e.events, e.active, e.off_because, e.failing_since, e.created_at,
        last.state AS last_state, last.created_at AS last_at, last.status AS last_status,
        last.error AS last_error, (
            SELECT max(s.expires_at) FROM webhook_secret s
            WHERE s.endpoint = e.id AND s.expires_at > now()
        ) AS two_secrets_until,
        coalesce(a.zone, 'America/Sao_Paulo') AS zone
    FROM webhook_endpoint e
    LEFT JOIN agenda_settings a ON a.provider = e.provider
    LEFT JOIN LATERAL (
        SELECT d.state, d.created_at, d.status, d.error FROM webhook_delivery d
        WHERE d.endpoint = e.id ORDER BY d.id DESC LIMIT 1
    ) last ON true
"""


async def endpoints_of(provider: int) -> list[Any]:
    """The provider's webhooks, in the order in which they were added."""
    return await fetch(f"{SHOWN} WHERE e.provider = $1 ORDER BY e.id", provider)


async def endpoint_of(provider: int, endpoint: int) -> Any | None:
    return await fetch_one(f"{SHOWN} WHERE e.provider = $1 AND e.id = $2", provider, endpoint)


async def deliveries_to(endpoint: int, before: int | None, most: int) -> list[Any]:
    """Newest first."""
    return await fetch(
        """
        SELECT id, message, kind, state, tries, next_try_at, tried_at, status, error, created_at
        FROM webhook_delivery
        WHERE endpoint = $1 AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        endpoint,
        before,
        most,
    )
