from app.core.database import fetch_one, transaction
from app.notifications.actions.notify import notify
from app.notifications.letters import about_payout
from app.notifications.tables import Kind


async def tell_payout(payout: int) -> None:
    """Tell a provider how the transfer of their earnings went, once."""
    row = await fetch_one(
        """
        SELECT p.provider, p.amount, p.state, u.language FROM payout p
        JOIN users u ON u.id = p.provider WHERE p.id = $1 AND p.state <> 'waiting'
        """,
        payout,
    )
    if row is None:
        return
    async with transaction():
        await notify(row["provider"], Kind.PAYMENT, f"payout {payout}", about_payout(row))
