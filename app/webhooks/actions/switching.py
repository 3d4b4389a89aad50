from app.core.database import fetch
from app.webhooks.errors import NOT_TRIED
from app.webhooks.tables import Off


async def switch_off(endpoint: int, why: Off) -> bool:
    """Send nothing more to an endpoint, in the open transaction; False if it was off already."""
    changed = await fetch(
        """
        UPDATE webhook_endpoint SET active = false, off_because = $2, failing_since = NULL
        WHERE id = $1 AND active RETURNING id
        """,
        endpoint,
        why.value,
    )
    await fetch(
        """
        UPDATE webhook_delivery SET state = 'failed', next_try_at = NULL,
            error = CASE WHEN tries = 0 THEN $2 ELSE error END
        WHERE endpoint = $1 AND state = 'waiting'
        """,
        endpoint,
        NOT_TRIED,
    )
    return bool(changed)
