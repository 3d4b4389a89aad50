"""Doing what waits in the queue, as a worker would, but here and now."""

import msgspec

from app.core.database import fetch
from app.worker import HANDLERS


async def do_jobs(*names: str) -> None:
    """Do the jobs of these names that are due, in the order in which they were enqueued."""
    for job in await fetch(
        """
        DELETE FROM pgqueuer WHERE entrypoint = ANY($1) AND execute_after <= now()
        RETURNING id, entrypoint, payload
        """,
        list(names),
    ):
        await HANDLERS[job["entrypoint"]](msgspec.json.decode(job["payload"], type=int))
