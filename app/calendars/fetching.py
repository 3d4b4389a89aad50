"""Reads what is under an address that somebody else has chosen: briefly, and little of it."""

import re
import zlib
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import urljoin

import httpcore

from app.calendars.problems import CannotRead, Problem
from app.core import outside
from app.core.outside import CannotReach, Reach, reaching

MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
SECONDS = 10.0
REDIRECTS = {301, 302, 303, 307, 308}
# Nothing else goes into a header again.
ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,200}"')
START = b"BEGIN:VCALENDAR"


class Fetched(NamedTuple):
    """etag: empty if the server has told none."""

    content: bytes
    etag: str


def clean_address(address: str) -> str:
    """An address as we ask for it; webcal is what calendar programs call the same.

    Raises:
        CannotRead: it is none, or leads to anything but the usual port of HTTPS.
    """
    try:
        return outside.clean_address(
            re.sub(r"^\s*webcals?://", "https://", address, flags=re.IGNORECASE)
        )
    except CannotReach as error:
        raise CannotRead(Problem(error.trouble.value)) from error


async def fetch_calendar(
    address: str, etag: str = "", reach: Reach | None = None
) -> Fetched | None:
    """What is under an address; None if it is what had this ETag.

    Raises:
        CannotRead.
    """
    try:
        async with reaching(SECONDS, reach) as pool:
            return await _follow(pool, address, etag)
    except CannotReach as error:
        raise CannotRead(Problem(error.trouble.value)) from error


async def _follow(pool: httpcore.AsyncConnectionPool, address: str, etag: str) -> Fetched | None:
    """Ask there, and wherever the answer leads, each time as carefully as the first."""
    headers: dict[str | bytes, str | bytes] = {
        "Accept": "text/calendar",
        "Accept-Encoding": "identity",
        "User-Agent": "mini-marketplace",
    }
    if etag:
        headers["If-None-Match"] = etag
    for _ in range(MOST_REDIRECTS + 1):
        address = clean_address(address)
        async with pool.stream("GET", address, headers=headers) as answer:
            told = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in answer.headers
            }
            if answer.status in REDIRECTS and "location" in told:
                address = _joined(address, told["location"])
                continue
            if answer.status == 304 and etag:
                return None
            if answer.status != 200:
                unknown = 400 <= answer.status < 500
                raise CannotRead(Problem.REFUSED if unknown else Problem.NO_ANSWER)
            content = await _body(answer.aiter_stream(), told)
            new = told.get("etag", "")
            return Fetched(content, new if ETAG.fullmatch(new) else "")
    raise CannotRead(Problem.REDIRECTS)


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        raise CannotRead(Problem.ADDRESS) from error


async def _body(chunks: AsyncIterator[bytes], told: dict[str, str]) -> bytes:
    """The body of an answer, unpacked if the server has packed it though we asked it not to."""
    packing = told.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", ""):
        raise CannotRead(Problem.NO_CALENDAR)
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packing == "gzip" else None
    content, came = bytearray(), 0
    async for chunk in chunks:
        came += len(chunk)
        try:
            content += unpack.decompress(chunk, MOST_BYTES + 1 - len(content)) if unpack else chunk
        except zlib.error as error:
            raise CannotRead(Problem.NO_CALENDAR) from error
        if max(came, len(content)) > MOST_BYTES:
            raise CannotRead(Problem.TOO_LARGE)
    kind = told.get("content-type", "").partition(";")[0].strip().lower()
    begins = bytes(content).removeprefix(b"\xef\xbb\xbf").lstrip()[: len(START)].upper() == START
    if (unpack and not unpack.eof) or not (kind == "text/calendar" or begins):
        raise CannotRead(Problem.NO_CALENDAR)
    return bytes(content)
