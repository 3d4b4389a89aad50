"""The one transaction: it always gives its connection back and never nests."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from app.core.database import DB, execute, fetch, fetch_one, retried, transaction

DEFERRED = """
    CREATE TABLE IF NOT EXISTS deferred_parent (id int PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS deferred_child (
        parent int REFERENCES deferred_parent DEFERRABLE INITIALLY DEFERRED
    );
"""


async def test_a_commit_that_fails_costs_no_connection():
    async with transaction():
        await execute(DEFERRED)
    for _ in range(3 * DB.pool.get_max_size()):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with transaction():
                await fetch("INSERT INTO deferred_child VALUES (1)")
    assert DB.current_transaction.get() is None
    assert await fetch("SELECT FROM deferred_child") == []


async def test_an_error_inside_takes_everything_back():
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await fetch("UPDATE category SET slug = 'x' WHERE slug = 'frete'")
            raise ZeroDivisionError
    assert await fetch_one("SELECT FROM category WHERE slug = 'x'") is None


async def test_a_transaction_inside_another_is_refused():
    async with transaction():
        with pytest.raises(RuntimeError, match="open already"):
            async with transaction():
                pass


async def test_reads_inside_see_what_the_transaction_has_done():
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await fetch("UPDATE category SET icon = 'seen' WHERE slug = 'frete'")
            inside = await fetch_one("SELECT icon FROM category WHERE slug = 'frete'")
            raise ZeroDivisionError
    assert inside["icon"] == "seen"
    outside = await fetch_one("SELECT icon FROM category WHERE slug = 'frete'")
    assert outside["icon"] == "truck"


async def test_a_script_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="no transaction"):
        await execute("SELECT 1")


async def lock_both(first: int, second: int, met: asyncio.Barrier) -> int:
    """Lock two rows of which another locks the second first; the first time both wait."""
    async with transaction():
        await fetch("SELECT id FROM category WHERE id = $1 FOR UPDATE", first)
        if met.n_waiting < met.parties and not met.broken:
            with suppress(asyncio.BrokenBarrierError):
                await met.wait()
                await met.abort()
        await fetch("SELECT id FROM category WHERE id = $1 FOR UPDATE", second)
    return first


@pytest.mark.parametrize("action", [lock_both, retried(lock_both)])
async def test_who_is_given_up_for_another_tries_again_unseen(action):
    """Two who wait for each other: PostgreSQL ends one of them."""
    one, other = [row["id"] for row in await fetch("SELECT id FROM category ORDER BY id LIMIT 2")]
    met = asyncio.Barrier(2)
    ends = await asyncio.gather(
        action(one, other, met), action(other, one, met), return_exceptions=True
    )
    deadlocks = [end for end in ends if isinstance(end, asyncpg.DeadlockDetectedError)]
    assert len(deadlocks) == (action is lock_both)
