"""What tests of payments need: somebody who has booked, and the money that they have paid."""

from decimal import Decimal
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one
from app.payments.actions.pay import start_payment
from app.payments.actions.webhooks import receive_webhook
from app.payments.gateways import sandbox
from app.payments.gateways.port import Method
from app.payments.jobs import HANDLERS
from tests.factories import (
    Offer,
    a_booking,
    a_provider,
    a_user,
    an_offer,
    booking_named,
    free_time,
    in_days,
)
from tests.jobs import do_jobs

NOON = in_days(5, 15)


class Deal(NamedTuple):
    """A booking that waits to be paid."""

    offer: Offer
    customer: int
    code: str

    async def booking(self) -> Any:
        return await booking_named(self.code)


async def a_deal(
    *,
    prepaid_percent: int = 100,
    instant: bool = True,
    cancel_fee_percent: int = 0,
    starts_at: Any = NOON,
    price: str = "90.00",
    customer: int | None = None,
) -> Deal:
    provider = await a_provider(instant=instant, cancel_fee_percent=cancel_fee_percent)
    offer = await an_offer(provider, prepaid_percent=prepaid_percent, price=price)
    await free_time(provider, starts_at, 4)
    customer = customer or await a_user()
    return Deal(offer, customer, await a_booking(offer, starts_at, customer))


async def a_charge(deal: Deal, method: Method = Method.PIX) -> str:
    """The reference of a charge that the gateway knows of."""
    await start_payment(deal.customer, deal.code, method)
    await do_money_jobs()
    return str((await newest_payment(deal))["gateway_id"])


async def pay(reference: str, *, pays: bool = True) -> None:
    """The payer decides at the gateway, whose webhook comes and is looked into."""
    told = await sandbox.decide(reference, pays=pays)
    assert told, "nobody can decide that any more"
    await receive_webhook("sandbox", {}, {}, told)
    await do_money_jobs()


async def a_paid_deal(method: Method = Method.PIX, **deal: Any) -> Deal:
    made = await a_deal(**deal)
    await pay(await a_charge(made, method))
    return made


async def do_money_jobs() -> None:
    """Until none of them is left."""
    while await fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = ANY($1) AND execute_after <= now()", list(HANDLERS)
    ):
        await do_jobs(*HANDLERS)


async def newest_payment(deal: Deal) -> Any:
    return (await payments_of(deal))[-1]


async def payments_of(deal: Deal) -> list[Any]:
    return await fetch(
        """
        SELECT p.* FROM payment p JOIN payment_share s ON s.payment = p.id
        JOIN booking b ON b.id = s.booking WHERE b.code = $1 ORDER BY p.id
        """,
        deal.code,
    )


async def refunds_of(deal: Deal) -> list[Any]:
    return await fetch(
        """
        SELECT r.* FROM refund r JOIN payment_share s ON s.id = r.share
        JOIN booking b ON b.id = s.booking WHERE b.code = $1 ORDER BY r.id
        """,
        deal.code,
    )


async def events_of(deal: Deal) -> list[str]:
    rows = await fetch(
        """
        SELECT e.kind FROM payment_event e JOIN payment_share s ON s.id = e.share
        JOIN booking b ON b.id = s.booking WHERE b.code = $1 ORDER BY e.id
        """,
        deal.code,
    )
    return [row["kind"] for row in rows]


async def balance(user: int) -> Decimal:
    row = await fetch_one(
        'SELECT coalesce(sum(amount), 0) AS amount FROM ledger_entry WHERE "user" = $1', user
    )
    return Decimal(row["amount"])
