"""Double-entry bookkeeping: every transaction adds up to zero, and none is posted twice.

A customer's, a provider's and the platform's balance is what we owe them; a gateway's is negative,
the money of theirs that lies there.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from app.core.database import fetch, fetch_one
from app.payments.tables import Account, TransactionKind


class Entry(NamedTuple):
    """amount: BRL that a balance grows by. user: whose, of customers and providers."""

    account: Account
    amount: Decimal
    user: int | None = None


async def post(kind: TransactionKind, cause: str, identifier: int, *entries: Entry) -> None:
    """Post a transaction in the open one of the database, unless it is there already.

    cause: the column of what caused it (share, refund, booking or payout). Entries of nothing are
    left out; without any other nothing is posted.
    """
    moving = [entry for entry in entries if entry.amount]
    if not moving:
        return
    transaction = await fetch_one(
        f"""
        INSERT INTO ledger_transaction (kind, {cause}) VALUES ($1, $2)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        kind.value,
        identifier,
    )
    if transaction is None:
        return
    await fetch(
        """
        INSERT INTO ledger_entry (transaction, account, "user", amount)
        SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::numeric[])
        """,
        transaction["id"],
        [entry.account.value for entry in moving],
        [entry.user for entry in moving],
        [entry.amount for entry in moving],
    )


async def received(share: Any) -> None:
    """share: with customer and amount."""
    await post(
        TransactionKind.RECEIVED,
        "share",
        share["id"],
        Entry(Account.CUSTOMER, share["amount"], share["customer"]),
        Entry(Account.GATEWAY, -share["amount"]),
    )


async def refunded(refund: Any) -> None:
    """refund: with customer and amount."""
    await post(
        TransactionKind.REFUNDED,
        "refund",
        refund["id"],
        Entry(Account.CUSTOMER, -refund["amount"], refund["customer"]),
        Entry(Account.GATEWAY, refund["amount"]),
    )


async def earned(booking: Any, kept: Decimal, commission: Decimal) -> None:
    """kept: what of the customer's money is the provider's now; commission: what of that is ours.

    A commission on what the provider was paid on the spot is owed by them.
    """
    await post(
        TransactionKind.EARNED,
        "booking",
        booking["id"],
        Entry(Account.CUSTOMER, -kept, booking["customer"]),
        Entry(Account.PROVIDER, kept - commission, booking["provider"]),
        Entry(Account.PLATFORM, commission),
    )


async def paid_out(payout: Any) -> None:
    await _pay(TransactionKind.PAID_OUT, payout, payout["amount"])


async def payout_failed(payout: Any) -> None:
    await _pay(TransactionKind.PAYOUT_FAILED, payout, -payout["amount"])


async def _pay(kind: TransactionKind, payout: Any, amount: Decimal) -> None:
    await post(
        kind,
        "payout",
        payout["id"],
        Entry(Account.PROVIDER, -amount, payout["provider"]),
        Entry(Account.GATEWAY, amount),
    )
