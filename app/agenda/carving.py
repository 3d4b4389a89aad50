"""Taking time out of an agenda and giving it back.

A free slot is a free stretch of time. Taking a period turns the stretch around it into the taken
slot and leaves what remains on either side as new free ones; giving it back joins it with the free
slots that touch it. Both happen inside a transaction that has locked the provider's
agenda_settings row first, so that every agenda has one writer at a time.
"""

from datetime import datetime

from app.core.database import fetch, fetch_one


async def take_time(provider: int, starts_at: datetime, ends_at: datetime) -> int | None:
    """Carve the period out and give the id of the taken slot; None if it can't be had."""
    row = await fetch_one(
        """
        WITH free AS (
            SELECT id, starts_at, ends_at FROM slot
            WHERE provider = $1 AND NOT taken AND starts_at <= $2 AND ends_at >= $3
                AND $2 IN (SELECT free_starts($1, $3 - $2, $2, $2, NULL))
        ), taken AS (
            UPDATE slot SET starts_at = $2, ends_at = $3, taken = true
            FROM free WHERE slot.id = free.id
            RETURNING slot.id, free.starts_at AS free_from, free.ends_at AS free_until
        ), rest AS (
            INSERT INTO slot (provider, starts_at, ends_at)
            SELECT $1, piece.starts_at, piece.ends_at
            FROM taken
            CROSS JOIN LATERAL (VALUES (free_from, $2), ($3, free_until)) piece (starts_at, ends_at)
            WHERE piece.starts_at < piece.ends_at
        )
        SELECT id FROM taken
        """,
        provider,
        starts_at,
        ends_at,
    )
    return row["id"] if row else None


async def give_back_time(slot: int) -> None:
    """Make a taken slot free again, joined with the free time that touches it."""
    await fetch(
        """
        WITH mine AS (
            SELECT id, provider, starts_at, ends_at FROM slot WHERE id = $1
        ), joined AS (
            DELETE FROM slot USING mine
            WHERE slot.provider = mine.provider AND NOT slot.taken
                AND (slot.ends_at = mine.starts_at OR slot.starts_at = mine.ends_at)
            RETURNING slot.starts_at, slot.ends_at
        )
        UPDATE slot SET taken = false,
            starts_at = least(slot.starts_at, (SELECT min(starts_at) FROM joined)),
            ends_at = greatest(slot.ends_at, (SELECT max(ends_at) FROM joined))
        WHERE id = $1
        """,
        slot,
    )
