"""The product without what keeps agendas whole: `python -m tests.unguarded serve` for a server.

Controls run races on it, to show that those would notice: no row is locked by whoever reads it,
and in the database that it works on the constraints against double bookings are gone.
"""

import re
from collections.abc import Callable
from typing import Any

import asyncpg

from app.core.database import Connection

LOCK = re.compile(
    r"\bFOR (?:UPDATE|NO KEY UPDATE|KEY SHARE)(?: OF \w+(?:, \w+)*)?(?: SKIP LOCKED)?"
)
# Found by the table and what they say, so that nothing depends on a name.
CONSTRAINTS = """
    SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
    WHERE conrelid IN ('slot'::regclass, 'booking'::regclass) AND (contype = 'x'
        OR pg_get_constraintdef(oid) IN ('UNIQUE (slot)', 'UNIQUE (customer, idempotency_key)'))
"""
CONSTRAINTS_THERE_ARE = 4


async def drop_constraints(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(CONSTRAINTS)
        assert len(rows) == CONSTRAINTS_THERE_ARE, rows
        for row in rows:
            await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
    finally:
        await connection.close()


def without_locks(fetch: Callable[..., Any]) -> Callable[..., Any]:
    """A connection's fetch that takes no locks."""

    async def fetch_unlocked(self: Connection, query: str, *args: Any, **options: Any) -> Any:
        return await fetch(self, LOCK.sub("", query), *args, **options)

    return fetch_unlocked


if __name__ == "__main__":
    from app.cli import main

    Connection.fetch = without_locks(asyncpg.Connection.fetch)  # type: ignore[method-assign]
    main()
