"""Everything that we keep of somebody, for themselves."""

from typing import Any

import msgspec

from app.core.database import fetch, fetch_one

# What each part of a copy holds; $1 is whose. Of others only what a booking needs to be known by.
PARTS = {
    "account": """
        SELECT id, email, email_confirmed_at, name, role, language, created_at
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
    "extra_hours": "SELECT starts_at, ends_at FROM extra_hours WHERE provider = $1 ORDER BY id",
    "waiting_for": """
        SELECT s.name AS service, w.day, w.created_at
        FROM waitlist_entry w JOIN service s ON s.id = w.service WHERE w.customer = $1 ORDER BY w.id
    """,
    "times": "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1 ORDER BY starts_at",
    "emails": """
        SELECT recipient, subject, created_at, sent_at FROM email WHERE "user" = $1 ORDER BY id
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
