"""Everything that we keep of somebody, for themselves."""

from typing import Any

import msgspec

from app.core.database import fetch, fetch_one

# What each part of a copy holds; $1 is whose. Of others only what a booking needs to be known by.
PARTS = {
    "account": """
        SELECT id, email, email_confirmed_at, name, phone, role, language, zone, created_at
        FROM users WHERE id = $1
    """,
    "consents": 'SELECT document, version, given_at FROM consent WHERE "user" = $1 ORDER BY id',
    "second_factor": 'SELECT created_at FROM authenticator WHERE "user" = $1',
    "passkeys": 'SELECT name, created_at, used_at FROM passkey WHERE "user" = $1 ORDER BY id',
    "photos": "SELECT name, width, height, created_at FROM photo WHERE owner = $1 ORDER BY id",
    "bookings_made": """
        SELECT code, status, starts_at, ends_at, zone, service_name, variant_name, price, address,
            area, note, created_at
        FROM booking WHERE customer = $1 ORDER BY id
    """,
    "bookings_received": """
        SELECT code, status, starts_at, ends_at, zone, service_name, variant_name, price,
            created_at
        FROM booking WHERE provider = $1 ORDER BY id
    """,
    "payments": """
        SELECT p.reference, p.gateway, p.method, p.amount, p.state, p.created_at, p.paid_at,
            (SELECT json_agg(json_build_object('booking', b.code, 'amount', s.amount) ORDER BY s.id)
                FROM payment_share s JOIN booking b ON b.id = s.booking
                WHERE s.payment = p.id) AS bookings
        FROM payment p WHERE p.customer = $1 ORDER BY p.id
    """,
    "refunds": """
        SELECT b.code AS booking, r.amount, r.state, r.created_at, r.done_at
        FROM refund r
        JOIN payment_share s ON s.id = r.share
        JOIN payment p ON p.id = s.payment
        JOIN booking b ON b.id = s.booking
        WHERE p.customer = $1 ORDER BY r.id
    """,
    "balance": """
        SELECT t.kind, e.account, e.amount, t.created_at FROM ledger_entry e
        JOIN ledger_transaction t ON t.id = e.transaction WHERE e."user" = $1 ORDER BY e.id
    """,
    "payout_account": "SELECT pix_key, changed_at FROM payout_account WHERE provider = $1",
    "payouts": """
        SELECT p.amount, p.pix_key, p.state, b.created_at, p.settled_at
        FROM payout p JOIN payout_batch b ON b.id = p.batch WHERE p.provider = $1 ORDER BY p.id
    """,
    "services": """
        SELECT s.name, s.description, s.latitude, s.longitude, s.radius_km, s.active, s.created_at,
            (SELECT json_agg(json_build_object('name', v.name, 'price', v.price,
                'duration_minutes', v.duration_minutes, 'active', v.active) ORDER BY v.position)
                FROM service_variant v WHERE v.service = s.id) AS variants
        FROM service s WHERE s.provider = $1 ORDER BY s.id
    """,
    "agenda": """
        SELECT to_jsonb(a) - 'id' - 'provider' - 'written_until' AS rules,
            (SELECT json_agg(json_build_object('weekday', h.weekday, 'opens', h.opens,
                'closes', h.closes) ORDER BY h.weekday, h.opens)
                FROM weekly_hours h WHERE h.provider = a.provider) AS hours
        FROM agenda_settings a WHERE a.provider = $1
    """,
    "time_off": "SELECT starts_at, ends_at, note FROM time_off WHERE provider = $1 ORDER BY id",
    "calendar_feed": 'SELECT created_at FROM calendar_feed WHERE "user" = $1',
    "other_calendars": """
        SELECT name, url, synced_at, error FROM external_calendar WHERE provider = $1 ORDER BY id
    """,
    "webhooks": """
        SELECT url, events, active, created_at,
            (SELECT json_agg(json_build_object('event', d.kind, 'state', d.state, 'tries', d.tries,
                'status', d.status, 'created_at', d.created_at) ORDER BY d.id)
                FROM webhook_delivery d WHERE d.endpoint = e.id) AS deliveries
        FROM webhook_endpoint e WHERE provider = $1 ORDER BY id
    """,
    "extra_hours": "SELECT starts_at, ends_at FROM extra_hours WHERE provider = $1 ORDER BY id",
    "waiting_for": """
        SELECT s.name AS service, w.day, w.created_at
        FROM waitlist_entry w JOIN service s ON s.id = w.service WHERE w.customer = $1 ORDER BY w.id
    """,
    "times": "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1 ORDER BY starts_at",
    "emails": """
        SELECT recipient, subject, state, problem, code, created_at, sent_at
        FROM email WHERE "user" = $1 ORDER BY id
    """,
    "notifications": """
        SELECT n.kind, n.subject, n.details, b.code AS booking, n.created_at, n.read_at
        FROM notification n LEFT JOIN booking b ON b.id = n.booking
        WHERE n."user" = $1 ORDER BY n.id
    """,
    "notification_preferences": """
        SELECT kind, email, push FROM notification_preference WHERE "user" = $1 ORDER BY id
    """,
    "devices": 'SELECT endpoint, created_at FROM push_subscription WHERE "user" = $1 ORDER BY id',
    "messages_to_devices": """
        SELECT n.subject, m.created_at, m.sent_at
        FROM push_message m JOIN notification n ON n.id = m.notification
        WHERE n."user" = $1 ORDER BY m.id
    """,
    "audit": """
        SELECT at, action, actor IS NOT DISTINCT FROM $1 AS by_you,
            CASE WHEN actor = $1 OR actor IS NULL THEN address ELSE '' END AS address, detail
        FROM audit_event WHERE actor = $1 OR subject = $1 ORDER BY id
    """,
}


async def everything_of(user: int) -> dict[str, Any]:
    """Every part as a list of rows."""
    kept = {}
    for part, query in PARTS.items():
        row = await fetch_one(f"SELECT coalesce(json_agg(t), '[]') AS rows FROM ({query}) t", user)
        kept[part] = msgspec.json.decode(row["rows"])
    return kept


async def exports_of(user: int) -> list[Any]:
    """The copies that were asked for and are still kept, newest first."""
    return await fetch(
        """
        SELECT name, requested_at, ready_at, expires_at FROM data_export
        WHERE "user" = $1 AND expires_at > now() ORDER BY id DESC
        """,
        user,
    )


async def export_of(user: int, name: str) -> Any | None:
    """A copy of this user's that can be taken."""
    return await fetch_one(
        """
        SELECT name, requested_at FROM data_export
        WHERE "user" = $1 AND name = $2 AND ready_at IS NOT NULL AND expires_at > now()
        """,
        user,
        name,
    )
