"""The embedded servers: private, kept, and taken over after a crash."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest
import redis

from app.core import embedded

HOLDS_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from app.core import embedded
data = Path(sys.argv[1])
with embedded.owned(data), embedded.postgres(data), embedded.valkey(data):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def data():
    with tempfile.TemporaryDirectory(prefix="marketplace-embedded-") as folder:
        yield Path(folder)


async def execute(address: str, statement: str):
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


def test_two_processes_never_share_the_data(data):
    with embedded.owned(data), pytest.raises(embedded.AlreadyRunning), embedded.owned(data):
        pass


async def test_data_are_there_again_after_a_stop(data):
    with embedded.postgres(data) as address:
        await execute(address, "CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.postgres(data) as address:
        assert (await execute(address, "SELECT answer FROM kept"))[0]["answer"] == 42


def test_servers_left_by_a_killed_process_are_taken_over_and_stopped(data):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS_UNTIL_KILLED, str(data)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "up\n"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    with (
        embedded.owned(data),
        embedded.postgres(data) as address,
        embedded.valkey(data) as address_of_valkey,
    ):
        assert asyncio.run(execute(address, "SELECT 1"))
        assert address_of_valkey.startswith("unix://")
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert not (data / "valkey" / "valkey.sock").exists()


async def test_nobody_else_gets_to_the_sockets(data):
    with embedded.postgres(data) as address:
        (row,) = await execute(address, "SHOW listen_addresses")
        assert row["listen_addresses"] == ""
    for folder in ("postgres",):
        assert stat.S_IMODE((data / folder).stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_gets_a_short_one(data):
    deep = data / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    with embedded.valkey(deep) as address:
        assert len(address) < 108


def test_a_server_that_died_by_itself_does_not_spoil_the_stop(data):
    with embedded.valkey(data) as address:
        redis.Redis.from_url(address).shutdown(nosave=True)
    assert not (data / "valkey" / "valkey.sock").exists()
