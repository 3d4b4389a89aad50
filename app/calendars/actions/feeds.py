"""The private address under which a calendar program reads somebody's bookings."""

import asyncio
import hashlib
import secrets
from typing import NamedTuple

from app.calendars.queries import bookings_in_feed, reader_of_feed
from app.calendars.writing import write_feed
from app.core import limits
from app.core.database import fetch, transaction
from app.core.errors import NotFound
from app.settings import settings

# Changes when the same bookings are written otherwise than before.
FORM = 1


class Feed(NamedTuple):
    """content: None if the reader has it already."""

    content: bytes | None
    etag: str


async def make_feed(user: int) -> str:
    """Give the token of a new address; an earlier one is good for nothing any more."""
    token = secrets.token_urlsafe(32)
    async with transaction():
        # Locked, so that nobody who is leaving leaves an address behind.
        if not await fetch("SELECT FROM users WHERE id = $1 AND active FOR UPDATE", user):
            raise NotFound
        await fetch(
            """
            INSERT INTO calendar_feed ("user", token_hash) VALUES ($1, $2)
            ON CONFLICT ("user") DO UPDATE SET token_hash = $2, created_at = now()
            """,
            user,
            _hash(token),
        )
    return token


async def switch_off_feed(user: int) -> None:
    await fetch('DELETE FROM calendar_feed WHERE "user" = $1', user)


async def read_feed(token: str, network: str, seen: str) -> Feed:
    """The calendar under an address, for a network; seen: the If-None-Match that came along.

    Raises:
        NotFound: there is none, or not any more. TooMany.
    """
    # Calendar services read for many people from one address, so only what misses counts for all.
    taken = await limits.take(limits.CALENDAR, network)
    reader = await reader_of_feed(_hash(token))
    if reader is None:
        raise NotFound
    await limits.give_back(taken)
    await limits.take(limits.CALENDAR, f"{network} {reader['id']}")
    bookings = await bookings_in_feed(reader["id"])
    shown = (FORM, settings().base_url, reader["language"], [tuple(row) for row in bookings])
    # Weak: the same calendar is sent compressed in several ways.
    etag = f'W/"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'
    if etag in (one.strip() for one in seen.split(",")):
        return Feed(None, etag)
    return Feed(await asyncio.to_thread(write_feed, bookings, reader["language"]), etag)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
