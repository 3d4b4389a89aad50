"""What a gateway says becomes what we know: once, in whatever order it is heard."""

from typing import Any

from app.bookings.actions.life import lock_booking
from app.bookings.actions.paid import book_paid
from app.bookings.tables import ACTIVE
from app.core import live
from app.core.database import fetch, fetch_one, retried, transaction
from app.payments import ledger
from app.payments.actions.events import write_event
from app.payments.actions.settle import settle
from app.payments.gateways.port import Standing, State
from app.payments.tables import PaymentEventKind


class WrongAmount(Exception):
    """The gateway took another amount than was asked for, which a person has to look into."""


async def known_of(payment: int) -> str:
    """What we know of a payment and its refunds; another text as soon as any of it changes."""
    row = await fetch_one(
        """
        SELECT concat_ws(' ', p.state, (
            SELECT string_agg(concat_ws(' ', r.id, r.reference, r.state), ',' ORDER BY r.id)
            FROM refund r JOIN payment_share s ON s.id = r.share WHERE s.payment = p.id
        )) AS known FROM payment p WHERE p.id = $1
        """,
        payment,
    )
    return str(row["known"])


@retried
async def record_standing(payment: int, standing: Standing, known: str) -> bool:
    """Write down where a payment stands; whoever paid has what is still held for them.

    known: known_of() before the gateway was asked. False, and nothing is written, if that has
    changed since: the gateway may not have known of it when it answered.

    Raises:
        WrongAmount.
    """
    async with transaction():
        shares = await _lock(payment)
        if await known_of(payment) != known:
            return False
        row = await fetch_one("SELECT * FROM payment WHERE id = $1 FOR UPDATE", payment)
        if standing.state is State.PAID and standing.paid != row["amount"]:
            raise WrongAmount
        changed = await _write_state(row, standing)
        if changed and standing.state in (State.PAID, State.RESERVED):
            await _keep(row, standing.state, shares)
        if changed and standing.state in (State.FAILED, State.CLOSED):
            await _tell_failure(row, standing.state, shares)
        changed |= await _write_refunds_of_others(row, standing, shares)
        for share in shares if changed else ():
            await settle(share["booking"])
        live.publish_after_commit(f"user:{row['customer']}")
    return True


async def _lock(payment: int) -> list[Any]:
    """Lock the agenda of what it pays for, as all do that change bookings; gives the shares."""
    shares = await fetch(
        """
        SELECT s.id, s.booking, s.amount, p.customer FROM payment_share s
        JOIN payment p ON p.id = s.payment WHERE p.id = $1 ORDER BY s.booking
        """,
        payment,
    )
    await lock_booking("b.id = $1", shares[0]["booking"])
    return shares


# From where it may come to where: money that is there never goes back to being expected.
NEXT = {
    "new": {"open", "reserved", "paid", "failed", "closed"},
    "open": {"reserved", "paid", "failed", "closed"},
    "reserved": {"paid", "failed", "closed"},
    "failed": {"reserved", "paid", "closed"},
    "closed": {"reserved", "paid"},
    "paid": set[str](),
}


async def _write_state(row: Any, standing: Standing) -> bool:
    if standing.state.value not in NEXT[row["state"]]:
        return False
    await fetch(
        """
        UPDATE payment SET state = $2::text, problem = $3,
            paid_at = CASE WHEN $2 = 'paid' THEN now() END
        WHERE id = $1
        """,
        row["id"],
        standing.state.value,
        standing.problem,
    )
    return True


async def _keep(row: Any, state: State, shares: list[Any]) -> None:
    """Post the money, and make bookings of what is still held; the rest is told to be late."""
    for share in shares:
        if state is State.PAID:
            await ledger.received(share)
            await fetch(
                "UPDATE booking SET paid = paid + $2 WHERE id = $1",
                share["booking"],
                share["amount"],
            )
        if row["state"] == State.RESERVED:
            continue
        booking = await lock_booking("b.id = $1", share["booking"])
        assert booking is not None
        if await book_paid(booking):
            kind = PaymentEventKind.PAID
        else:
            kind = PaymentEventKind.TWICE if booking["status"] in ACTIVE else PaymentEventKind.LATE
        await write_event(share, kind, share["amount"])


async def _tell_failure(row: Any, state: State, shares: list[Any]) -> None:
    """Of a refused card, and of reserved money that went away while it was counted upon."""
    for share in shares:
        booking = await lock_booking("b.id = $1", share["booking"])
        relied_on = row["state"] == State.RESERVED and booking and booking["status"] in ACTIVE
        if relied_on or (state is State.FAILED and share is shares[0]):
            await write_event(share, PaymentEventKind.FAILED, share["amount"])


async def _write_refunds_of_others(row: Any, standing: Standing, shares: list[Any]) -> bool:
    """What was given back without us, by hand at the gateway or by a chargeback; whether any was.

    Of several bookings' money it is taken from the first that has some left.
    """
    known = await fetch_one(
        """
        SELECT coalesce(sum(r.amount), 0) AS amount FROM refund r
        JOIN payment_share s ON s.id = r.share WHERE s.payment = $1 AND r.state <> 'failed'
        """,
        row["id"],
    )
    missing = unknown = standing.refunded - known["amount"]
    for share in shares if unknown > 0 else ():
        refund = await fetch_one(
            """
            INSERT INTO refund (share, reference, amount, state, done_at)
            SELECT s.id, gen_random_uuid(), least($2, s.amount - given.amount), 'done', now()
            FROM payment_share s, LATERAL (
                SELECT coalesce(sum(r.amount), 0) AS amount FROM refund r
                WHERE r.share = s.id AND r.state <> 'failed'
            ) given
            WHERE s.id = $1 AND given.amount < s.amount AND $2 > 0
            RETURNING id, amount
            """,
            share["id"],
            missing,
        )
        if refund:
            missing -= refund["amount"]
            await book_refund(refund, share)
    return bool(unknown > 0)


async def book_refund(refund: Any, share: Any) -> None:
    """A refund is done: post it, and have it told."""
    await ledger.refunded({**refund, "customer": share["customer"]})
    await fetch(
        "UPDATE booking SET refunded = refunded + $2 WHERE id = $1",
        share["booking"],
        refund["amount"],
    )
    await write_event(share, PaymentEventKind.REFUNDED, refund["amount"])
