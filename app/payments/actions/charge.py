"""Making a charge at its gateway."""

from typing import Any

from app.core import live
from app.core.database import fetch_one, transaction
from app.core.time import format_day, local_day, now
from app.payments.gateways import gateway_named
from app.payments.gateways.port import Charge, Method, Refused
from app.settings import settings


async def create_charge(payment: int) -> None:
    """Tell the gateway of a payment, and keep how it can be paid.

    Raises:
        GatewayError: to be tried again.
    """
    row = await _payment(payment)
    if row is None or row["state"] != "new":
        return
    if row["expires_at"] <= now():
        await _write(row, "closed")
        return
    gateway = gateway_named(row["gateway"])
    try:
        created = await gateway.create(_charge(row), Method(row["method"]))
    except Refused as error:
        await _write(row, "failed", problem=str(error)[:80])
        return
    await _write(row, "open", created.gateway_id, created.pix_code, created.pay_url)


async def _payment(payment: int) -> Any | None:
    """The payment with the first of its bookings."""
    return await fetch_one(
        """
        SELECT p.*, b.code, b.service_name, b.starts_at, b.zone, u.language
        FROM payment p
        JOIN users u ON u.id = p.customer
        JOIN LATERAL (
            SELECT b.* FROM payment_share s JOIN booking b ON b.id = s.booking
            WHERE s.payment = p.id ORDER BY b.starts_at LIMIT 1
        ) b ON true
        WHERE p.id = $1
        """,
        payment,
    )


def _charge(row: Any) -> Charge:
    day = format_day(local_day(row["starts_at"], row["zone"]), row["language"])
    return Charge(
        reference=row["reference"].hex,
        amount=row["amount"],
        description=f"{row['service_name']}, {day} ({row['code']})",
        expires_at=row["expires_at"],
        return_url=f"{settings().base_url}/contratacoes/{row['code']}/pagamento?volta=1",
        reserve=row["reserve"],
    )


async def _write(
    row: Any,
    state: str,
    gateway_id: str = "",
    pix_code: str = "",
    pay_url: str = "",
    problem: str = "",
) -> None:
    async with transaction():
        await fetch_one(
            """
            UPDATE payment
            SET state = $2, gateway_id = $3, pix_code = $4, pay_url = $5, problem = $6
            WHERE id = $1 AND state = 'new' RETURNING id
            """,
            row["id"],
            state,
            gateway_id,
            pix_code,
            pay_url,
            problem,
        )
        live.publish_after_commit(f"user:{row['customer']}")
