"""Background work with PgQueuer: enqueued inside the transaction that causes it, retried, kept.

A handler may run twice, so it asks first whether there is still something to do. After the last
attempt a job stays in the queue as failed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import asyncpg
import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from app.core.database import DB, fetch_one
from app.settings import settings

log = structlog.get_logger()

ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=2)
RECONNECT_SECONDS = 2
LOOK = timedelta(seconds=1)
# A worker that says nothing for so long is dead, and what it was at is somebody else's.
SILENCE = timedelta(seconds=30)

Handler = Callable[[int], Awaitable[None]]


class Schedule(NamedTuple):
    """Something that is done again and again; when: as crontab has it, in UTC."""

    when: str
    run: Callable[[], Awaitable[None]]


class Due(NamedTuple):
    """A job by its name, for the row with this id.

    after: how long after the open transaction's now() at the earliest. So an instant is counted
    from that clock too: by ours a job may come too early, find nothing to do and be spent.
    """

    name: str
    subject: int
    after: timedelta = timedelta(0)


async def enqueue(*jobs: Due) -> None:
    """Have jobs done if the open transaction commits.

    Raises:
        RuntimeError: no transaction is open.
    """
    await _queue().enqueue(
        [job.name for job in jobs],
        [msgspec.json.encode(job.subject) for job in jobs],
        [0] * len(jobs),
        [job.after for job in jobs],
    )


async def retry_job(job: int) -> str | None:
    """Put a failed job back into the queue if the open transaction commits, as if it were new.

    Gives its name; None if no such job has failed.

    Raises:
        RuntimeError: no transaction is open.
    """
    failed = await fetch_one(
        "SELECT entrypoint FROM pgqueuer WHERE id = $1 AND status = 'failed' FOR UPDATE", job
    )
    if failed is None:
        return None
    await _queue().requeue_jobs([JobId(job)])
    return str(failed["entrypoint"])


async def discard_job(job: int) -> str | None:
    """Never do a failed job; gives its name, None if no such job has failed."""
    gone = await fetch_one(
        "DELETE FROM pgqueuer WHERE id = $1 AND status = 'failed' RETURNING entrypoint", job
    )
    return gone and str(gone["entrypoint"])


def _queue() -> Queries:
    open_transaction = DB.current_transaction.get()
    if open_transaction is None:
        raise RuntimeError("no transaction is open")
    return Queries(AsyncpgDriver(open_transaction.connection))


async def work(
    handlers: Mapping[str, Handler], schedules: Mapping[str, Schedule], stop: asyncio.Event
) -> None:
    """Do jobs until told to stop; what runs then is finished. A lost connection is made again."""
    while not stop.is_set():
        try:
            await _work(handlers, schedules, stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            log.warning("jobs.connection_lost", exc_info=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)


async def _work(
    handlers: Mapping[str, Handler], schedules: Mapping[str, Schedule], stop: asyncio.Event
) -> None:
    connection = await asyncpg.connect(settings().database_url)
    try:
        queue = PgQueuer.from_asyncpg_connection(connection)
        queue.shutdown = queue.qm.shutdown = queue.sm.shutdown = stop
        for name, handler in handlers.items():
            queue.entrypoint(name, on_failure="hold", executor_factory=_retrying)(
                _with_subject(handler)
            )
        for name, schedule in schedules.items():
            queue.schedule(name, schedule.when)(_without_argument(schedule.run))
        # Jobs for a later instant are noticed by looking, and a held time should not stay long.
        await queue.run(dequeue_timeout=LOOK, heartbeat_timeout=SILENCE)
    finally:
        await connection.close()


_retrying = partial(
    DatabaseRetryEntrypointExecutor, max_attempts=ATTEMPTS, initial_delay=FIRST_RETRY
)


def _with_subject(handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        await handler(msgspec.json.decode(job.payload or b"", type=int))

    return run


def _without_argument(run: Callable[[], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    async def run_scheduled(_: Any) -> None:
        await run()

    return run_scheduled
