"""Reading somebody else's calendar in a process of its own, which can be ended."""

import asyncio
import json
import sys
from contextlib import suppress
from datetime import datetime

from app.calendars.parsing import Period
from app.calendars.problems import CannotRead, Problem
from app.settings import ROOT

SECONDS = 20.0
# So many side by side; the others wait.
_room = asyncio.Semaphore(2)


async def busy_periods_apart(
    content: bytes, zone: str, first: datetime, last: datetime
) -> list[Period]:
    """As app.calendars.parsing.busy_periods, but never for long.

    Neither a thread nor the library can be told to stop, and a rule of thirty characters can keep
    them busy for hours.

    Raises:
        CannotRead.
    """
    async with _room:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.calendars.parsing",
            zone,
            first.isoformat(),
            last.isoformat(),
            cwd=ROOT,
            env={},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(SECONDS):
                said, _ = await program.communicate(content)
        except TimeoutError as error:
            raise CannotRead(Problem.TOO_HARD) from error
        finally:
            with suppress(ProcessLookupError):
                program.kill()
            await program.wait()
    try:
        found = json.loads(said)
    except ValueError as error:
        # It was ended from outside, or by its limits.
        raise CannotRead(Problem.TOO_HARD) from error
    if "problem" in found:
        raise CannotRead(Problem(found["problem"]))
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in found["periods"]
    ]
