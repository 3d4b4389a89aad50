"""The product as it runs in production: processes of its own that share PostgreSQL and Redis."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

LONGEST_START_SECONDS = 30


@contextmanager
def servers(count: int, module: str = "app.cli", **variables: str) -> Iterator[list[str]]:
    """So many server processes on this worker's database; gives their addresses.

    variables: of their environment, where it differs from this one.
    """
    with ExitStack() as stack:
        addresses = [stack.enter_context(_server(module, variables)) for _ in range(count)]
        for address in addresses:
            wait_for(address)
        yield addresses


@contextmanager
def _server(module: str, variables: dict[str, str]) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve"],
        env={**os.environ, "PORT": str(port), "HOST": "127.0.0.1", **variables},
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, path: str = "/entrar") -> None:
    """Return as soon as the server answers there."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while True:
        try:
            httpx.get(f"{address}{path}")
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
