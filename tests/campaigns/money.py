"""Paying for what was booked, and what has to be so of the money whatever becomes of it."""

from decimal import Decimal

from app.bookings.tables import ACTIVE, Status
from app.core.database import fetch
from app.core.errors import DomainError
from app.payments.actions.pay import start_payment
from app.payments.actions.webhooks import receive_webhook
from app.payments.gateways import sandbox
from app.payments.gateways.port import Method
from tests.factories import forget_limits
from tests.payments.paying import do_money_jobs


async def begin_to_pay(booking, method: Method) -> None:
    await forget_limits()
    try:
        await start_payment(booking["customer"], booking["code"], method)
    except DomainError:
        return
    await do_money_jobs()


async def charges_of(providers: list[int]) -> list[str]:
    """What the sandbox knows of, paid or not."""
    rows = await fetch(
        """
        SELECT DISTINCT p.gateway_id FROM payment p
        JOIN payment_share s ON s.payment = p.id
        JOIN booking b ON b.id = s.booking
        WHERE b.provider = ANY($1) AND p.gateway_id <> '' ORDER BY p.gateway_id
        """,
        providers,
    )
    return [row["gateway_id"] for row in rows]


async def pay(charge: str, *, pays: bool, late: bool) -> None:
    """Decide at the bank; late: as if it had been on its way when the charge was closed."""
    if late:
        await fetch(
            "UPDATE sandbox_charge SET state = 'open' WHERE reference = $1 AND state = 'closed'",
            charge,
        )
    if told := await sandbox.decide(charge, pays=pays):
        for _ in range(2):
            await receive_webhook("sandbox", {}, {}, told)
    await do_money_jobs()


async def check_money(provider: int) -> None:
    """
    Raises:
        AssertionError: somebody has what is another's.
    """
    await do_money_jobs()
    for booking in await fetch("SELECT * FROM booking WHERE provider = $1", provider):
        _check_booking(booking, await _money_of(booking["id"]))
    unbalanced = await fetch(
        "SELECT transaction FROM ledger_entry GROUP BY transaction HAVING sum(amount) <> 0"
    )
    assert unbalanced == [], "a transaction of the ledger does not add up to nothing"


def _check_booking(booking, money: dict[str, Decimal]) -> None:
    status = Status(booking["status"])
    kept = booking["paid"] - booking["refunded"]
    if status is Status.HELD:
        expected = Decimal(0)
    elif status in ACTIVE or status is Status.COMPLETED:
        # Reserved money is not there yet.
        expected = booking["prepaid"] if booking["paid"] else Decimal(0)
        reserved = money["reserved"] >= booking["prepaid"]
        assert booking["paid"] or reserved, "a booking that was not paid is confirmed"
    else:
        expected = min(booking["fee"], booking["prepaid"]) if booking["paid"] else Decimal(0)
    assert kept == expected, f"of what was paid {kept} is kept, not {expected}"
    held_for_customer = kept if status in ACTIVE else Decimal(0)
    assert money["customer"] == held_for_customer, "the ledger has another balance of the customer"
    assert money["gateway"] == -kept, "the ledger has another balance of the gateway"


async def _money_of(booking: int) -> dict[str, Decimal]:
    """What the ledger says of a booking, by account, and what is reserved for it."""
    rows = await fetch(
        """
        SELECT e.account AS name, sum(e.amount) AS amount FROM ledger_entry e
        JOIN ledger_transaction t ON t.id = e.transaction
        LEFT JOIN refund r ON r.id = t.refund
        LEFT JOIN payment_share s ON s.id = coalesce(t.share, r.share)
        WHERE coalesce(t.booking, s.booking) = $1 GROUP BY 1
        UNION ALL
        SELECT 'reserved', coalesce(sum(s.amount), 0) FROM payment_share s
        JOIN payment p ON p.id = s.payment WHERE s.booking = $1 AND p.state = 'reserved'
        """,
        booking,
    )
    return {"customer": Decimal(0), "gateway": Decimal(0)} | {
        row["name"]: row["amount"] for row in rows
    }
