"""A provider's webhooks, made in one line, and what came of them."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.core.database import fetch, fetch_one
from app.core.time import now
from app.webhooks.actions.endpoints import Added, add_endpoint
from app.webhooks.actions.telling import tell
from app.webhooks.events import EXAMPLE, Event
from app.webhooks.tables import Kind

HERE = "https://hooks.example/in"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def answer(status: int, *more: str) -> bytes:
    """more: further lines of its head."""
    head = "\r\n".join([f"HTTP/1.1 {status} X", "Content-Length: 0", *more])
    return head.encode() + b"\r\n\r\n"


async def a_webhook(
    provider: int, address: str = HERE, events: Iterable[Kind] = tuple(Kind)
) -> Added:
    return await add_endpoint(provider, address, [kind.value for kind in events])


async def a_delivery(webhook: Added, kind: Kind = Kind.CONFIRMED) -> int:
    """One that is due."""
    owner = await fetch_one("SELECT provider FROM webhook_endpoint WHERE id = $1", webhook.endpoint)
    await tell(Event(f"test:{uuid4().hex}", owner["provider"], kind, now(), EXAMPLE))
    return (await deliveries_to(webhook))[-1]["id"]


async def delivery_of(delivery: int) -> Any:
    return await fetch_one("SELECT * FROM webhook_delivery WHERE id = $1", delivery)


async def deliveries_to(webhook: Added) -> list[Any]:
    return await fetch(
        "SELECT * FROM webhook_delivery WHERE endpoint = $1 ORDER BY id", webhook.endpoint
    )


async def endpoint_of(webhook: Added) -> Any:
    return await fetch_one("SELECT * FROM webhook_endpoint WHERE id = $1", webhook.endpoint)


async def make_due(delivery: int) -> None:
    """As if its next try's time had come."""
    await fetch("UPDATE webhook_delivery SET next_try_at = now() WHERE id = $1", delivery)


async def fail_since(webhook: Added, ago: timedelta) -> None:
    await fetch(
        "UPDATE webhook_endpoint SET failing_since = now() - $2::interval WHERE id = $1",
        webhook.endpoint,
        ago,
    )


def fits(secret: str, headers: dict[str, str], body: bytes) -> list[bool]:
    """Which of the signatures this secret has made; by the words of the standard, from scratch:

    sign "msg_id.timestamp.payload" with HMAC-SHA256 and the base64-decoded part behind "whsec_".
    """
    kind, _, encoded = secret.partition("_")
    assert kind == "whsec"
    content = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    mine = hmac.new(base64.b64decode(encoded, validate=True), content, hashlib.sha256).digest()
    found = []
    for signature in headers["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        assert version == "v1"
        found.append(base64.b64decode(value, validate=True) == mine)
    return found
