"""Asking gateways where payments stand."""

from contextlib import suppress
from typing import Any

from app.core.database import fetch, fetch_one
from app.payments.actions.charge import create_charge
from app.payments.actions.record import known_of, record_standing
from app.payments.actions.settle import settle_booking
from app.payments.gateways import gateway_named
from app.payments.gateways.port import GatewayError, PaymentGateway, Refused

# How often it is asked anew when its answer was overtaken by what happened here.
TRIES = 3


async def look_at_payment(payment: int) -> None:
    """Ask the gateway where a payment stands, and write down what is new.

    Raises:
        GatewayError: to be tried again.
    """
    if row := await _known_there(payment):
        await _look(row, gateway_named(row["gateway"]))


async def capture_charge(payment: int) -> None:
    """Take the money that is reserved.

    Raises:
        GatewayError: to be tried again.
    """
    row = await _known_there(payment)
    if row and row["state"] == "reserved":
        gateway = gateway_named(row["gateway"])
        # What was refused shows where the charge stands now.
        with suppress(Refused):
            await gateway.capture(row["gateway_id"])
        await _look(row, gateway)


async def close_charge(payment: int) -> None:
    """Let nobody pay any more, or let go of what is reserved.

    Raises:
        GatewayError: to be tried again.
    """
    row = await _known_there(payment)
    if row and row["state"] in ("open", "reserved"):
        gateway = gateway_named(row["gateway"])
        with suppress(Refused):
            await gateway.close(row["gateway_id"])
        await _look(row, gateway)


async def _known_there(payment: int) -> Any | None:
    """A payment that its gateway knows of."""
    return await fetch_one(
        "SELECT id, gateway, gateway_id, state FROM payment WHERE id = $1 AND gateway_id <> ''",
        payment,
    )


async def _look(payment: Any, gateway: PaymentGateway) -> None:
    for _ in range(TRIES):
        known = await known_of(payment["id"])
        standing = await gateway.look(payment["gateway_id"])
        if await record_standing(payment["id"], standing, known):
            return
    raise GatewayError("overtaken")


async def look_at_open_payments() -> None:
    """See to what jobs and webhooks have not.

    A gateway that does not answer is not asked again in this round.
    """
    rows = await fetch(
        """
        SELECT p.id, p.gateway, p.state, min(s.booking) AS booking
        FROM payment p JOIN payment_share s ON s.payment = p.id
        WHERE p.state IN ('new', 'open', 'reserved') AND p.created_at < now() - interval '2 min'
            AND p.expires_at > now() - interval '8 days'
        GROUP BY p.id ORDER BY p.id
        """
    )
    silent = set()
    for row in rows:
        if row["gateway"] in silent:
            continue
        try:
            with suppress(Refused):
                await (create_charge if row["state"] == "new" else look_at_payment)(row["id"])
                await settle_booking(row["booking"])
        except GatewayError:
            silent.add(row["gateway"])
