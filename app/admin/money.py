"""Lists of money for the admin: as those in queries.py, newest first and by key."""

from typing import Any
from uuid import UUID

from app.admin.queries import PAGE, literal
from app.core.database import fetch, fetch_one


async def payments(words: str, before: int | None) -> list[Any]:
    """words: a booking's code, our or the gateway's reference, or a state."""
    return await fetch(
        """
        SELECT p.id, p.created_at, p.gateway, p.method, p.state, p.amount, p.problem, p.reference,
            ARRAY(SELECT b.code FROM payment_share s JOIN booking b ON b.id = s.booking
                WHERE s.payment = p.id ORDER BY b.starts_at, b.id) AS codes,
            (SELECT coalesce(sum(r.amount), 0) FROM payment_share s JOIN refund r ON r.share = s.id
                WHERE s.payment = p.id AND r.state = 'done') AS refunded
        FROM payment p
        WHERE ($1 = '' OR p.state = $1 OR p.gateway_id = $1 OR p.reference = $2
                OR p.id IN (SELECT s.payment FROM booking b
                    JOIN payment_share s ON s.booking = b.id WHERE b.code = upper($1)))
            AND ($3::bigint IS NULL OR p.id < $3)
        ORDER BY p.id DESC LIMIT $4
        """,
        words,
        _uuid(words),
        before,
        PAGE + 1,
    )


def _uuid(words: str) -> UUID | None:
    """With or without its dashes, as gateways show it."""
    try:
        return UUID(words)
    except ValueError:
        return None


async def failed_refunds() -> list[Any]:
    """What a person has to see to, the oldest first."""
    return await fetch(
        """
        SELECT r.id, r.amount, r.problem, r.created_at, b.code, p.gateway, p.gateway_id
        FROM refund r
        JOIN payment_share s ON s.id = r.share
        JOIN payment p ON p.id = s.payment
        JOIN booking b ON b.id = s.booking
        WHERE r.state = 'failed' ORDER BY r.id LIMIT $1
        """,
        PAGE,
    )


BATCH = """
    SELECT pb.id, pb.created_at, u.name AS admin_name, count(*) AS payouts, sum(p.amount) AS amount,
        count(*) FILTER (WHERE p.state = 'waiting') AS waiting,
        count(*) FILTER (WHERE p.state = 'failed') AS failed
    FROM payout_batch pb
    JOIN users u ON u.id = pb.admin
    JOIN payout p ON p.batch = pb.id
"""


async def payout_batches(words: str, before: int | None) -> list[Any]:
    """words: a part of the name of somebody who is paid in it."""
    return await fetch(
        f"""
        {BATCH}
        WHERE ($1 = '' OR pb.id IN (SELECT o.batch FROM payout o JOIN users v ON v.id = o.provider
                WHERE v.name ILIKE '%' || $1 || '%'))
            AND ($2::bigint IS NULL OR pb.id < $2)
        GROUP BY pb.id, u.name ORDER BY pb.id DESC LIMIT $3
        """,
        literal(words),
        before,
        PAGE + 1,
    )


async def payout_batch(batch: int) -> Any | None:
    return await fetch_one(f"{BATCH} WHERE pb.id = $1 GROUP BY pb.id, u.name", batch)


async def payouts_of(batch: int) -> list[Any]:
    return await fetch(
        """
        SELECT p.id, 'REPASSE-' || p.id AS reference, p.amount, p.pix_key, p.state, p.settled_at,
            u.name AS provider_name
        FROM payout p JOIN users u ON u.id = p.provider WHERE p.batch = $1 ORDER BY p.id
        """,
        batch,
    )


async def commissions() -> list[Any]:
    return await fetch(
        "SELECT slug, name_pt, name_en, commission_percent FROM category ORDER BY name_pt, id"
    )
