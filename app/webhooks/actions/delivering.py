"""Trying to hand a delivery over, again and again over three days."""

import asyncio
import random
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from app.core.database import fetch, fetch_one, retried, transaction
from app.core.jobs import Due, enqueue
from app.core.outside import CannotReach, Reach
from app.core.time import now
from app.emails.actions import send_email
from app.webhooks.actions.signers import signers_of
from app.webhooks.actions.switching import switch_off
from app.webhooks.errors import NOT_TRIED
from app.webhooks.letters import switched_off
from app.webhooks.sending import post
from app.webhooks.signing import signed_headers
from app.webhooks.tables import TRIAL, Off

log = structlog.get_logger()

# After each try, counted from when it began; longer than any try takes (sending.SECONDS).
PAUSES = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=48),
)
# And up to so much of that more, so that a server which comes back is not met by all at once.
JITTER = 0.2
MOST_TRIES = len(PAUSES) + 1
# After the last try nothing follows but that it is given up, if its worker could not say so.
LAST_LOOK = PAUSES[0]
# So long nothing may arrive until an endpoint is switched off.
PATIENCE = timedelta(days=3)
GONE = 410
# So many side by side; the others wait.
_room = asyncio.Semaphore(100)


class Try(NamedTuple):
    delivery: int
    endpoint: int
    url: str
    number: int
    last: bool
    trial: bool
    headers: dict[str | bytes, str | bytes]
    body: bytes


async def deliver_webhook(delivery: int, reach: Reach | None = None) -> None:
    """Try to hand a delivery over, if it is its time.

    The next try is written down before this one is made. So a worker may die at any point, and of
    two at once only one sends; what is sent twice all the same has the same id.
    """
    async with _room:
        begun = await _begin(delivery)
        if begun is None:
            return
        try:
            status = await post(begun.url, begun.headers, begun.body, reach)
        except CannotReach as error:
            await _note_failure(begun, None, error.trouble.value)
            return
        if 200 <= status < 300:
            await _note_success(begun, status)
        else:
            await _note_failure(begun, status, "")


async def _begin(delivery: int) -> Try | None:
    async with transaction():
        row = await fetch_one(
            """
            SELECT d.id, d.endpoint, d.message, d.kind, d.body, d.tries, e.url,
                e.active AND u.active AS wanted
            FROM webhook_delivery d
            JOIN webhook_endpoint e ON e.id = d.endpoint
            JOIN users u ON u.id = e.provider
            WHERE d.id = $1 AND d.state = 'waiting' AND d.next_try_at <= now()
            FOR UPDATE OF d
            """,
            delivery,
        )
        if row is None:
            return None
        trial = row["kind"] == TRIAL
        most = 1 if trial else MOST_TRIES
        if row["tries"] >= most or not row["wanted"]:
            await fetch(
                """
                UPDATE webhook_delivery SET state = 'failed', next_try_at = NULL,
                    error = CASE WHEN tries = 0 THEN $2 ELSE error END
                WHERE id = $1
                """,
                delivery,
                NOT_TRIED,
            )
            return None
        number = row["tries"] + 1
        await _plan_next(delivery, number, last=number == most)
        body = row["body"].encode()
        signed = signed_headers(row["message"], now(), body, await signers_of(row["endpoint"]))
    headers = {"Content-Type": "application/json", "User-Agent": "mini-marketplace", **signed}
    return Try(delivery, row["endpoint"], row["url"], number, number == most, trial, headers, body)


async def _plan_next(delivery: int, number: int, *, last: bool) -> None:
    pause = LAST_LOOK if last else PAUSES[number - 1]
    pause *= 1 + random.uniform(0, JITTER)  # noqa: S311  No secret.
    await fetch(
        """
        UPDATE webhook_delivery SET tries = $2, tried_at = now(), next_try_at = now() + $3::interval
        WHERE id = $1
        """,
        delivery,
        number,
        pause,
    )
    await enqueue(Due("deliver_webhook", delivery, pause))


@retried
async def _note_success(begun: Try, status: int) -> None:
    async with transaction():
        await _lock_endpoint(begun)
        await fetch(
            "UPDATE webhook_endpoint SET failing_since = NULL"
            " WHERE id = $1 AND failing_since IS NOT NULL",
            begun.endpoint,
        )
        await fetch(
            """
            UPDATE webhook_delivery
            SET state = 'delivered', next_try_at = NULL, status = $2, error = '' WHERE id = $1
            """,
            begun.delivery,
            status,
        )


@retried
async def _note_failure(begun: Try, status: int | None, error: str) -> None:
    log.info("webhooks.not_delivered", delivery=begun.delivery, status=status, error=error)
    async with transaction():
        await _lock_endpoint(begun)
        # Unless it was sent again meanwhile.
        await fetch(
            """
            UPDATE webhook_delivery SET status = $3, error = $4,
                state = CASE WHEN $5 THEN 'failed' ELSE state END,
                next_try_at = CASE WHEN $5 THEN NULL ELSE next_try_at END
            WHERE id = $1 AND tries = $2 AND state = 'waiting'
            """,
            begun.delivery,
            begun.number,
            status,
            error,
            begun.last,
        )
        why = Off.GONE if status == GONE else await _patience_lost(begun)
        if why and await switch_off(begun.endpoint, why):
            await _write_to_owner(begun, why)


async def _lock_endpoint(begun: Try) -> None:
    """Before its delivery, as whoever switches it off does."""
    await fetch(
        "SELECT FROM webhook_endpoint WHERE id = $1 FOR NO KEY UPDATE",
        begun.endpoint,
    )


async def _patience_lost(begun: Try) -> Off | None:
    """Remember since when nothing arrives; a trial says nothing of that."""
    if begun.trial:
        return None
    row = await fetch_one(
        """
        UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, now())
        WHERE id = $1 AND active RETURNING failing_since < now() - $2::interval AS too_long
        """,
        begun.endpoint,
        PATIENCE,
    )
    return Off.FAILING if row and row["too_long"] else None


async def _write_to_owner(begun: Try, why: Off) -> None:
    owner: Any = await fetch_one(
        """
        SELECT u.id, u.email, u.language FROM webhook_endpoint e JOIN users u ON u.id = e.provider
        WHERE e.id = $1
        """,
        begun.endpoint,
    )
    letter = switched_off(begun.endpoint, begun.url, why)
    await send_email(owner["id"], owner["email"], owner["language"], letter)
