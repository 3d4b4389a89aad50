"""Giving money back, from the queue of refunds."""

from datetime import timedelta

from app.accounts import audit
from app.accounts.audit import Action
from app.bookings.actions.life import lock_booking
from app.core import live
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.payments.actions.record import book_refund
from app.payments.gateways import gateway_named
from app.payments.gateways.port import GatewayError, Refunded, RefundState, Refused

# How soon a refund that is on its way is asked after again.
ASKED_AGAIN = timedelta(minutes=5)


async def send_refund(refund: int) -> None:
    """Ask the gateway for a refund, or how it stands, and write that down.

    Raises:
        GatewayError: to be tried again.
    """
    row = await fetch_one(
        """
        SELECT r.reference, r.amount, p.gateway, p.gateway_id
        FROM refund r JOIN payment_share s ON s.id = r.share JOIN payment p ON p.id = s.payment
        WHERE r.id = $1 AND r.state IN ('queued', 'pending')
        """,
        refund,
    )
    if row is None:
        return
    try:
        answer = await gateway_named(row["gateway"]).refund(
            row["gateway_id"], row["reference"].hex, row["amount"]
        )
    except Refused as error:
        answer = Refunded(RefundState.FAILED, "", str(error)[:80])
    await _record(refund, answer)


@retried
async def _record(refund: int, answer: Refunded) -> None:
    async with transaction():
        share = await fetch_one(
            """
            SELECT s.id, s.booking, p.customer FROM refund r
            JOIN payment_share s ON s.id = r.share JOIN payment p ON p.id = s.payment
            WHERE r.id = $1
            """,
            refund,
        )
        await lock_booking("b.id = $1", share["booking"])
        row = await fetch_one(
            """
            UPDATE refund SET state = $2::text, gateway_id = $3, problem = $4,
                done_at = CASE WHEN $2 = 'done' THEN now() END
            WHERE id = $1 AND state IN ('queued', 'pending') RETURNING id, amount
            """,
            refund,
            answer.state.value,
            answer.gateway_id,
            answer.problem,
        )
        if row is None:
            return
        if answer.state is RefundState.DONE:
            await book_refund(row, share)
        elif answer.state is RefundState.PENDING:
            await enqueue(Due("send_refund", refund, ASKED_AGAIN))
        live.publish_after_commit(f"user:{share['customer']}")


async def retry_refund(admin: int, refund: int) -> None:
    """Have a refund that was refused asked for again, as a new one to the gateway.

    Raises:
        NotFound: no such refund has failed.
    """
    async with transaction():
        row = await fetch_one(
            """
            UPDATE refund r SET state = 'queued', problem = '', reference = gen_random_uuid()
            FROM payment_share s JOIN payment p ON p.id = s.payment
            WHERE r.id = $1 AND s.id = r.share AND r.state = 'failed' RETURNING p.customer
            """,
            refund,
        )
        if row is None:
            raise NotFound
        await enqueue(Due("send_refund", refund))
        await audit.record(
            Action.REFUND_RETRIED, actor=admin, subject=row["customer"], refund=refund
        )


async def send_overdue_refunds() -> None:
    """Send what its own job has not, after all of its tries.

    A gateway that does not answer is not asked again in this round.
    """
    rows = await fetch(
        """
        SELECT r.id, p.gateway
        FROM refund r JOIN payment_share s ON s.id = r.share JOIN payment p ON p.id = s.payment
        WHERE r.state IN ('queued', 'pending') AND r.created_at < now() - interval '1 hour'
        ORDER BY r.id
        """
    )
    silent = set()
    for row in rows:
        if row["gateway"] in silent:
            continue
        try:
            await send_refund(row["id"])
        except GatewayError:
            silent.add(row["gateway"])
