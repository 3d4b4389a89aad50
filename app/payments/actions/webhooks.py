"""What gateways tell us by themselves: kept once, and looked into by a job."""

from collections.abc import Mapping

from app.core.database import fetch, fetch_one, transaction
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_
from app.core.jobs import Due, enqueue
from app.payments.actions.charge import look_at_payment
from app.payments.gateways import gateways
from app.payments.gateways.port import BadWebhook


class NotBelieved(DomainError):
    status = 400
    message = N_("We could not read what was sent.")


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
        """
        SELECT w.id, p.id AS payment FROM webhook_event w
        LEFT JOIN payment p ON p.gateway = w.gateway AND (
            w.gateway_id <> '' AND p.gateway_id = w.gateway_id
            OR w.reference <> '' AND p.reference::text = w.reference
        )
        WHERE w.id = $1 AND w.processed_at IS NULL
        """,
        event,
    )
    if row is None:
        return
    if row["payment"]:
        await look_at_payment(row["payment"])
    await fetch("UPDATE webhook_event SET processed_at = now() WHERE id = $1", event)


async def forget_old_webhooks() -> None:
    await fetch("DELETE FROM webhook_event WHERE received_at < now() - interval '90 days'")
