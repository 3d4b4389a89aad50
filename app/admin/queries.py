"""Lists for the admin: newest first, by key, each with what it is searched by."""

from typing import Any

from app.admin.forms import AuditForm
from app.core.database import fetch
from app.emails.queries import emails as emails_sent

PAGE = 50


async def figures() -> Any:
    rows = await fetch(
        """
        SELECT (SELECT count(*) FROM users WHERE role = 'customer') AS customers,
            (SELECT count(*) FROM users WHERE role = 'provider') AS providers,
            (SELECT count(*) FROM service WHERE active) AS services,
            (SELECT count(*) FROM booking WHERE status = 'pending') AS pending,
            (SELECT count(*) FROM booking WHERE created_at > now() - interval '1 day')
                AS bookings_today
        """
    )
    return rows[0]


async def users(words: str, before: int | None) -> list[Any]:
    return await fetch(
        """
        SELECT id, name, email, role, active, created_at, deleted_at FROM users
        WHERE ($1 = '' OR email ILIKE '%' || $1 || '%' OR name ILIKE '%' || $1 || '%')
            AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        literal(words),
        before,
        PAGE + 1,
    )


async def services(words: str, before: int | None) -> list[Any]:
    return await fetch(
        """
        SELECT s.id, s.name, s.price_from, s.active, s.created_at, p.name AS provider_name,
            p.active AS provider_active
        FROM service s JOIN users p ON p.id = s.provider
        WHERE ($1 = '' OR s.name ILIKE '%' || $1 || '%' OR p.name ILIKE '%' || $1 || '%')
            AND ($2::bigint IS NULL OR s.id < $2)
        ORDER BY s.id DESC LIMIT $3
        """,
        literal(words),
        before,
        PAGE + 1,
    )


async def bookings(words: str, before: int | None) -> list[Any]:
    return await fetch(
        """
        SELECT b.id, b.code, b.status, b.starts_at, b.zone, b.service_name, b.price, b.created_at,
            customer.name AS customer_name, provider.name AS provider_name
        FROM booking b
        JOIN users customer ON customer.id = b.customer
        JOIN users provider ON provider.id = b.provider
        WHERE ($1 = '' OR b.code = upper($1) OR customer.name ILIKE '%' || $1 || '%'
                OR provider.name ILIKE '%' || $1 || '%')
            AND ($2::bigint IS NULL OR b.id < $2)
        ORDER BY b.id DESC LIMIT $3
        """,
        literal(words),
        before,
        PAGE + 1,
    )


async def jobs(words: str, before: int | None) -> list[Any]:
    """What is in the queue; error: the kind of the last one, which names nobody.

    words: a part of a job's name, or its state.
    """
    return await fetch(
        """
        SELECT q.id, q.entrypoint AS name, q.status::text AS status, q.created, q.execute_after,
            q.execute_after > now() AS later, convert_from(q.payload, 'UTF8') AS subject, (
                SELECT l.traceback ->> 'exception_type' FROM pgqueuer_log l
                WHERE l.job_id = q.id AND l.traceback IS NOT NULL ORDER BY l.created DESC LIMIT 1
            ) AS error
        FROM pgqueuer q
        WHERE ($1 = '' OR q.entrypoint ILIKE '%' || $1 || '%' OR q.status::text = $1)
            AND ($2::bigint IS NULL OR q.id < $2)
        ORDER BY q.id DESC LIMIT $3
        """,
        literal(words),
        before,
        PAGE + 1,
    )


async def failed_jobs() -> int:
    """How many jobs need a person."""
    rows = await fetch("SELECT count(*) AS failed FROM pgqueuer WHERE status = 'failed'")
    return int(rows[0]["failed"])


async def schedules() -> list[Any]:
    """What is done again and again, and when it was done last."""
    return await fetch(
        "SELECT entrypoint AS name, expression, last_run, next_run FROM pgqueuer_schedules"
        " ORDER BY entrypoint"
    )


async def emails(words: str, before: int | None) -> list[Any]:
    return await emails_sent(literal(words), before, PAGE + 1)


async def audit_events(form: AuditForm, most: int, before: int | None = None) -> list[Any]:
    """Newest first; days are those of UTC."""
    return await fetch(
        """
        SELECT e.id, e.at, e.action, e.address, e.detail, e.actor, e.subject,
            actor.name AS actor_name, subject.name AS subject_name
        FROM audit_event e
        LEFT JOIN users actor ON actor.id = e.actor
        LEFT JOIN users subject ON subject.id = e.subject
        WHERE ($1::text IS NULL OR e.action = $1)
            AND ($2 = '' OR e.actor = ANY(ARRAY(SELECT id FROM users WHERE
                    name ILIKE '%' || $2 || '%' OR email ILIKE '%' || $2 || '%'))
                OR e.subject = ANY(ARRAY(SELECT id FROM users WHERE
                    name ILIKE '%' || $2 || '%' OR email ILIKE '%' || $2 || '%')))
            AND ($3::date IS NULL OR e.at >= $3::date)
            AND ($4::date IS NULL OR e.at < $4::date + 1)
            AND ($5::bigint IS NULL OR e.id < $5)
        ORDER BY e.id DESC LIMIT $6
        """,
        form.action and form.action.value,
        literal(form.who),
        form.since,
        form.until,
        before or form.before,
        most,
    )


def literal(words: str) -> str:
    """The words with what ILIKE takes for wildcards made literal."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
