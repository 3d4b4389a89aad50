"""Bring the database's schema up to date: the product's tables and the job queue's."""

import io
from contextlib import redirect_stdout

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from piccolo.apps.migrations.commands.forwards import run_forwards

from app.settings import settings

# Any number will do that nobody else takes; it makes two migrating processes queue.
LOCK = 5_318_008


async def migrate() -> None:
    """Run what has not run yet; safe to call from several processes at once."""
    connection = await asyncpg.connect(settings().database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        said = io.StringIO()
        with redirect_stdout(said):
            await run_forwards(app_name="marketplace")
        jobs = Queries(AsyncpgDriver(connection))
        if await jobs.schema_is_installed():
            await jobs.upgrade()
        else:
            await jobs.install()
    except SystemExit as error:
        raise RuntimeError(said.getvalue()) from error
    finally:
        await connection.close()
