from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.agenda.carving import lock_agenda
from app.core import live
from app.core.database import fetch, transaction
from app.core.jobs import Due, enqueue


@asynccontextmanager
async def changing(provider: int) -> AsyncIterator[None]:
    """Change when somebody works: in one transaction, as the agenda's one writer.

    Afterwards their free time is written anew, and whoever looks at it is told. What is booked
    stays as it is.
    """
    async with transaction():
        await fetch(
            "INSERT INTO agenda_settings (provider) VALUES ($1) ON CONFLICT DO NOTHING", provider
        )
        await lock_agenda(provider)
        yield
        await fetch("SELECT write_free_time($1)", provider)
        # For who waits until something becomes free.
        await enqueue(Due("offer_freed_times", provider))
        live.publish_after_commit(f"provider:{provider}")
