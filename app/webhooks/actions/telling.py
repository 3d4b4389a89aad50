"""From an event to deliveries: one for each endpoint that wants to hear of it."""

from uuid import uuid4

from app.core import limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.core.time import now
from app.webhooks.errors import SwitchedOff
from app.webhooks.events import EXAMPLE, Event, body_of, booking_event, payment_event
from app.webhooks.tables import TRIAL


async def send_webhooks(event: int) -> None:
    """Tell of a move of a booking, if it is anybody's business."""
    found = await booking_event(event)
    if found:
        await tell(found)


async def send_payment_webhooks(event: int) -> None:
    """Tell of what has happened to a payment, if it is anybody's business."""
    found = await payment_event(event)
    if found:
        await tell(found)


async def tell(event: Event) -> None:
    """Have an event go to each endpoint of its provider that wants to hear of it, once."""
    async with transaction():
        # Locked, so that none is switched off or removed meanwhile.
        endpoints = await fetch(
            """
            SELECT e.id FROM webhook_endpoint e JOIN users u ON u.id = e.provider AND u.active
            WHERE e.provider = $1 AND e.active AND $2 = ANY(e.events)
            ORDER BY e.id FOR SHARE OF e
            """,
            event.provider,
            event.kind,
        )
        for endpoint in endpoints:
            await _deliver(endpoint["id"], event)


async def send_trial(provider: int, endpoint: int) -> None:
    """Send it something now that means nothing.

    Raises:
        NotFound: the provider has no such. SwitchedOff, TooMany.
    """
    await limits.take(limits.WEBHOOK, str(provider))
    async with transaction():
        await _lock_active(provider, endpoint)
        await _deliver(endpoint, Event(f"{TRIAL}:{uuid4().hex}", provider, TRIAL, now(), EXAMPLE))


async def send_again(provider: int, delivery: int) -> int:
    """Send a delivery once more from now on, by the id that it has had; also one that waits.

    Gives its endpoint.

    Raises:
        NotFound: the provider has no such. SwitchedOff, TooMany.
    """
    await limits.take(limits.WEBHOOK, str(provider))
    async with transaction():
        found = await fetch_one("SELECT endpoint FROM webhook_delivery WHERE id = $1", delivery)
        if found is None:
            raise NotFound
        await _lock_active(provider, found["endpoint"])
        await fetch(
            """
            UPDATE webhook_delivery SET state = 'waiting', tries = 0, next_try_at = now()
            WHERE id = $1
            """,
            delivery,
        )
        await enqueue(Due("deliver_webhook", delivery))
    return int(found["endpoint"])


async def _deliver(endpoint: int, event: Event) -> None:
    """Have an event go to an endpoint, unless it has gone there before."""
    message = f"msg_{uuid4().hex}"
    delivery = await fetch_one(
        """
        INSERT INTO webhook_delivery (endpoint, source, message, kind, body, next_try_at)
        VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (endpoint, source) DO NOTHING RETURNING id
        """,
        endpoint,
        event.source,
        message,
        event.kind,
        body_of(event, message),
    )
    if delivery:
        await enqueue(Due("deliver_webhook", delivery["id"]))


async def _lock_active(provider: int, endpoint: int) -> None:
    found = await fetch_one(
        "SELECT active FROM webhook_endpoint WHERE id = $1 AND provider = $2 FOR SHARE",
        endpoint,
        provider,
    )
    if found is None:
        raise NotFound
    if not found["active"]:
        raise SwitchedOff
