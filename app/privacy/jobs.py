"""Background work on personal data: copies of it, and forgetting what nobody needs any more."""

from app.core.database import fetch
from app.core.jobs import Schedule
from app.privacy.actions.export import forget_old_exports, make_export

# How long each is kept, as the privacy notice says; a link beyond its end is good for nothing.
FORGOTTEN = (
    "DELETE FROM account_link WHERE expires_at < now()",
    """
    DELETE FROM push_message m USING notification n
    WHERE n.id = m.notification AND n.created_at < now() - interval '90 days'
    """,
    "DELETE FROM notification WHERE created_at < now() - interval '90 days'",
    """
    DELETE FROM email e WHERE created_at < now() - interval '90 days'
        AND NOT EXISTS (SELECT FROM notification n WHERE n.email = e.id)
    """,
    "DELETE FROM reminder WHERE starts_at < now() - interval '90 days'",
    """
    DELETE FROM payout_account a USING users u
    WHERE u.id = a.provider AND u.deleted_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_entry WHERE account = 'provider' AND "user" = a.provider
        HAVING sum(amount) > 0
    )
    """,
    "DELETE FROM webhook_delivery WHERE created_at < now() - interval '30 days'",
    "DELETE FROM waitlist_entry WHERE day < current_date - 90",
    "DELETE FROM time_off WHERE ends_at < now() - interval '1 year'",
    "DELETE FROM extra_hours WHERE ends_at < now() - interval '1 year'",
    "DELETE FROM audit_event WHERE at < now() - interval '1 year'",
    "DELETE FROM pgqueuer_log WHERE created < now() - interval '90 days'",
)


async def forget_old() -> None:
    for statement in FORGOTTEN:
        await fetch(statement)
    await forget_old_exports()


HANDLERS = {"make_export": make_export}
SCHEDULES = {"forget_old": Schedule("17 4 * * *", forget_old)}
