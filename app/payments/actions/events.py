from decimal import Decimal
from typing import Any

from app.core.database import fetch_one
from app.core.jobs import Due, enqueue
from app.payments.tables import PaymentEventKind


async def write_event(share: Any, kind: PaymentEventKind, amount: Decimal) -> None:
    """Write down in the open transaction what has happened to a payment, and have it told."""
    event = await fetch_one(
        "INSERT INTO payment_event (share, kind, amount) VALUES ($1, $2, $3) RETURNING id",
        share["id"],
        kind.value,
        amount,
    )
    await enqueue(Due("tell_payment", event["id"]), Due("send_payment_webhooks", event["id"]))
