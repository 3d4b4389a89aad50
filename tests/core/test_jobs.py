"""Background work: sent with the transaction, retried when it fails, kept if it always does."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from app.core import jobs
from app.core.database import fetch, fetch_one, transaction
from app.core.jobs import Due, enqueue, work

SOON = 10


@asynccontextmanager
async def working(handlers):
    stop = asyncio.Event()
    task = asyncio.create_task(work(handlers, {}, stop))
    yield
    stop.set()
    await task


async def enqueue_now(name: str, subject: int) -> None:
    async with transaction():
        await enqueue(Due(name, subject))


async def test_a_job_is_done_for_its_subject():
    done = asyncio.Queue()
    await enqueue_now("note_it", 42)

    async with working({"note_it": done.put}), asyncio.timeout(SOON):
        assert await done.get() == 42


async def test_a_rolled_back_transaction_sends_no_job():
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await enqueue(Due("never", 1))
            raise ZeroDivisionError
    assert await fetch("SELECT FROM pgqueuer WHERE entrypoint = 'never'") == []


async def test_a_job_waits_for_its_time():
    async with transaction():
        await enqueue(Due("later", 1, timedelta(hours=1)))
    done = asyncio.Queue()
    async with working({"later": done.put}):
        await asyncio.sleep(0.5)
    assert done.empty()


async def test_a_job_that_fails_is_tried_again(monkeypatch):
    monkeypatch.setitem(jobs._retrying.keywords, "initial_delay", timedelta(milliseconds=50))
    attempts = asyncio.Queue()

    async def fail_once(subject: int) -> None:
        await attempts.put(subject)
        if attempts.qsize() == 1:
            raise ZeroDivisionError

    await enqueue_now("fail_once", 7)
    async with working({"fail_once": fail_once}), asyncio.timeout(SOON):
        while attempts.qsize() < 2:
            await asyncio.sleep(0.05)
    assert [attempts.get_nowait(), attempts.get_nowait()] == [7, 7]


async def test_a_job_that_always_fails_stays_to_be_looked_at(monkeypatch):
    monkeypatch.setitem(jobs._retrying.keywords, "max_attempts", 1)

    async def fail(subject: int) -> None:
        raise ZeroDivisionError

    await enqueue_now("fail", 8)
    async with working({"fail": fail}), asyncio.timeout(SOON):
        while True:
            job = await fetch_one("SELECT status FROM pgqueuer WHERE entrypoint = 'fail'")
            if job["status"] == "failed":
                break
            await asyncio.sleep(0.05)
    assert job["status"] == "failed"


async def test_outside_a_transaction_nothing_can_be_enqueued():
    with pytest.raises(RuntimeError, match="no transaction"):
        await enqueue(Due("never", 1))
