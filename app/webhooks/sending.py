"""Handing a body over to a server that a provider has named."""

from collections.abc import Mapping

import httpcore

from app.core.outside import CannotReach, Reach, reaching

Headers = Mapping[str | bytes, str | bytes]

SECONDS = 10.0
# Of an answer, which nobody reads.
MOST_BYTES = 64 * 1024


async def post(address: str, headers: Headers, body: bytes, reach: Reach | None = None) -> int:
    """Hand a body over and give the status of the answer; redirects are not followed.

    Raises:
        CannotReach: there was no answer.
    """
    status = None
    try:
        async with (
            reaching(SECONDS, reach) as pool,
            pool.stream("POST", address, headers=headers, content=body) as answer,
        ):
            status = answer.status
            await _skip(answer)
    except CannotReach:
        # Once it has answered, it has it, even if the rest of the answer never comes.
        if status is None:
            raise
    return status


async def _skip(answer: httpcore.Response) -> None:
    """Let an answer that is short be sent to its end."""
    came = 0
    async for chunk in answer.aiter_stream():
        came += len(chunk)
        if came > MOST_BYTES:
            return
