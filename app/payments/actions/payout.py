"""Paying out what providers have earned, in batches that an admin takes to the bank."""

from decimal import Decimal
from typing import Any

from app.accounts import audit
from app.accounts.audit import Action
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.payments import ledger
from app.payments.errors import NothingToPayOut, PayoutSettled
from app.payments.tables import PayoutState

# In a batch: agendas are locked while it is made. The largest balances come first.
MOST = 500

# Whose balance is at least $1 BRL and who has a Pix key: not who was switched off, but who left.
DUE = """
    SELECT a.provider, a.pix_key, sum(e.amount) AS amount
    FROM payout_account a
    JOIN users u ON u.id = a.provider AND (u.active OR u.deleted_at IS NOT NULL)
    JOIN ledger_entry e ON e.account = 'provider' AND e."user" = a.provider
    GROUP BY a.provider, a.pix_key HAVING sum(e.amount) >= $1
"""


@retried
async def make_payouts(admin: int, minimum: Decimal) -> int:
    """Take all balances of so much or more off the ledger, to be paid; gives the batch.

    Raises:
        NothingToPayOut.
    """
    async with transaction():
        due = await _lock_due(minimum)
        if not due:
            raise NothingToPayOut
        batch = await fetch_one("INSERT INTO payout_batch (admin) VALUES ($1) RETURNING id", admin)
        for payout in await _insert(batch["id"], due):
            await ledger.paid_out(payout)
        await audit.record(Action.PAYOUTS_MADE, actor=admin, batch=batch["id"], payouts=len(due))
    return int(batch["id"])


async def _lock_due(minimum: Decimal) -> list[Any]:
    """Whatever takes from a balance holds that provider's agenda: it is read again behind that."""
    locked = await fetch(
        f"""
        SELECT provider FROM agenda_settings WHERE provider IN (
            SELECT provider FROM ({DUE}) due ORDER BY amount DESC LIMIT {MOST}
        ) ORDER BY provider FOR UPDATE
        """,
        minimum,
    )
    return await fetch(
        f"SELECT * FROM ({DUE}) due WHERE provider = ANY($2) ORDER BY provider",
        minimum,
        [row["provider"] for row in locked],
    )


async def _insert(batch: int, due: list[Any]) -> list[Any]:
    return await fetch(
        """
        INSERT INTO payout (batch, provider, pix_key, amount)
        SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::numeric[])
        RETURNING id, provider, amount
        """,
        batch,
        [row["provider"] for row in due],
        [row["pix_key"] for row in due],
        [row["amount"] for row in due],
    )


async def settle_payout(admin: int, payout: int, state: PayoutState) -> int:
    """Note how a payout went; one that failed is on the provider's balance again. Gives its batch.

    Raises:
        NotFound. PayoutSettled: by somebody else meanwhile.
    """
    async with transaction():
        batch = await fetch_one("SELECT batch FROM payout WHERE id = $1", payout)
        if batch is None:
            raise NotFound
        if not await _settle("id = $1", payout, state, admin):
            raise PayoutSettled
    return int(batch["batch"])


async def settle_batch(admin: int, batch: int) -> None:
    """Note that all of a batch that still waited is paid.

    Raises:
        NotFound. PayoutSettled: nothing of it waits any more.
    """
    async with transaction():
        if not await fetch("SELECT FROM payout_batch WHERE id = $1", batch):
            raise NotFound
        if not await _settle("batch = $1", batch, PayoutState.PAID, admin):
            raise PayoutSettled


async def _settle(condition: str, identifier: int, state: PayoutState, admin: int) -> bool:
    """Whether any of them was still waiting. Nobody needs a settled payout's Pix key any more."""
    settled = await fetch(
        f"""
        UPDATE payout SET state = $2, settled_at = now(), pix_key = ''
        WHERE {condition} AND state = 'waiting' RETURNING id, provider, amount
        """,
        identifier,
        state.value,
    )
    for payout in settled:
        if state is PayoutState.FAILED:
            await ledger.payout_failed(payout)
        await audit.record(
            Action.PAYOUT_SETTLED,
            actor=admin,
            subject=payout["provider"],
            payout=payout["id"],
            state=state.value,
        )
        await enqueue(Due("tell_payout", payout["id"]))
    return bool(settled)
