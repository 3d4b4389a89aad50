"""What tests of earnings need: a provider's ledger with what they did in it."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.accounts.forms import Proof
from app.bookings.actions.making import CODE_LETTERS
from app.core.database import fetch, fetch_one
from app.core.time import now
from app.payments.actions.receiving import change_pix_key
from tests.factories import PASSWORD, Offer, a_user, an_offer, forget_limits

KEY = "marlene@example.test"


async def a_past_booking(offer: Offer, kept: str = "0", status: str = "completed") -> Any:
    """id and code of one that is over, but not settled. kept: what was paid for it through us."""
    return await fetch_one(
        """
        INSERT INTO booking (code, customer, provider, service, variant, starts_at, ends_at, zone,
            status, service_name, variant_name, price, prepaid, commission_percent, paid, address,
            idempotency_key)
        SELECT $1, $2, provider, id, $4, now() - interval '2 h', now() - interval '1 h',
            'America/Sao_Paulo', $5, name, 'Uma unidade', 90, $6, 10, $6, 'Rua 1', $7
        FROM service WHERE id = $3 RETURNING id, code
        """,
        "".join(secrets.choice(CODE_LETTERS) for _ in range(8)),
        await a_user(),
        offer.service,
        offer.variant,
        status,
        Decimal(kept),
        uuid4(),
    )


async def earn(
    offer: Offer,
    kept: str = "90.00",
    commission: str = "9.00",
    *,
    at: datetime | None = None,
    status: str = "completed",
) -> str:
    """The code of a booking that has brought so much."""
    booking = await a_past_booking(offer, kept, status)
    await fetch(
        """
        WITH posted AS (
            INSERT INTO ledger_transaction (kind, booking, created_at) VALUES ('earned', $1, $4)
            RETURNING id
        )
        INSERT INTO ledger_entry (transaction, account, "user", amount)
        SELECT posted.id, e.* FROM posted, booking b, LATERAL (VALUES
            ('customer', b.customer, -$2::numeric), ('provider', b.provider, $2 - $3),
            ('platform', NULL, $3::numeric)
        ) e (account, whose, amount) WHERE b.id = $1 AND e.amount <> 0
        """,
        booking["id"],
        Decimal(kept),
        Decimal(commission),
        at or now(),
    )
    return str(booking["code"])


async def a_provider_to_pay(kept: str = "90.00", commission: str = "9.00") -> int:
    """Who has a Pix key and has earned so much."""
    offer = await an_offer()
    await earn(offer, kept, commission)
    await give_key(offer.provider)
    return offer.provider


async def give_key(provider: int, key: str = KEY, *, code: str = "") -> None:
    """code: of their authenticator, if they have one."""
    await forget_limits()
    await change_pix_key(provider, Proof(PASSWORD, code), key)


async def balance(provider: int) -> Decimal:
    row = await fetch_one(
        "SELECT coalesce(sum(amount), 0) AS amount FROM ledger_entry"
        " WHERE account = 'provider' AND \"user\" = $1",
        provider,
    )
    return Decimal(row["amount"])


async def payouts_to(provider: int) -> list[Any]:
    return await fetch("SELECT * FROM payout WHERE provider = $1 ORDER BY id", provider)
