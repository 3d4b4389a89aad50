"""Deliveries when the processes that make them are killed."""

import asyncio
import random
import sys
from collections import Counter

from app.core.time import now
from app.webhooks.actions.telling import tell
from app.webhooks.events import EXAMPLE, Event
from app.webhooks.tables import Kind
from tests.webhooks.webhooks import OK, deliveries_to

DELIVERIES, KILLS = 60, 3
LONGEST_SECONDS = 90


async def test_whenever_a_worker_is_killed_everything_arrives(server, provider, webhook, tmp_path):
    came: Counter[str] = Counter()
    chance = random.Random(7)

    async def take_a_moment(path, headers, writer):
        came[headers["webhook-id"]] += 1
        await asyncio.sleep(chance.uniform(0, 0.3))
        writer.write(OK)
        await writer.drain()

    async def a_worker():
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.webhooks.worker", str(server.port), str(tmp_path / "authority.pem")),
        )

    server.answers["/in"] = take_a_moment
    for number in range(DELIVERIES):
        await tell(Event(f"test:{webhook.endpoint}:{number}", provider, Kind.MOVED, now(), EXAMPLE))
    async with asyncio.timeout(LONGEST_SECONDS):
        for kill in range(1, KILLS + 1):
            worker = await a_worker()
            while len(came) < DELIVERIES * kill // (KILLS + 1):
                await asyncio.sleep(0.005)
            worker.kill()
            await worker.wait()
        worker = await a_worker()
        while any(row["state"] != "delivered" for row in await deliveries_to(webhook)):
            await asyncio.sleep(0.1)
    worker.kill()
    await worker.wait()
    rows = await deliveries_to(webhook)
    assert {row["message"] for row in rows} == set(came)
    # What comes twice was on its way when a worker was killed.
    assert all(came[row["message"]] <= row["tries"] for row in rows)
