"""What somebody who guesses gains: nothing from the time it takes, five attempts and no more."""

import asyncio
import statistics
import subprocess
import sys
import time
from itertools import count

import httpx

from app.accounts.passwords import hash_password
from app.core.cache import redis
from app.core.database import connection_pool, fetch
from app.settings import ROOT

TRIES, LARGEST_DIFFERENCE = 200, 0.05
ATTEMPTS, PROCESSES, AT_ONCE = 10_000, 4, 16
GUESSED = "guessed@bench.example"

_networks = count(1)


async def compare_times(server: str) -> tuple[tuple[float, float], float]:
    """Median milliseconds for no such user and for a wrong password, and how far apart they are.

    In turn, one at a time, each from another network and for another account.
    """
    known = await _accounts()
    unknown, wrong = [], []
    async with httpx.AsyncClient(timeout=60) as client:
        for number, email in enumerate(known):
            unknown.append(await _refused_after(client, server, f"nobody{number}@bench.example"))
            wrong.append(await _refused_after(client, server, email))
    medians = statistics.median(unknown), statistics.median(wrong)
    return medians, abs(medians[0] - medians[1]) / medians[1]


async def _accounts() -> list[str]:
    emails = [f"known{number}@bench.example" for number in range(TRIES)]
    async with connection_pool():
        await fetch(
            """
            INSERT INTO users (email, name, password_hash, role)
            SELECT unnest($1::text[]), 'Known', $2, 'customer'
            ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash
            """,
            [*emails, GUESSED],
            await hash_password("the right password"),
        )
        if kept := await redis().keys("limit:*"):
            await redis().delete(*kept)
    await redis().aclose()
    return emails


async def _refused_after(client: httpx.AsyncClient, server: str, email: str) -> float:
    begun = time.perf_counter()
    answer = await _attempt(client, server, email, next(_networks))
    took = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 401, answer.status_code
    return took


async def count_admitted(server: str) -> tuple[int, float]:
    """How many attempts on one account came as far as its password, and attempts per second."""
    script = f"import asyncio, tests.load.sign_in as s; print(asyncio.run(s.guess({server!r}, %d)))"
    begun = time.perf_counter()
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script % number, stdout=subprocess.PIPE, cwd=ROOT
        )
        for number in range(PROCESSES)
    ]
    admitted = [int((await process.communicate())[0]) for process in processes]
    return sum(admitted), ATTEMPTS / (time.perf_counter() - begun)


async def guess(server: str, process: int) -> int:
    """One process's share of the attempts, each from another network."""
    numbers = iter(range(process * ATTEMPTS, process * ATTEMPTS + ATTEMPTS // PROCESSES))
    async with httpx.AsyncClient(timeout=60) as client:

        async def one_after_the_other() -> int:
            admitted = 0
            for number in numbers:
                answer = await _attempt(client, server, GUESSED, number)
                assert answer.status_code in (401, 429), answer.status_code
                admitted += answer.status_code == 401
            return admitted

        return sum(await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE))))


async def _attempt(
    client: httpx.AsyncClient, server: str, email: str, network: int
) -> httpx.Response:
    # The server believes what a proxy on the same machine says.
    address = f"10.{network // 65536 % 256}.{network // 256 % 256}.{network % 256}"
    return await client.post(
        f"{server}/entrar",
        data={"email": email, "senha": "a wrong password"},
        headers={"X-Forwarded-For": address},
    )
