"""Taking somebody's personal data out of everything (LGPD, art. 18, VI), bookings staying."""

from typing import Any

from app.accounts import audit
from app.accounts.actions.credentials import check_own_password
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.accounts.tables import Role
from app.bookings.actions.change import cancel_bookings_of
from app.core import files
from app.core.database import fetch, retried, transaction
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_
from app.core.sessions import end_sessions_of
from app.photos.actions import PHOTOS, remove_photos_of
from app.privacy.actions.export import EXPORTS, forget_exports_of

# Nobody's, in no language.
NO_NAME = "—"

# $1: whose; $2: the e-mail, which people also write into texts ("***=": as it stands, no pattern).
ERASURES = (
    'DELETE FROM account_link WHERE "user" = $1',
    'DELETE FROM recovery_code WHERE "user" = $1',
    'DELETE FROM authenticator WHERE "user" = $1',
    'DELETE FROM passkey WHERE "user" = $1',
    'DELETE FROM calendar_feed WHERE "user" = $1',
    """
    DELETE FROM push_message m USING notification n
    WHERE n.id = m.notification AND n."user" = $1
    """,
    'DELETE FROM push_subscription WHERE "user" = $1',
    'DELETE FROM notification WHERE "user" = $1',
    'DELETE FROM notification_preference WHERE "user" = $1',
    'DELETE FROM email WHERE "user" = $1',
    # What others were written about them and has not gone out; what waits is on its way.
    """
    UPDATE email SET text = '', html = '', calendar = ''
    FROM notification n JOIN booking b ON b.id = n.booking
    WHERE n.email = email.id AND email.state <> 'waiting' AND $1 IN (b.customer, b.provider)
    """,
    "DELETE FROM slot WHERE provider = $1 AND NOT taken",
    "DELETE FROM weekly_hours WHERE provider = $1",
    "DELETE FROM extra_hours WHERE provider = $1",
    "DELETE FROM time_off WHERE provider = $1",
    "DELETE FROM external_calendar WHERE provider = $1",
    # Its secrets and its log go with it.
    "DELETE FROM webhook_endpoint WHERE provider = $1",
    "DELETE FROM waitlist_entry WHERE customer = $1",
    # What they are still owed is paid out there; privacy/jobs.py forgets it then. A payout on its
    # way keeps its key until it has arrived. The ledger has no names.
    """
    DELETE FROM payout_account WHERE provider = $1 AND NOT EXISTS (
        SELECT FROM ledger_entry WHERE account = 'provider' AND "user" = $1
        HAVING sum(amount) > 0
    )
    """,
    """
    DELETE FROM waitlist_entry w USING service s
    WHERE s.id = w.service AND s.provider = $1 AND w.booking IS NULL
    """,
    # What was booked stays known by its code, its time and its price.
    "UPDATE booking SET address = '', area = '', note = '' WHERE customer = $1",
    """
    UPDATE booking SET service_name = regexp_replace(service_name, '***=' || $2, '', 'gi'),
        variant_name = regexp_replace(variant_name, '***=' || $2, '', 'gi')
    WHERE provider = $1
    """,
    f"""
    UPDATE service_variant v SET active = false, name = '{NO_NAME}'
    FROM service s WHERE s.id = v.service AND s.provider = $1
    """,
    f"""
    UPDATE service s SET active = false, name = '{NO_NAME}', description = '',
        latitude = p.latitude, longitude = p.longitude
    FROM place p WHERE p.id = s.place AND s.provider = $1
    """,
    f"""
    UPDATE users SET email = 'deleted-' || id || '@deleted.invalid', email_confirmed_at = NULL,
        name = '{NO_NAME}', phone = '', zone = '', password_hash = '!', active = false,
        deleted_at = now()
    WHERE id = $1 AND email = $2
    """,
)


class LastAdmin(DomainError):
    status = 409
    message = N_("You are the only admin. Make another one first.")


async def delete_account(user: int, proof: Proof) -> None:
    """Erase or blank what is personal, cancel what is to come, and sign out everywhere.

    Raises:
        WrongPassword, TooMany. LastAdmin: nobody would be left. NotFound: it is deleted already.
    """
    shown = await check_own_password(user, proof)
    exports, photos = await _erase(user, shown["role"])
    for folder, names in ((EXPORTS, exports), (PHOTOS, photos)):
        for name in names:
            await files.remove(folder, name)


@retried
async def _erase(user: int, role: str) -> tuple[list[str], list[str]]:
    """Gives the files of exports and photos to remove."""
    async with transaction():
        found = await _lock(user, role)
        await cancel_bookings_of(user)
        exports, photos = await forget_exports_of(user), await remove_photos_of(user)
        for erasure in ERASURES:
            arguments = (user, found["email"]) if "$2" in erasure else (user,)
            await fetch(erasure, *arguments)
        await audit.record(Action.ACCOUNT_DELETED, actor=user)
        # Before the commit: with Redis away nothing is deleted, and nothing is left half done.
        await end_sessions_of(user)
    return exports, photos


async def _lock(user: int, role: str) -> Any:
    """Lock the agendas that a leaving user stands in, then their row, and give it as it is now.

    In this order, which is that of bookings. Admins lock each other too, so that two can't leave
    at once.
    """
    await fetch(
        """
        SELECT FROM agenda_settings WHERE provider = $1 OR provider IN (
            SELECT provider FROM booking WHERE customer = $1 AND starts_at > now()
        ) ORDER BY provider FOR UPDATE
        """,
        user,
    )
    admin = role == Role.ADMIN
    rows = await fetch(
        """
        SELECT id, email FROM users WHERE active AND (id = $1 OR $2 AND role = 'admin')
        ORDER BY id FOR UPDATE
        """,
        user,
        admin,
    )
    found = next((row for row in rows if row["id"] == user), None)
    if found is None:
        raise NotFound
    if admin and len(rows) == 1:
        raise LastAdmin
    return found
