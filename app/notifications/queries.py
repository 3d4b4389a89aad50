import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from app.core.database import fetch, fetch_one
from app.core.i18n import Message
from app.notifications.kinds import BY_DEFAULT
from app.notifications.tables import Channel, Kind

PAGE = 30
# Both sides of a booking `b`, each with the zone in which they want to be told times.
SIDES = """
    b.customer, customer.name AS customer_name, customer.email AS customer_email,
    customer.language AS customer_language,
    coalesce(nullif(customer.zone, ''), b.zone) AS customer_zone,
    b.provider, provider.name AS provider_name, provider.email AS provider_email,
    provider.language AS provider_language,
    coalesce(nullif(provider.zone, ''), a.zone, b.zone) AS provider_zone
"""
JOINED_SIDES = """
    JOIN users customer ON customer.id = b.customer
    JOIN users provider ON provider.id = b.provider
    LEFT JOIN agenda_settings a ON a.provider = b.provider
"""
# What people chose for a kind, as channels.
CHOSEN = """
    array_remove(ARRAY[CASE WHEN p.email THEN 'email' END, CASE WHEN p.push THEN 'push' END], NULL)
"""


class Reader(NamedTuple):
    """Whom something is told, and by which channels."""

    email: str
    language: str
    channels: frozenset[Channel]


async def reader_of(user: int, kind: Kind) -> Reader | None:
    """How a user wants to be told of a kind; None when they have left."""
    row = await fetch_one(
        f"""
        SELECT u.email, u.language, CASE WHEN p.id IS NOT NULL THEN {CHOSEN} END AS chosen
        FROM users u LEFT JOIN notification_preference p ON p."user" = u.id AND p.kind = $2
        WHERE u.id = $1 AND u.active
        """,
        user,
        kind.value,
    )
    return row and Reader(row["email"], row["language"], _channels(kind, row["chosen"]))


async def preferences_of(user: int) -> dict[Kind, frozenset[Channel]]:
    rows = await fetch(
        f'SELECT p.kind, {CHOSEN} AS chosen FROM notification_preference p WHERE p."user" = $1',
        user,
    )
    chosen = {row["kind"]: row["chosen"] for row in rows}
    return {kind: _channels(kind, chosen.get(kind)) for kind in Kind}


def _channels(kind: Kind, chosen: list[str] | None) -> frozenset[Channel]:
    if chosen is None:
        return BY_DEFAULT[kind]
    return frozenset(Channel(name) for name in chosen)


async def zone_of(user: int) -> str:
    """In which somebody wants times told; empty: in that of the agenda."""
    row = await fetch_one("SELECT zone FROM users WHERE id = $1", user)
    return str(row["zone"])


async def notification_of(user: int, notification: int) -> Any | None:
    return await fetch_one(
        'SELECT id, link FROM notification WHERE "user" = $1 AND id = $2', user, notification
    )


@dataclass(frozen=True)
class Notifications:
    """A page of somebody's list, newest first; more: whether there are older ones.

    version: another one whenever it looks different.
    """

    rows: list[dict[str, Any]]
    more: bool

    @property
    def version(self) -> str:
        shown = [
            [str(value) for name, value in row.items() if name != "subject"] for row in self.rows
        ]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


async def notifications_of(user: int, before: int | None = None) -> Notifications:
    """With what each is about as it stands now, and where its letter and messages are."""
    rows = await fetch(
        """
        SELECT n.id, n.kind, n.subject, n.details, n.created_at, n.read_at, n.starts_at,
            b.service_name, coalesce(nullif(me.zone, ''), b.zone) AS zone,
            CASE WHEN b.customer = n."user" THEN provider.name ELSE customer.name END
                AS other_name,
            e.state, e.problem, e.code, e.sent_at, e.attempts, pushed.devices, pushed.reached
        FROM notification n
        JOIN users me ON me.id = n."user"
        LEFT JOIN (
            booking b
            JOIN users customer ON customer.id = b.customer
            JOIN users provider ON provider.id = b.provider
        ) ON b.id = n.booking
        LEFT JOIN email e ON e.id = n.email
        CROSS JOIN LATERAL (
            SELECT count(*) AS devices, count(m.sent_at) AS reached
            FROM push_message m WHERE m.notification = n.id
        ) pushed
        WHERE n."user" = $1 AND ($2::bigint IS NULL OR n.id < $2)
        ORDER BY n.id DESC LIMIT $3
        """,
        user,
        before,
        PAGE + 1,
    )
    shown = [
        {**row, "subject": Message(row["subject"], msgspec.json.decode(row["details"]))}
        for row in rows[:PAGE]
    ]
    return Notifications(shown, len(rows) > PAGE)


async def push_to_send(message: int) -> Any | None:
    """A message that has not gone to its browser yet, with all that takes."""
    return await fetch_one(
        """
        SELECT m.id, m.attempts, n.id AS notification, n.subject, n.details, u.language,
            s.id AS subscription, s."user", s.session, s.endpoint, s.p256dh, s.auth
        FROM push_message m
        JOIN notification n ON n.id = m.notification
        JOIN push_subscription s ON s.id = m.subscription
        JOIN users u ON u.id = s."user" AND u.active
        WHERE m.id = $1 AND m.sent_at IS NULL
        """,
        message,
    )


async def has_device(user: int, session: str) -> bool:
    """Whether the browser of this session is told."""
    found = await fetch(
        'SELECT FROM push_subscription WHERE "user" = $1 AND session = $2', user, session
    )
    return bool(found)
