"""A gateway of our own for demos and tests: it has a pay page, and no money moves."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.core.database import fetch, fetch_one
from app.core.signing import BadToken, sign, verify
from app.payments.gateways.brcode import dynamic_brcode
from app.payments.gateways.port import (
    BadWebhook,
    Charge,
    Created,
    Method,
    Notice,
    Refunded,
    RefundState,
    Refused,
    Standing,
    State,
)
from app.settings import settings

AUDIENCE = "sandbox-webhook"
# How long its word is believed.
FRESH = timedelta(minutes=5)


class Sandbox:
    name = "sandbox"
    methods = frozenset(Method)

    async def create(self, charge: Charge, method: Method) -> Created:
        await fetch(
            """
            INSERT INTO sandbox_charge (reference, method, amount, description, return_url, reserve)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (reference) DO NOTHING
            """,
            charge.reference,
            method.value,
            charge.amount,
            charge.description[:200],
            charge.return_url,
            charge.reserve,
        )
        address = f"{settings().base_url}/sandbox/{charge.reference}"
        if method is Method.CARD:
            return Created(charge.reference, pay_url=address)
        # Nobody's bank reads anything there, so it is of no use to pay with.
        location = f"sandbox.invalid/{charge.reference}"
        code = dynamic_brcode(location, "Sandbox", "Sandbox")
        return Created(charge.reference, pix_code=code, pay_url=address)

    async def look(self, gateway_id: str) -> Standing:
        charge = await _charge(gateway_id)
        given = await fetch_one(
            "SELECT coalesce(sum(amount), 0) AS amount FROM sandbox_refund WHERE charge = $1",
            charge["id"],
        )
        state = State(charge["state"])
        paid = charge["amount"] if state is State.PAID else Decimal(0)
        return Standing(state, paid, given["amount"], reference=gateway_id)

    async def capture(self, gateway_id: str) -> None:
        await fetch(
            "UPDATE sandbox_charge SET state = 'paid' WHERE reference = $1 AND state = 'reserved'",
            gateway_id,
        )

    async def close(self, gateway_id: str) -> None:
        await fetch(
            """
            UPDATE sandbox_charge SET state = 'closed'
            WHERE reference = $1 AND state IN ('open', 'reserved')
            """,
            gateway_id,
        )

    async def refund(self, gateway_id: str, reference: str, amount: Decimal) -> Refunded:
        done = await fetch(
            """
            INSERT INTO sandbox_refund (charge, reference, amount)
            SELECT c.id, $2::text, $3 FROM sandbox_charge c
            WHERE c.reference = $1 AND c.state = 'paid' AND c.amount >= $3 + (
                SELECT coalesce(sum(r.amount), 0) FROM sandbox_refund r
                WHERE r.charge = c.id AND r.reference <> $2
            )
            ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference RETURNING id
            """,
            gateway_id,
            reference,
            amount,
        )
        if not done:
            raise Refused("more than was paid")
        return Refunded(RefundState.DONE, reference)

    def parse_webhook(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        try:
            claims = verify(body.decode("ascii"), AUDIENCE)
        except (BadToken, UnicodeDecodeError) as error:
            raise BadWebhook from error
        return [Notice(claims["event"], claims["charge"], claims["charge"])]


async def _charge(reference: str) -> Any:
    charge = await charge_to_pay(reference)
    if charge is None:
        raise Refused("no such charge")
    return charge


async def charge_to_pay(reference: str) -> Any | None:
    return await fetch_one("SELECT * FROM sandbox_charge WHERE reference = $1", reference)


async def decide(reference: str, *, pays: bool) -> bytes | None:
    """What whoever looks at the pay page decides; gives the webhook that tells of it, if any."""
    charge = await fetch_one(
        """
        UPDATE sandbox_charge
        SET state = CASE WHEN NOT $2 THEN 'failed' WHEN reserve THEN 'reserved' ELSE 'paid' END
        WHERE reference = $1 AND state IN ('open', 'failed') RETURNING reference
        """,
        reference,
        pays,
    )
    return charge and webhook(charge["reference"])


def webhook(charge: str) -> bytes:
    """That something has happened to a charge, signed by the sandbox."""
    return sign({"event": uuid4().hex, "charge": charge}, AUDIENCE, FRESH).encode()
