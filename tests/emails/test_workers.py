"""Letters when the process that hands them over ends."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.core.database import fetch
from app.core.jobs import SILENCE
from tests.emails.test_emails import a_letter, jobs_for, sent_at

START_SECONDS = 30


@pytest.fixture(autouse=True)
async def _nothing_else_to_do():
    await fetch("DELETE FROM pgqueuer")


@asynccontextmanager
async def a_worker() -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "app.cli", "work")
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until(true: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def test_what_a_killed_worker_was_at_is_done_by_another(mail_server):
    letter, recipient = await a_letter()
    mail_server.seconds = 3600.0
    async with a_worker() as killed:
        await until(lambda: recipient in mail_server.asked, START_SECONDS)
        killed.kill()
    mail_server.seconds = 0.0
    async with a_worker():
        longest = START_SECONDS + 2 * SILENCE.total_seconds()
        await until(lambda: bool(mail_server.taken_for([recipient])), longest)
        await asyncio.sleep(0.5)
    assert mail_server.taken_for([recipient]) == [recipient]
    assert await sent_at(letter)
    assert await jobs_for(letter) == []


async def test_a_worker_that_is_told_to_stop_finishes_what_it_is_at(mail_server):
    letter, recipient = await a_letter()
    mail_server.seconds = 2.0
    async with a_worker() as worker:
        await until(lambda: recipient in mail_server.asked, START_SECONDS)
        worker.terminate()
        assert await worker.wait() == 0
    assert await sent_at(letter)


async def test_workers_share_what_there_is_to_do(mail_server):
    letters: dict[int, str] = {}
    mail_server.seconds = 0.2
    workers = set()
    async with a_worker(), a_worker(), asyncio.timeout(3 * START_SECONDS):
        # One may begin long after the other.
        while len(workers) < 2 or len(letters) < 200:
            letters |= dict([await a_letter() for _ in range(10)])
            picked = await fetch(
                "SELECT DISTINCT queue_manager_id FROM pgqueuer WHERE status = 'picked'"
            )
            workers |= {row["queue_manager_id"] for row in picked}
            await asyncio.sleep(0.05)
        while len(mail_server.taken_for(letters.values())) < len(letters):
            await asyncio.sleep(0.05)
    assert mail_server.taken_for(letters.values()) == sorted(letters.values())
    assert all([await sent_at(letter) for letter in letters])
