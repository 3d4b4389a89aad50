from decimal import Decimal
from typing import Any

from app.core.database import fetch
from app.payments.tables import PaymentEventKind


async def write_event(share: Any, kind: PaymentEventKind, amount: Decimal) -> None:
    """Write down in the open transaction what has happened to a payment, for all who are told."""
    await fetch(
        "INSERT INTO payment_event (share, kind, amount) VALUES ($1, $2, $3)",
        share["id"],
        kind.value,
        amount,
    )
