from collections.abc import Mapping
from decimal import Decimal

from app.accounts import audit
from app.accounts.audit import Action
from app.core.database import fetch, transaction


async def set_commissions(admin: int, percents: Mapping[str, Decimal]) -> None:
    """Let the platform's share of these categories be so much for what is booked from now on.

    percents: by the categories' slugs; what is as it was is not touched.
    """
    async with transaction():
        rows = await fetch(
            """
            SELECT id, slug, commission_percent AS before FROM category
            WHERE slug = ANY($1) ORDER BY id FOR UPDATE
            """,
            list(percents),
        )
        for row in rows:
            percent = percents[row["slug"]]
            if percent == row["before"]:
                continue
            await fetch(
                "UPDATE category SET commission_percent = $2 WHERE id = $1", row["id"], percent
            )
            await audit.record(
                Action.COMMISSION_CHANGED,
                actor=admin,
                category=row["slug"],
                before=str(row["before"]),
                now=str(percent),
            )
