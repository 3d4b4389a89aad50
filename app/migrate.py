"""Bring a database up to date: the tables, and the rows that every marketplace stands on."""

import asyncpg

from app.catalog.categories import load_categories
from app.core import migrations
from app.places.data import load_places
from app.settings import settings


async def migrate() -> None:
    """Safe to run again, and from several processes at once."""
    await migrations.migrate()
    connection = await asyncpg.connect(settings().database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", migrations.LOCK)
            await load_places(connection)
            await load_categories(connection)
    finally:
        await connection.close()
