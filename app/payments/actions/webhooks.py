"""What gateways tell us by themselves: kept once, and looked into by a job."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.payments.actions.look import look_at_payment
from app.payments.errors import NotBelieved
from app.payments.gateways import gateway_named, gateways
from app.payments.gateways.port import BadWebhook, Refused


async def receive_webhook(
    gateway: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
) -> None:
    """Keep what a gateway tells; what it has told before is there already.

    Raises:
        NotFound: no such gateway is set up. NotBelieved: it is not from there.
    """
    known = gateways().get(gateway)
    if known is None:
        raise NotFound
    try:
        notices = known.parse_webhook(headers, query, body)
    except BadWebhook as error:
        raise NotBelieved from error
    for notice in notices:
        async with transaction():
            row = await fetch_one(
                """
                INSERT INTO webhook_event (gateway, event, gateway_id, reference)
                VALUES ($1, $2, $3, $4) ON CONFLICT (gateway, event) DO NOTHING RETURNING id
                """,
                gateway,
                notice.event,
                notice.gateway_id,
                notice.reference,
            )
            if row:
                await enqueue(Due("process_webhook", row["id"]))


async def process_webhook(event: int) -> None:
    """Look at the charge that a webhook names, whatever it says of it.

    Raises:
        GatewayError: to be tried again.
    """
    row = await fetch_one(
        "SELECT gateway, gateway_id, reference FROM webhook_event"
        " WHERE id = $1 AND processed_at IS NULL",
        event,
    )
    if row is None:
        return
    # Of charges that are not ours the gateway knows nothing, or we don't.
    with suppress(Refused):
        if payment := await _payment_of(row):
            await look_at_payment(payment)
    await fetch("UPDATE webhook_event SET processed_at = now() WHERE id = $1", event)


async def _payment_of(notice: Any) -> int | None:
    """The payment by our own reference; some notices tell it only when the gateway is asked."""
    reference = notice["reference"]
    if not reference:
        standing = await gateway_named(notice["gateway"]).look(notice["gateway_id"])
        reference = standing.reference
    try:
        known_as = UUID(reference)
    except ValueError:
        return None
    row = await fetch_one("SELECT id FROM payment WHERE reference = $1", known_as)
    return row and int(row["id"])


async def forget_old_webhooks() -> None:
    await fetch("DELETE FROM webhook_event WHERE received_at < now() - interval '90 days'")
