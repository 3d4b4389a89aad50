"""Taking time out of an agenda and giving it back.

A free slot is a free stretch of time. Taking a period turns the stretch around it into the taken
slot and leaves what remains on either side as new free ones; giving it back joins it with the free
slots that touch it, as far as the provider still works then. Both happen inside a transaction that
has locked the provider's agenda_settings row first, so that every agenda has one writer at a time.
"""

from datetime import datetime

from app.core.database import fetch, fetch_one


async def lock_agenda(provider: int) -> None:
    """Be the one writer of an agenda until the open transaction ends."""
    await fetch("SELECT FROM agenda_settings WHERE provider = $1 FOR UPDATE", provider)


async def take_time(service: int, starts_at: datetime, ends_at: datetime) -> int | None:
    """Carve the period out and give the id of the taken slot; None if it can't be had."""
    row = await fetch_one(
        """
        WITH free AS (
            SELECT slot.id, slot.provider, slot.starts_at, slot.ends_at,
                coalesce(s.buffer_before_minutes, a.buffer_before_minutes) AS before,
                coalesce(s.buffer_after_minutes, a.buffer_after_minutes) AS after
            FROM service s
            JOIN agenda_settings a ON a.provider = s.provider
            JOIN slot ON slot.provider = s.provider
            WHERE s.id = $1 AND NOT slot.taken AND slot.starts_at <= $2 AND slot.ends_at >= $3
                AND $2 IN (SELECT free_starts($1, $3 - $2, $2, $2, NULL, NULL))
        ), taken AS (
            UPDATE slot SET starts_at = $2, ends_at = $3, taken = true,
                buffer_before_minutes = free.before, buffer_after_minutes = free.after
            FROM free WHERE slot.id = free.id
            RETURNING slot.id, slot.provider,
                free.starts_at AS free_from, free.ends_at AS free_until
        ), rest AS (
            INSERT INTO slot (provider, starts_at, ends_at)
            SELECT provider, piece.starts_at, piece.ends_at
            FROM taken
            CROSS JOIN LATERAL (VALUES (free_from, $2), ($3, free_until)) piece (starts_at, ends_at)
            WHERE piece.starts_at < piece.ends_at
        )
        SELECT id FROM taken
        """,
        service,
        starts_at,
        ends_at,
    )
    return row["id"] if row else None


async def give_back_time(slot: int) -> None:
    """Make a taken slot free again, joined with the free time that touches it."""
    await fetch(
        """
        WITH mine AS (
            DELETE FROM slot WHERE id = $1 RETURNING provider, starts_at, ends_at
        ), joined AS (
            DELETE FROM slot USING mine
            WHERE slot.provider = mine.provider AND NOT slot.taken
                AND (slot.ends_at = mine.starts_at OR slot.starts_at = mine.ends_at)
            RETURNING tstzrange(slot.starts_at, slot.ends_at) AS stretch
        ), freed AS (
            SELECT unnest(
                working_time(
                    mine.provider,
                    (mine.starts_at AT TIME ZONE a.zone)::date - 1,
                    (mine.ends_at AT TIME ZONE a.zone)::date)
                * tstzmultirange(tstzrange(mine.starts_at, mine.ends_at))
            ) AS stretch
            FROM mine JOIN agenda_settings a ON a.provider = mine.provider
        )
        INSERT INTO slot (provider, starts_at, ends_at)
        SELECT mine.provider, lower(stretch), upper(stretch)
        FROM mine, unnest((
            SELECT range_agg(stretch)
            FROM (SELECT stretch FROM joined UNION ALL SELECT stretch FROM freed) free
        )) stretch
        """,
        slot,
    )


async def move_time(slot: int, service: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Let a taken slot lie elsewhere, possibly over its own old place; False if it can't be had."""
    # Of no use to anybody from now on, so that its own time counts as free.
    old = await fetch_one(
        """
        UPDATE slot SET held_until = now(), held_by = provider WHERE id = $1
        RETURNING provider, starts_at
        """,
        slot,
    )
    free = await fetch(
        "SELECT FROM free_starts($1, $3::timestamptz - $2, $2, $2, NULL, NULL)",
        service,
        starts_at,
        ends_at,
    )
    if not free:
        return False
    cut = await fetch(
        """
        DELETE FROM slot
        WHERE provider = $1 AND NOT taken AND tstzrange(starts_at, ends_at) && tstzrange($2, $3)
        RETURNING starts_at
        """,
        old["provider"],
        starts_at,
        ends_at,
    )
    await fetch(
        """
        UPDATE slot SET starts_at = $2, ends_at = $3, held_until = NULL, held_by = NULL
        WHERE id = $1
        """,
        slot,
        starts_at,
        ends_at,
    )
    since = min(old["starts_at"], starts_at, *(row["starts_at"] for row in cut))
    await fetch("SELECT write_free_time($1, $2)", old["provider"], since)
    return True
